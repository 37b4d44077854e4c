package main

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"os"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

// A terminal has the streams of the command.
type terminal struct {
	in  *os.File
	out io.Writer
	err io.Writer
	job *job
}

// A page collects text before it is written.
type page struct {
	bytes.Buffer

	terminal bool // the text is for a terminal
}

func isTerminal(w io.Writer) bool {
	switch w := w.(type) {
	case *page:
		return w.terminal
	case *os.File:
		return term.IsTerminal(int(w.Fd()))
	}
	return false
}

// canRedraw reports whether a written line can be replaced.
func canRedraw(w io.Writer) bool {
	return isTerminal(w) && os.Getenv("TERM") != "dumb" && hasEscapes(w)
}

// printf writes text. Arguments may contain names from users and texts from servers. On a terminal, printf escapes
// invisible and control characters in arguments, as Go does. Elsewhere it writes them unchanged.
func printf(w io.Writer, format string, args ...any) error {
	if isTerminal(w) {
		visible := make([]any, len(args))
		for i, arg := range args {
			visible[i] = arg
			if isText(arg) {
				visible[i] = escape(fmt.Sprint(arg))
			}
		}
		args = visible
	}
	_, err := fmt.Fprintf(w, format, args...)
	return err
}

func isText(arg any) bool {
	switch arg.(type) {
	case error, fmt.Stringer:
		return true
	}
	return reflect.ValueOf(arg).Kind() == reflect.String
}

// escape escapes all but letters, marks, numbers, punctuation, symbols and spaces as Go does: "\x1b", "\n", "\u202e".
func escape(text string) string {
	var visible strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		one := text[i : i+size]
		if !strconv.IsGraphic(r) || r == utf8.RuneError && size == 1 {
			one = strings.Trim(strconv.QuoteToGraphic(one), `"`)
		}
		visible.WriteString(one)
		i += size
	}
	return visible.String()
}

// say writes a message to standard error. It ignores a failure, which it could not report.
func (t terminal) say(format string, args ...any) {
	t.message(slog.LevelInfo, fmt.Sprintf(format, args...))
}

// warn writes a message, and adds it to the warnings of the result.
func (t terminal) warn(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	t.message(slog.LevelWarn, text)
	of := t.job.current
	if of == nil {
		of = &t.job.base
	}
	of.Warnings = append(of.Warnings, text)
}

// message writes a line of text, or with --log-format json of JSON.
func (t terminal) message(level slog.Level, text string) {
	if t.job.log != nil {
		write := map[slog.Level]func(string, ...any){
			slog.LevelInfo: t.job.log.Info, slog.LevelWarn: t.job.log.Warn, slog.LevelError: t.job.log.Error,
		}[level]
		write(text)
		return
	}
	begin := ""
	if canRedraw(t.err) {
		begin = "\r\x1b[K" // over a progress bar
	}
	_ = printf(t.err, begin+"vbo365: %s\n", text)
}

// publish writes the result of an action. If that fails, it writes the result to standard error, because the action
// cannot be repeated to see the result.
func (t terminal) publish(out io.Writer, result []byte) error {
	if len(result) == 0 {
		return nil
	}
	if _, err := out.Write(result); err != nil {
		_, _ = t.err.Write(result)
		return fmt.Errorf("the result could not be written, it is on standard error: %w", err)
	}
	return nil
}
