package main

import (
	"io"
	"os"

	"golang.org/x/sys/windows"
)

// hasEscapes makes a console interpret escape sequences, which a console of Windows does only on request, and reports
// whether it can.
func hasEscapes(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	console := windows.Handle(file.Fd())
	var mode uint32
	if err := windows.GetConsoleMode(console, &mode); err != nil {
		return false
	}
	return windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
