//go:build !windows

package main

import "io"

// hasEscapes reports whether a terminal interprets escape sequences.
func hasEscapes(io.Writer) bool { return true }
