package api

import (
	"os"
	"time"
)

// hold does nothing: Windows lets nobody remove a file that is open.
func hold(*os.File) bool { return true }

// removeLeft removes a partial file that no living process has open. One that was written to just now may be about to be renamed,
// for which it is closed.
func removeLeft(name string) {
	if info, err := os.Lstat(name); err == nil && info.Mode().IsRegular() && time.Since(info.ModTime()) > time.Minute {
		_ = os.Remove(name)
	}
}

// rename gives a file its name, which an open one cannot get.
func rename(file *os.File, name string) error {
	if err := file.Close(); err != nil {
		return err
	}
	return os.Rename(file.Name(), name)
}
