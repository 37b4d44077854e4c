//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package api

import (
	"errors"
	"os"
	"syscall"
)

// hold locks a new file. It reports false if another process has the lock, because that process is about to remove the
// file. On file systems without locks it reports true, and removeLeft removes nothing.
func hold(file *os.File) bool {
	return !errors.Is(lock(file), syscall.EWOULDBLOCK)
}

func lock(file *os.File) error {
	return syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}

// removeLeft removes a partial file of this user that no process holds. The lock of a process ends with it.
func removeLeft(name string) {
	file, err := os.OpenFile(name, os.O_RDWR|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return
	}
	status, ok := info.Sys().(*syscall.Stat_t)
	if ok && int(status.Uid) == os.Getuid() && lock(file) == nil && checkName(file) == nil {
		_ = os.Remove(name)
	}
}
