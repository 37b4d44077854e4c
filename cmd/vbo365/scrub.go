package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/vbo365/vbo365-go/gen"
)

// A scrubber replaces all texts that are not known to be harmless. Harmless are the parts of paths and the values of
// enums that the document has, booleans and times. It replaces each word of any other text, a run of letters and
// digits, by random letters and digits of the same number. The same word has the same replacement everywhere, in any
// letter case, so that an id is the same in a response, in a link, and in the path of the next request. Numbers stay.
type scrubber struct {
	words    map[string]string          // the replacements of words, random, so that nobody can try words
	taken    map[string]bool            // the replacements
	segments map[string]bool            // of paths of the document, in lower case
	values   map[string]map[string]bool // of properties that are enums; of the empty name: of all
	secret   map[string]bool            // properties, in lower case
	known    map[string]bool            // names of properties and parameters, in lower case
	unknown  map[string]bool            // names of properties that were found, but are not known
}

func newScrubber() *scrubber {
	s := &scrubber{
		words: map[string]string{}, taken: map[string]bool{}, segments: map[string]bool{},
		values: map[string]map[string]bool{"": {}}, secret: map[string]bool{}, known: map[string]bool{},
		unknown: map[string]bool{},
	}
	s.values["token_type"] = map[string]bool{"bearer": true}
	for _, value := range []string{"documents", "folders", "root", "null"} { // of parameters, which are no schemas
		s.values[""][value] = true
	}
	s.values["method"] = map[string]bool{"get": true, "post": true, "put": true, "delete": true}
	for _, operation := range gen.Operations {
		for segment := range strings.SplitSeq(operation.Path, "/") {
			if !strings.HasPrefix(segment, "{") {
				s.segments[strings.ToLower(segment)] = true
			}
		}
		for name := range operation.Parameters {
			s.known[strings.ToLower(name)] = true
		}
	}
	for _, schema := range gen.Schemas {
		for name, property := range schema.Properties {
			s.know(strings.ToLower(name), property)
		}
	}
	return s
}

// know learns what the document says of a property.
func (s *scrubber) know(name string, property gen.Property) {
	s.known[name] = true
	if property.Secret {
		s.secret[name] = true
	}
	for _, value := range gen.Schemas[property.Schema].Values {
		if s.values[name] == nil {
			s.values[name] = map[string]bool{}
		}
		for _, spelling := range value.Spellings {
			s.values[name][strings.ToLower(spelling.Text)] = true
			s.values[""][strings.ToLower(spelling.Text)] = true
		}
	}
}

// exchange returns an exchange without what it must not say.
func (s *scrubber) exchange(r *raw) exchange {
	e := exchange{Method: r.method, Path: s.link(r.url.RequestURI()), Status: r.status}
	builds := strings.HasSuffix(strings.ToLower(r.url.Path), "/serviceinstance")
	if r.request.ReadCloser != nil {
		e.Request = s.message(&r.request, false)
	}
	if r.status != 0 {
		e.Response = s.message(&r.reply, builds)
		e.Response.Length = &r.length
		if date := r.header.Get("Date"); isTime(date) {
			e.Response.Date = date
		}
	}
	return e
}

// mediaTypes are those whose name is kept.
var mediaTypes = []string{
	"application/json", "application/x-www-form-urlencoded", "application/octet-stream", "application/zip",
	"application/problem+json", "text/html", "text/plain",
}

