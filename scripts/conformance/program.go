package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// program is a program of a row that is running. It is an actor.
type program struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	answers *bufio.Reader
	log     string // file with what it writes to standard error
	logFile *os.File
}

// answer is what a program says about a command.
type answer struct {
	Status             int    `json:"status"`
	RestoredItemsCount *int   `json:"restoredItemsCount"`
	Message            string `json:"message"`
}

// startProgram starts the program in dir, with its standard error in the file log. It is killed when ctx ends.
func startProgram(ctx context.Context, dir, log string, environment []string) (*program, error) {
	p := &program{log: log}
	var err error
	if p.logFile, err = os.Create(p.log); err != nil {
		return nil, err
	}
	p.cmd = exec.CommandContext(ctx, "bash", "row.sh", "run")
	p.cmd.Dir = dir
	p.cmd.Env = environment
	p.cmd.Stderr = p.logFile
	p.cmd.WaitDelay = 10 * time.Second
	out, err := p.cmd.StdoutPipe()
	if err == nil {
		p.in, err = p.cmd.StdinPipe()
	}
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		return nil, errors.Join(err, p.logFile.Close())
	}
	p.answers = bufio.NewReader(out)
	return p, nil
}

// do has the program carry out a command.
func (p *program) do(command ...string) (answer, error) {
	if _, err := io.WriteString(p.in, strings.Join(command, " ")+"\n"); err != nil {
		return answer{}, fmt.Errorf("%s: the program has ended: %w; the end of its output:\n%s", command[0], err, tail(p.log))
	}
	line, err := p.answers.ReadBytes('\n')
	if err != nil {
		return answer{}, fmt.Errorf("%s: no answer: %w; the end of the program's output:\n%s", command[0], err, tail(p.log))
	}
	var a answer
	if err := json.Unmarshal(line, &a); err != nil {
		return answer{}, fmt.Errorf("%s: answer %q: %w", command[0], bytes.TrimSpace(line), err)
	}
	return a, nil
}

// end ends the program's input and waits for it.
func (p *program) end() error {
	err := p.in.Close()
	rest, _ := io.ReadAll(p.answers)
	if len(rest) > 0 {
		err = errors.Join(err, fmt.Errorf("the program said more than it was asked: %q", rest))
	}
	if waitErr := p.cmd.Wait(); waitErr != nil {
		err = errors.Join(err, fmt.Errorf("the program ended with %w; the end of its output:\n%s", waitErr, tail(p.log)))
	}
	return errors.Join(err, p.logFile.Close())
}

// peakMemory is the most physical memory that the program has had so far, in bytes.
func (p *program) peakMemory() (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, fmt.Errorf("read peak memory: %w", err)
	}
	return parsePeakMemory(string(status))
}

// parsePeakMemory finds the peak resident set size in /proc/PID/status.
func parsePeakMemory(status string) (int64, error) {
	for line := range strings.Lines(status) {
		if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kilobytes, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")), 10, 64)
			return kilobytes << 10, err
		}
	}
	return 0, errors.New("read peak memory: there is no VmHWM")
}
