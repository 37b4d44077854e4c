package query

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// properties are those that can be asked for, in lower case, by their canonical and short names.
var properties = map[string]func(value string) (condition, error){
	"system.filename": name, "filename": name, "system.title": name, "title": name,
	"system.size": size, "size": size,
	"system.datecreated": modified, "datecreated": modified, "system.datemodified": modified, "datemodified": modified,
	"system.author": owner, "system.document.lastauthor": owner,
	"system.fileextension":         text(func(item Item) string { return path.Ext(item.Name()) }),
	"system.itempathdisplay":       text(Item.Path),
	"system.itemfolderpathdisplay": text(func(item Item) string { return folderOf(item.Path()) }),
}

// others are known properties that are not modelled.
var others = map[string]bool{
	"body": true, "content": true, "contents": true, "read": true, "subject": true, "system.document.version": true,
	"system.filecount": true, "system.isdeleted": true, "system.itemurl": true,
}

var (
	name  = text(Item.Name)
	owner = text(Item.Owner)
)

func folderOf(name string) string {
	if folder := path.Dir(name); folder != "." {
		return folder
	}
	return ""
}

// condition gives that of a term. One without a property is about the name: our choice.
func (t token) condition() (condition, error) {
	property := strings.ToLower(t.property)
	if property == "" {
		property = "filename"
	}
	read := properties[property]
	switch {
	case others[property]:
		return nil, fmt.Errorf("%s: is not modelled", property)
	case read == nil && ordinaryName.MatchString(t.property):
		return nil, fmt.Errorf("there is no property %s", t.property)
	case read == nil:
		return nil, errors.New("there is an unknown property")
	}
	match, err := read(t.value)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", property, err)
	}
	return match, nil
}

var ordinaryName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]{0,39}$`)

// text compares a text without regard to letter case. A value without wildcards is any part of it: our choice.
func text(of func(Item) string) func(value string) (condition, error) {
	return func(value string) (condition, error) {
		value = strings.ToLower(value)
		if value == "" {
			return nil, errors.New("the value is missing")
		}
		if !strings.ContainsAny(value, "*?") {
			return func(item Item) (bool, error) { return strings.Contains(strings.ToLower(of(item)), value), nil }, nil
		}
		pattern := []rune(value)
		return func(item Item) (bool, error) { return like([]rune(strings.ToLower(of(item))), pattern), nil }, nil
	}
}

// like compares a text with a pattern, in which an asterisk stands for any runes and a question mark for one.
func like(text, pattern []rune) bool {
	// Where to go on, after one more rune for the last asterisk, if what follows it does not fit.
	retryText, retryPattern := 0, -1
	t, p := 0, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			retryText, retryPattern = t, p+1
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			t++
			p++
		case retryPattern >= 0:
			retryText++
			t, p = retryText, retryPattern
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

// size compares that of documents, in bytes. Folders have none.
func size(value string) (condition, error) {
	in, err := between(value, func(text string) (from, to int64, err error) {
		from, err = strconv.ParseInt(text, 10, 64)
		if err != nil || from < 0 {
			return 0, 0, errors.New("the value is not a number of bytes")
		}
		return from, from, nil
	}, func(a, b int64) bool { return a < b })
	if err != nil {
		return nil, err
	}
	return func(item Item) (bool, error) {
		info, err := item.Stat()
		return err == nil && !info.IsDir() && in(info.Size()), err
	}, nil
}

// modified compares the time of an item, which is that of its creation, too. A day, an hour and so on is the whole of
// it: our choice.
func modified(value string) (condition, error) {
	in, err := between(value, func(text string) (from, to time.Time, err error) {
		for _, form := range timeForms {
			if from, err = time.Parse(form.layout, strings.ToUpper(text)); err == nil {
				return from, from.Add(form.length - 1), nil
			}
		}
		return from, to, errors.New("the value is not a time like 2026-01-31 or 2026-01-31T16:30:00Z")
	}, time.Time.Before)
	if err != nil {
		return nil, err
	}
	return func(item Item) (bool, error) {
		info, err := item.Stat()
		return err == nil && in(info.ModTime()), err
	}, nil
}

var timeForms = []struct {
	layout string
	length time.Duration
}{
	{"2006-01-02", 24 * time.Hour},
	{"2006-01-02T15:04", time.Minute},
	{"2006-01-02T15:04:05", time.Second},
	{time.RFC3339, time.Second},
}

// between reads a value that may have a comparison before it, or two dots between two values. read gives the first and
// the last of what a text stands for.
func between[T any](
	value string, read func(string) (from, to T, err error), less func(a, b T) bool,
) (func(T) bool, error) {
	rest := strings.TrimLeft(value, "<>=")
	comparison := strings.TrimSuffix(value, rest)
	first, last, isRange := strings.Cut(rest, "..")
	from, to, err := read(first)
	if err == nil && isRange {
		_, to, err = read(last)
	}
	if err != nil {
		return nil, err
	}
	switch {
	case comparison == "" || comparison == "=":
		return func(v T) bool { return !less(v, from) && !less(to, v) }, nil
	case isRange:
	case comparison == "<":
		return func(v T) bool { return less(v, from) }, nil
	case comparison == "<=":
		return func(v T) bool { return !less(to, v) }, nil
	case comparison == ">":
		return func(v T) bool { return less(to, v) }, nil
	case comparison == ">=":
		return func(v T) bool { return !less(v, from) }, nil
	}
	return nil, errors.New("there is no such comparison")
}
