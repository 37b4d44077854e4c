package main

import (
	"io"
	"log/slog"
)

// A logFormat is the form of the messages on standard error.
type logFormat string

// AfterApply sets the form for the messages of the command itself.
//
//nolint:unparam // package kong wants the error
func (f logFormat) AfterApply(t terminal) error {
	if f == "json" {
		t.job.log = slog.New(f.handler(t.err))
	}
	return nil
}

func (f logFormat) handler(out io.Writer) slog.Handler {
	options := &slog.HandlerOptions{Level: slog.LevelDebug}
	if f == "json" {
		return slog.NewJSONHandler(out, options)
	}
	return slog.NewTextHandler(out, options)
}
