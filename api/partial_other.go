//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package api

import (
	"os"
	"runtime"
	"time"
)

// hold does nothing. Windows does not remove open files, and other systems have no lock that ends with its process.
func hold(*os.File) bool { return true }

// removeLeft removes a partial file on Windows, which keeps it if a process has it open. A file that changed in the
// last minute is kept, because it may be closed for its rename.
func removeLeft(name string) {
	info, err := os.Lstat(name)
	if err == nil && runtime.GOOS == "windows" && info.Mode().IsRegular() && time.Since(info.ModTime()) > time.Minute {
		_ = os.Remove(name)
	}
}