func (s *scrubber) message(b *body, builds bool) *message {
	b.mu.Lock()
	defer b.mu.Unlock()
	m := &message{Size: b.size}
	media, _, _ := mime.ParseMediaType(b.contentType)
	if slices.Contains(mediaTypes, media) {
		m.ContentType = media
	} else if b.contentType != "" {
		m.ContentType = "application/x-other"
	}
	content := bytes.TrimPrefix(b.content.Bytes(), []byte("\xef\xbb\xbf"))
	if int64(b.content.Len()) != b.size {
		return m // a stream, or too large
	}
	var value any
	if media == "application/x-www-form-urlencoded" {
		form, err := url.ParseQuery(string(content))
		if err != nil {
			return m
		}
		object := map[string]any{}
		for name := range form {
			object[name] = form.Get(name)
		}
		value = object
	} else if decodeWhole(content, &value) != nil {
		return m
	}
	if object, ok := value.(map[string]any); ok && builds {
		if text, _ := object["version"].(string); productBuild.MatchString(text) {
			object["version"] = keep(text)
		}
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(s.value("", value)); err == nil {
		m.Body = text.Bytes()
	}
	return m
}

// productBuild matches a build of the product.
var productBuild = regexp.MustCompile(`^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,6}$`)

// keep is a text that is known to be harmless.
type keep string

// decodeWhole decodes JSON, and refuses text after it.
func decodeWhole(content []byte, value *any) error {
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	if err := decoder.Decode(value); err != nil {
		return err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return fmt.Errorf("text after the JSON value: %w", err)
	}
	return nil
}

// value returns a decoded value of a property without what it must not say.
func (s *scrubber) value(name string, value any) any {
	switch value := value.(type) {
	case map[string]any:
		object := make(map[string]any, len(value))
		for inner, v := range value {
			object[s.name(name, inner)] = s.value(strings.ToLower(inner), v)
		}
		return object
	case []any:
		list := make([]any, len(value))
		for i, v := range value {
			list[i] = s.value(name, v)
		}
		return list
	case string:
		return s.text(name, value)
	}
	return value // a number, a boolean, null, or keep
}

// identifier matches names that programmers give to properties.
var identifier = regexp.MustCompile(`^[._@]?[A-Za-z]{1,40}$`)

// name returns the name of a property of an object, which has a name itself. Names that are not like those of
// properties may be data.
func (s *scrubber) name(object, name string) string {
	if known := s.known[strings.ToLower(name)]; known || identifier.MatchString(name) {
		if !known && object != "_links" && object != "_actions" {
			s.unknown[name] = true
		}
		return name
	}
	return s.replace(name)
}

// text returns the text of a property without what it must not say.
func (s *scrubber) text(name, text string) string {
	lower := strings.ToLower(text)
	switch {
	case text == "":
		return ""
	case s.secret[name]:
		return "secret"
	case s.values[name][lower], lower == "true", lower == "false":
		return text
	case isTimeName(name) && isTime(text):
		return text
	case name == "href" || name == "uri":
		return s.link(text)
	}
	return s.replace(text)
}

// isTimeName reports whether the document has times under this name.
func isTimeName(name string) bool {
	others := []string{".issued", ".expires", "immutabilityexpireson"}
	return strings.HasSuffix(name, "time") || slices.Contains(others, name)
}

func isTime(text string) bool {
	if _, err := gen.ParseTime(text); err == nil {
		return true
	}
	_, err := http.ParseTime(text)
	return err == nil
}

// versionSegment matches the version of the API in a path.
var versionSegment = regexp.MustCompile(`^(?i)v\d{1,2}$`)

// link returns an address, or the path of a request, in the form of the transcript.
func (s *scrubber) link(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Opaque != "" || u.User != nil {
		return s.replace(text)
	}
	address := ""
	if u.Host != "" {
		address = "https://" + s.replace(u.Host)
	}
	segments := strings.Split(u.EscapedPath(), "/")
	for i, segment := range segments {
		plain, err := url.PathUnescape(segment)
		if err != nil {
			plain = segment
		}
		if lower := strings.ToLower(plain); !s.segments[lower] && !versionSegment.MatchString(plain) {
			segments[i] = url.PathEscape(s.replace(plain))
		}
	}
	address += strings.Join(segments, "/")
	if u.RawQuery == "" {
		return address
	}
	query := url.Values{}
	for name, values := range u.Query() {
		for _, value := range values {
			query.Add(s.name("", name), s.parameter(strings.ToLower(name), value))
		}
	}
	return address + "?" + query.Encode()
}

// parameter returns the value of a parameter.
func (s *scrubber) parameter(name, value string) string {
	isNumber := (name == "limit" || name == "offset") && strings.Trim(value, digits) == ""
	if isNumber || s.values[""][strings.ToLower(value)] {
		return value
	}
	return s.text(name, value)
}

// replace replaces each word of a text. The scheme of an address stays.
func (s *scrubber) replace(text string) string {
	var replaced strings.Builder
	for _, scheme := range []string{"https://", "http://"} {
		if rest, ok := strings.CutPrefix(text, scheme); ok {
			replaced.WriteString(scheme)
			text = rest
		}
	}
	var word []rune
	flush := func() {
		replaced.WriteString(s.word(word))
		word = word[:0]
	}
	for _, r := range text {
		switch {
		case unicode.IsLetter(r), unicode.IsNumber(r), unicode.IsMark(r):
			word = append(word, r)
		case r < unicode.MaxASCII:
			flush()
			replaced.WriteRune(r)
		default:
			flush()
			replaced.WriteRune('•')
		}
	}
	flush()
	return replaced.String()
}

const (
	digits  = "0123456789"
	letters = "abcdefghijklmnopqrstuvwxyz"
	others  = "äöüßéñçøåžłğ"
)

// word returns the replacement of a word: with the same number of characters, of the same kinds. The letters of
// hexadecimal numbers stay between a and f.
func (s *scrubber) word(word []rune) string {
	if len(word) == 0 {
		return ""
	}
	lower := []rune(strings.ToLower(string(word)))
	replacement := s.words[string(lower)]
	for try := 0; replacement == ""; try++ {
		replacement = randomWord(lower)
		if try > 100 { // the short words are used up
			replacement += randomWord([]rune{'x'})
		}
		if replacement == string(lower) || s.taken[replacement] {
			replacement = ""
		}
	}
	s.words[string(lower)], s.taken[replacement] = replacement, true
	cased := []rune(replacement)
	for i, r := range word {
		if unicode.IsUpper(r) && i < len(cased) {
			cased[i] = unicode.ToUpper(cased[i])
		}
	}
	return string(cased)
}

// hexadecimalWord matches words that may be parts of a GUID.
var hexadecimalWord = regexp.MustCompile(`^[0-9a-f]{4,}$`)

func randomWord(like []rune) string {
	letters := letters
	if hexadecimalWord.MatchString(string(like)) {
		letters = letters[:6]
	}
	word, random := make([]rune, len(like)), make([]byte, len(like))
	_, _ = rand.Read(random) // which never fails
	for i, r := range like {
		class := []rune(others)
		switch {
		case r >= '0' && r <= '9':
			class = []rune(digits)
		case r <= unicode.MaxASCII:
			class = []rune(letters)
		}
		word[i] = class[int(random[i])%len(class)]
	}
	return string(word)
}
