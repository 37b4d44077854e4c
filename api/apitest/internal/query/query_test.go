package query_test

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"github.com/vbo365/vbo365-go/api/apitest/internal/query"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var files = fstest.MapFS{
	"Notes":               {Mode: fs.ModeDir | 0o755, ModTime: at("2026-01-01T00:00:00Z")},
	"Notes/Meeting 1.txt": {Data: []byte("12345"), ModTime: at("2026-01-31T10:00:00Z")},
	"Notes/AND.txt":       {ModTime: at("2026-01-31T23:59:59.9Z")},
	"a(1)=b.PDF":          {Data: []byte("123456789"), ModTime: at("2026-02-01T00:00:00Z")},
	"Übung.docx":          {Data: []byte("1"), ModTime: at("2025-12-31T23:59:59Z")},
}

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

type item string

func (i item) Name() string               { return path.Base(string(i)) }
func (i item) Path() string               { return string(i) }
func (i item) Owner() string              { return "Alice Example" }
func (i item) Stat() (fs.FileInfo, error) { return files.Stat(string(i)) }

func TestMatch(t *testing.T) {
	t.Parallel()
	const (
		notes, meeting, and, pdf, doc = "Notes", "Notes/Meeting 1.txt", "Notes/AND.txt", "a(1)=b.PDF", "Übung.docx"
	)
	for text, want := range map[string][]string{
		"":                        {notes, meeting, and, pdf, doc},
		" \t\n":                   {notes, meeting, and, pdf, doc},
		"filename:*.txt":          {meeting, and},
		"FileName:*.TXT":          {meeting, and},
		"System.FileName:?ND.txt": {and},
		"filename:txt":            {meeting, and},
		"filename:.txt":           {meeting, and},
		"filename:**?*t*":         {notes, meeting, and},
		"filename:" + strings.Repeat("*a", 1<<19): nil,
		"filename:*.tx":                          nil,
		`filename:"Meeting 1.txt"`:               {meeting},
		`filename: "Meeting 1.txt"`:              {meeting},
		"title:meeting":                          {meeting},
		`filename:M"eeting 1.t"xt`:               {meeting},
		"ÜBUNG":                                  {doc},
		"filename:übung.*":                       {doc},
		"meeting txt":                            {meeting},
		"meeting 2":                              nil,
		`"AND"`:                                  {and},
		"and":                                    {and},
		"filename:AND":                           {and},
		"filename:a OR filename:note":            {notes, and, pdf},
		"NOT filename:*.txt":                     {notes, pdf, doc},
		"NOT NOT filename:*.txt":                 {meeting, and},
		"filename:txt NOT meeting":               {and},
		"filename:txt AND NOT meeting":           {and},
		"meeting OR and filename:txt":            {meeting, and},
		"NOT (meeting OR and) OR and":            {notes, and, pdf, doc},
		"pdf OR docx size:>5":                    {pdf},
		"(pdf OR docx)size:<5":                   {doc},
		"(filename:pdf)OR(filename:docx)":        {pdf, doc},
		"size:5":                                 {meeting},
		"size:=5":                                {meeting},
		"size:>5":                                {pdf},
		"size:>=5":                               {meeting, pdf},
		"size:<5":                                {and, doc},
		"size:<=5":                               {meeting, and, doc},
		"size:1..5":                              {meeting, doc},
		"System.Size:0":                          {and},
		"datemodified:2026-01-31":                {meeting, and},
		"datemodified:>2026-01-31":               {pdf},
		"datemodified:>=2026-01-31":              {meeting, and, pdf},
		"datemodified:<2026-01-31":               {notes, doc},
		"datemodified:<=2026-01-31":              {notes, meeting, and, doc},
		"datecreated:2025-12-31..2026-01-01":     {notes, doc},
		"datecreated:2026-01-31T10:00":           {meeting},
		"datecreated:2026-01-31T10:00:00":        {meeting},
		"datecreated:=2026-01-31t11:00:00+01:00": {meeting},
		"datemodified:>2026-01-31T10:00:00Z":     {and, pdf},
		`System.Author:"Alice E" docx`:           {doc},
		"System.Document.LastAuthor:Bob":         nil,
		"System.FileExtension:.pdf":              {pdf},
		"System.ItemFolderPathDisplay:notes":     {meeting, and},
		"System.ItemPathDisplay:notes":           {notes, meeting, and},
		"System.ItemPathDisplay:Notes/*1*":       {meeting},
		`filename:"a(1)=b"`:                      {pdf},
		strings.Repeat("(", 100) + "a" + strings.Repeat(")", 100): {and, pdf},
	} {
		q, err := query.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		var got []string
		for _, name := range []string{notes, meeting, and, pdf, doc} {
			matches, err := q.Match(item(name))
			if err != nil {
				t.Fatal(err)
			}
			if matches {
				got = append(got, name)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

func TestBadQueries(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"AND":                         "a condition is missing before a AND",
		"filename:a OR":               "a condition is missing at the end",
		"filename:a AND OR filename:": "filename: the value is missing",
		"NOT":                         "a condition is missing at the end",
		"a OR AND b":                  "a condition is missing before a AND",
		"()":                          "a condition is missing before a closing parenthesis",
		"(a":                          "a parenthesis is not closed",
		"a)":                          "there is a closing parenthesis too many",
		`filename:"a`:                 "a quotation mark is not closed",
		`filename:""`:                 "filename: the value is missing",
		"filename:)":                  "filename: the value is missing",
		"size:":                       "size: the value is missing",
		"size:big":                    "size: the value is not a number of bytes",
		"size:-1":                     "size: the value is not a number of bytes",
		"size:>1..2":                  "size: there is no such comparison",
		"size:1..":                    "size: the value is not a number of bytes",
		"size:<>1":                    "size: there is no such comparison",
		"datemodified:yesterday":      "datemodified: the value is not a time like 2026-01-31 or 2026-01-31T16:30:00Z",
		"color:red":                   "there is no property color",
		"s3cr3t-thing:red":            "there is an unknown property",
		"content:contract":            "content: is not modelled",
		"System.IsDeleted:true":       "system.isdeleted: is not modelled",
		strings.Repeat("(", 101) + "a" + strings.Repeat(")", 101): "there are more than 100 parentheses in one another",
	} {
		if _, err := query.Parse(text); err == nil || err.Error() != want {
			t.Errorf("%.40s: got %v, want %s", text, err, want)
		}
	}
}

type broken struct{ item }

var errBroken = errors.New("broken")

func (broken) Stat() (fs.FileInfo, error) { return nil, errBroken }

// TestUnreadableItems sees that an item that cannot be looked at is an error, whatever is around the condition.
func TestUnreadableItems(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"size:1", "NOT size:1", "a size:1", "b OR datemodified:2026-01-01", "(size:1 AND a) OR a",
	} {
		q, err := query.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if ok, err := q.Match(broken{"a"}); !errors.Is(err, errBroken) || ok {
			t.Errorf("%s: %v, %v", text, ok, err)
		}
	}
	// What need not be looked at is not.
	q, err := query.Parse("b AND size:1")
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := q.Match(broken{"a"}); ok || err != nil {
		t.Errorf("got %v, %v", ok, err)
	}
}

// FuzzParse sees that a query is refused or can be asked, and that a NOT around it turns the answer round.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`filename:"a b" AND (size:>1 OR NOT x)`, "datemodified:2026-01-01..2026-02-01", "((", `"`, "a:b:c",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := query.Parse(text)
		if err != nil || strings.Trim(text, " \t\r\n") == "" {
			return
		}
		opposite, err := query.Parse("NOT (" + text + ")")
		if err != nil {
			if strings.Contains(err.Error(), "parentheses") {
				return // one more than there may be
			}
			t.Fatalf("%q: %v", text, err)
		}
		for name := range files {
			yes, err := q.Match(item(name))
			no, oppositeErr := opposite.Match(item(name))
			if err != nil || oppositeErr != nil || yes == no {
				t.Errorf("%q: %v %v, and the opposite is %v %v", text, yes, err, no, oppositeErr)
			}
		}
	})
}
