//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package api

import (
	"os"
	"runtime"
	"time"
)

// hold does nothing: Windows lets nobody remove a file that is open, and other systems have no lock that ends with its
// process.
func hold(*os.File) bool { return true }

// removeLeft removes a partial file that no living process has open, where the system sees to that. One that was
// written to just now may be about to be renamed, for which it is closed.
func removeLeft(name string) {
	info, err := os.Lstat(name)
	if err == nil && runtime.GOOS == "windows" && info.Mode().IsRegular() && time.Since(info.ModTime()) > time.Minute {
		_ = os.Remove(name)
	}
}
