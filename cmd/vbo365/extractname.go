package main

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// A fileSystem has the rules for names of an operating system, named by its GOOS. A mounted file system of another
// operating system may refuse further names. Such a name ends the extract.
type fileSystem string

// maxName is the maximum length of a name, in UTF-16 code units on Windows and in bytes elsewhere. OneDrive allows 255
// characters, which are up to 765 bytes.
const maxName = 255

// controls are the control characters, which Windows does not allow in names.
var controls = func() string {
	var all [' ']byte
	for c := range all {
		all[c] = byte(c)
	}
	return string(all[:])
}()

// safe returns a name that the file system can store: the component itself if possible. It inserts the suffix before
// the extension.
func (s fileSystem) safe(component, suffix string) string {
	name, forbidden := component, "\x00"
	if s == "windows" {
		forbidden = controls + `<>:"/\|?*`
	}
	if s == "windows" || s == "darwin" {
		name = strings.ToValidUTF8(name, "_")
	}
	if strings.ContainsAny(name, forbidden) {
		replaced := []byte(name)
		for i, c := range replaced {
			if strings.IndexByte(forbidden, c) >= 0 {
				replaced[i] = '_'
			}
		}
		name = string(replaced)
	}
	if s == "windows" && isDevice(name) {
		name = "_" + name
	}
	name = s.fit(name, suffix)
	if last := len(name) - 1; s == "windows" && (name[last] == '.' || name[last] == ' ') {
		name = name[:last] + "_" // Windows drops a final dot or space
	}
	return name
}

// fit inserts a suffix before the extension of a name. If the result is too long, it cuts the part before the suffix
// and ends it with ~.
func (s fileSystem) fit(name, suffix string) string {
	if suffix == "" && s.length(name) <= maxName {
		return name
	}
	extension := ""
	// A longer extension is probably part of a sentence. A leading dot hides a file.
	if dot := strings.LastIndexByte(name, '.'); dot > 0 && len(name)-dot <= 32 {
		name, extension = name[:dot], name[dot:]
	}
	room := maxName - s.length(suffix+extension)
	if s.length(name) > room {
		end, used := 0, len("~")
		for end < len(name) {
			_, size := utf8.DecodeRuneInString(name[end:])
			if used += s.length(name[end : end+size]); used > room {
				break
			}
			end += size
		}
		name = name[:end] + "~"
	}
	return name + suffix + extension
}

func (s fileSystem) length(name string) int {
	if s != "windows" {
		return len(name)
	}
	units := 0
	for _, r := range name {
		units += utf16.RuneLen(r)
	}
	return units
}

// key returns the same key for two names that the file system considers equal. It may do so for some names that the
// file system distinguishes, because Unicode folds more than Windows does.
func (s fileSystem) key(name string) string {
	switch s {
	case "windows":
		return cases.Fold().String(name)
	case "darwin":
		return norm.NFD.String(cases.Fold().String(norm.NFD.String(name)))
	}
	return name
}

// isDevice reports whether Windows treats a name as a device. It ignores the extension.
func isDevice(component string) bool {
	base, _, _ := strings.Cut(component, ".")
	if base = strings.TrimRight(base, " "); len(base) > len("CONOUT$") {
		return false
	}
	base = strings.ToUpper(base)
	switch base {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	number, found := strings.CutPrefix(base, "COM")
	if !found {
		number, found = strings.CutPrefix(base, "LPT")
	}
	return found && len([]rune(number)) == 1 && strings.Contains("0123456789¹²³", number)
}
