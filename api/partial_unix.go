//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package api

import (
	"errors"
	"os"
	"syscall"
)

// hold locks a new file. It reports false if another process has the lock: it is about to remove the file. File systems that cannot lock
// keep what is left.
func hold(file *os.File) bool {
	return !errors.Is(lock(file), syscall.EWOULDBLOCK)
}

func lock(file *os.File) error {
	return syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}

// removeLeft removes a partial file of this user that no living process holds: the lock ends with its process.
func removeLeft(name string) {
	info, err := os.Lstat(name)
	if err != nil || !info.Mode().IsRegular() {
		return
	}
	if status, ok := info.Sys().(*syscall.Stat_t); !ok || int(status.Uid) != os.Getuid() {
		return
	}
	file, err := os.OpenFile(name, os.O_RDWR|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return
	}
	defer func() { _ = file.Close() }()
	if lock(file) == nil && checkName(file) == nil {
		_ = os.Remove(name)
	}
}

// rename gives a file its name while it is held.
func rename(file *os.File, name string) error {
	if err := os.Rename(file.Name(), name); err != nil {
		return err
	}
	return file.Close()
}
