package fleet

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"
)

// InputError is an error in a list or a plan. It names the place.
type InputError struct {
	File   string // as given
	Line   int    // from 1
	Column int    // in bytes from 1, 0 for the whole line
	Field  string // the name of the column, may be empty
	Text   string // what is wrong
}

// Error returns FILE:LINE:COLUMN: FIELD: TEXT.
func (e *InputError) Error() string {
	place := fmt.Sprintf("%s:%d", e.File, e.Line)
	if e.Column > 0 {
		place += fmt.Sprintf(":%d", e.Column)
	}
	if e.Field != "" {
		place += ": " + e.Field
	}
	return place + ": " + e.Text
}

// Columns are the columns of a list, in the order of their use. A list may have them in any order, and leave out those
// that are empty in all rows.
func Columns() []string {
	names := make([]string, 0, len(columns))
	for _, column := range columns {
		names = append(names, column.name)
	}
	return names
}

var columns = []struct {
	name string
	set  func(*Item, string) error
}{
	{"server", func(i *Item, v string) error { i.Server = v; return nil }},
	{"organization", func(i *Item, v string) error { i.Organization = v; return nil }},
	{"owner", func(i *Item, v string) error { i.Owner = v; return nil }},
	{"path", func(i *Item, v string) error { i.Path = v; return nil }},
	{"at", setTime},
	{"action", func(i *Item, v string) error { i.Action = Action(strings.ToLower(v)); return nil }},
	{"target", func(i *Item, v string) error { i.Target = v; return nil }},
	{"options", setOptions},
}

// setTime reads a time, a day, or the id of a restore point. A time without a zone is in the local zone; a day means
// its end.
func setTime(i *Item, value string) error {
	if value == "" {
		return nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02 15:04:05"} {
		if at, err := time.ParseInLocation(layout, value, time.Local); err == nil {
			i.At = at.UTC()
			return nil
		}
	}
	if day, err := time.ParseInLocation(time.DateOnly, value, time.Local); err == nil {
		i.At = day.AddDate(0, 0, 1).Add(-time.Second).UTC()
		return nil
	}
	if id, found := strings.CutPrefix(value, "restore-point:"); found && id != "" {
		i.RestorePoint = id
		return nil
	}
	return fmt.Errorf("%q is no time; write 2026-01-31T02:00:00Z, 2026-01-31 02:00, 2026-01-31 or restore-point:ID", value)
}

// setOptions reads name=value;name=value.
func setOptions(i *Item, value string) error {
	for part := range strings.SplitSeq(value, ";") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		name, text, found := strings.Cut(part, "=")
		if !found {
			return fmt.Errorf("%q is not of the form name=value", part)
		}
		if i.Options == nil {
			i.Options = map[string]string{}
		}
		i.Options[strings.TrimSpace(name)] = strings.TrimSpace(text)
	}
	return nil
}

// ReadCSV reads a list: a line with the names of the [Columns], and a row for each item. The separator is a comma, a
// semicolon or a tab, whichever the first line has; spreadsheets write each of them. A byte order mark is skipped. An
// error is an [InputError], unless reading fails. ReadCSV continues after the error of a row, so that all errors of a
// list can be shown at once. It holds one row in memory, and 40 bytes for each to find duplicates.
func ReadCSV(file string, r io.Reader) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		buffered := bufio.NewReader(r)
		if mark, _ := buffered.Peek(3); string(mark) == "\ufeff" {
			_, _ = buffered.Discard(3)
		}
		rows := csv.NewReader(buffered)
		rows.Comma, rows.ReuseRecord, rows.FieldsPerRecord = separator(buffered), true, -1
		at := func(field int, text string) *InputError {
			line, column := rows.FieldPos(field)
			return &InputError{File: file, Line: line, Column: column, Text: text}
		}
		head, err := rows.Read()
		if err != nil {
			yield(Item{}, broken(file, err))
			return
		}
		order, headError := header(head, at)
		if headError != nil {
			headError.File = file
			yield(Item{}, headError)
			return
		}
		seen := duplicates{}
		for {
			row, err := rows.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(Item{}, broken(file, err)) // what follows a wrong quote cannot be told apart
				return
			}
			if len(row) == 1 && strings.TrimSpace(row[0]) == "" || allEmpty(row) {
				continue
			}
			item, inputError := parse(row, order, at)
			if inputError == nil {
				inputError = seen.add(item, at)
			}
			if inputError != nil {
				if !yield(item, inputError) {
					return
				}
				continue
			}
			if !yield(item, nil) {
				return
			}
		}
	}
}

