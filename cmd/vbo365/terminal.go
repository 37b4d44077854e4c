package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

// A terminal is what the command reads from and writes to.
type terminal struct {
	in  *os.File
	out io.Writer
	err io.Writer
}

// A page is text that is not written yet.
type page struct {
	bytes.Buffer

	terminal bool // it is for a terminal
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

// canRedraw tells whether a line that was written can be replaced.
func canRedraw(w io.Writer) bool { return isTerminal(w) && os.Getenv("TERM") != "dumb" }

// printf writes text. The format is the command's own. Arguments have names that users chose, and texts of servers: on a terminal,
// what cannot be seen in them, or would steer the terminal, is escaped as in Go. Elsewhere all text is exact.
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

// escape writes what is no letter, mark, number, punctuation, symbol or space as Go does: "\x1b", "\n", "\u202e".
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

// say writes a line to standard error. If that fails, there is nobody left to tell.
func (t terminal) say(format string, args ...any) {
	begin := ""
	if canRedraw(t.err) {
		begin = "\r\x1b[K" // over a bar that may be there
	}
	_ = printf(t.err, begin+"vbo365: %s\n", fmt.Sprintf(format, args...))
}

// publish writes the result of an action. If standard output does not take it, standard error gets it: the action cannot be
// repeated to see it.
func (t terminal) publish(result []byte) error {
	if len(result) == 0 {
		return nil
	}
	if _, err := t.out.Write(result); err != nil {
		_, _ = t.err.Write(result)
		return fmt.Errorf("the result could not be written, it is on standard error: %w", err)
	}
	return nil
}
