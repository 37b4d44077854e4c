//go:build !windows

package api

import (
	"errors"
	"os"
)

// syncDirectory makes a renamed file survive a crash under its new name.
func syncDirectory(name string) error {
	directory, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(directory.Sync(), directory.Close())
}