func allEmpty(row []string) bool {
	return !slices.ContainsFunc(row, func(field string) bool { return strings.TrimSpace(field) != "" })
}

// separator returns the separator of the first line, by which of the candidates it has.
func separator(r *bufio.Reader) rune {
	start, _ := r.Peek(r.Size())
	line, _, _ := strings.Cut(string(start), "\n")
	for _, candidate := range []rune{';', '\t'} {
		if strings.ContainsRune(line, candidate) {
			return candidate
		}
	}
	return ','
}

// broken makes the error of a row that is no CSV.
func broken(file string, err error) error {
	var parse *csv.ParseError
	switch {
	case errors.As(err, &parse):
		return &InputError{File: file, Line: parse.Line, Column: parse.Column, Text: parse.Err.Error()}
	case errors.Is(err, io.EOF):
		return &InputError{File: file, Line: 1, Text: "the list is empty; its first line names the columns: " +
			strings.Join(Columns(), ", ")}
	}
	return fmt.Errorf("read %s: %w", file, err)
}

// header returns the index in columns of each column of the list.
func header(names []string, at func(int, string) *InputError) ([]int, *InputError) {
	order := make([]int, len(names))
	for i, name := range names {
		name = strings.ToLower(strings.TrimSpace(name))
		order[i] = slices.Index(Columns(), name)
		switch {
		case order[i] < 0:
			return nil, at(i, fmt.Sprintf("unknown column %q; the columns are %s", name, strings.Join(Columns(), ", ")))
		case slices.Index(order[:i], order[i]) >= 0:
			return nil, at(i, fmt.Sprintf("the column %q is there twice", name))
		}
	}
	for i, column := range columns {
		if required := []string{"server", "owner", "action"}; slices.Contains(required, column.name) &&
			!slices.Contains(order, i) {
			return nil, at(0, fmt.Sprintf("the column %q is missing", column.name))
		}
	}
	return order, nil
}

func parse(row []string, order []int, at func(int, string) *InputError) (item Item, inputError *InputError) {
	item.Line = at(0, "").Line
	if len(row) > len(order) {
		return item, at(len(order), fmt.Sprintf("the row has %d fields, the first line names %d columns",
			len(row), len(order)))
	}
	fail := func(name, text string) *InputError {
		field := slices.IndexFunc(order, func(i int) bool { return columns[i].name == name })
		inputError := at(min(max(field, 0), len(row)-1), text)
		inputError.Field = name
		return inputError
	}
	for i, value := range row {
		column := columns[order[i]]
		if err := column.set(&item, strings.TrimSpace(value)); err != nil {
			return item, fail(column.name, err.Error())
		}
	}
	var wrong *fieldError
	if errors.As(item.check(), &wrong) {
		return item, fail(wrong.field, wrong.text)
	}
	return item, nil
}

// ParseItem makes an item of the values of some [Columns], such as the action, target, at and options of a pattern for
// [Checker.Owners]. The values are not checked.
func ParseItem(values map[string]string) (item Item, err error) {
	for _, column := range columns {
		if err := column.set(&item, strings.TrimSpace(values[column.name])); err != nil {
			return item, fmt.Errorf("%s: %w", column.name, err)
		}
	}
	return item, nil
}
