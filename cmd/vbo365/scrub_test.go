package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/vbo365/vbo365-go/api"
	"github.com/vbo365/vbo365-go/api/apitest"
	"github.com/vbo365/vbo365-go/spec"
)

// TestTranscriptKeepsNothing looks in a transcript for each text that was in a request or response, and for those that
// the command was started with. Each must be known to be harmless by the lists of this test.
func TestTranscriptKeepsNothing(t *testing.T) {
	t.Parallel()
	for _, version := range api.Versions() {
		t.Run(version.String(), func(t *testing.T) {
			t.Parallel()
			drive := func(owner string) apitest.OneDrive {
				return apitest.OneDrive{Owner: owner + "@canary.example", Backup: []apitest.RestorePoint{{
					Time: time.Now().Add(-time.Hour),
					FS: fstest.MapFS{
						"Canary Folder/Canäry Document.docx": {Data: []byte("canary content")},
						"canary.txt":                         {Data: []byte("canary content")},
						"Working":                            {Data: []byte("canary content")},
					},
				}}}
			}
			mailbox, err := apitest.StartMailbox("")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = mailbox.Close() })
			server := apitest.NewServer(t, apitest.Config{
				Username: `CANARYDOMAIN\canaryuser`, Password: "canary password", SMTP: mailbox.Addr,
				Organizations: []apitest.Organization{{
					Name:      "canary.onmicrosoft.example",
					OneDrives: []apitest.OneDrive{drive("canary.alice"), drive("canary.bob")},
				}},
			})
			password := passwordFile(t, server.Password)
			w, name := &witness{record: true}, filepath.Join(t.TempDir(), "transcript.jsonl")
			command := doctorCommand{Transcript: name, Save: true, ShowNames: true}
			command.Server = strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
			command.Username, command.PasswordFile, command.Fingerprint = server.Username, password, server.Fingerprint
			command.APIVersion = version.String()
			var out, said bytes.Buffer
			streams := terminal{in: os.Stdin, out: &out, err: &said, job: newJob()}
			if err := command.observed(t.Context(), streams, w); err != nil {
				t.Fatalf("%v: %s%s", err, out.String(), said.String())
			}
			content, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			texts := newVocabulary(t)
			for _, r := range w.recorded {
				texts.exchange(t, r)
			}
			texts.add("", server.Password, server.Fingerprint, server.Username, "localhost")
			texts.add("", server.Certificate.Subject.String(), server.Certificate.SerialNumber.Text(16))
			if len(texts.data) < 50 {
				t.Errorf("only %d words of data", len(texts.data))
			}
			exchanges, _, _ := strings.Cut(string(content), `{"check":`) // whose texts are those of this command
			texts.search(t, exchanges)
			if regexp.MustCompile(`(?i)can[aä]r`).Match(content) {
				t.Error("a canary is in the transcript")
			}
			if shown := out.String(); !strings.Contains(shown, "canary.onmicrosoft.example") {
				t.Errorf("the organization was not seen: %s", shown)
			}
		})
	}
}

// lettersAndDigits matches words that are long enough to be no coincidence.
var lettersAndDigits = regexp.MustCompile(`[\p{L}\p{N}]{6,}`)

// A vocabulary has the words of the exchanges, in lower case. data has those of texts that may say something, with one
// of these texts. public has the names of properties, and texts that are the same in all installations.
type vocabulary struct {
	data   map[string]string
	public map[string]bool
}

// newVocabulary returns a vocabulary with what the document makes public.
func newVocabulary(t *testing.T) vocabulary {
	t.Helper()
	v := vocabulary{map[string]string{}, map[string]bool{}}
	for _, version := range spec.Versions() {
		document, err := documentOf(version)
		if err != nil {
			t.Fatal(err)
		}
		for path, item := range document.Paths.Map() {
			v.publish(path)
			for _, operation := range item.Operations() {
				for _, parameter := range slices.Concat(item.Parameters, operation.Parameters) {
					v.publish(parameter.Value.Name)
					v.publish(fmt.Sprintln(parameter.Value.Schema.Value.Enum...))
				}
			}
		}
		for _, schema := range document.Components.Schemas {
			v.publish(fmt.Sprintln(schema.Value.Enum...))
		}
	}
	return v
}

func (v *vocabulary) publish(text string) {
	for _, word := range lettersAndDigits.FindAllString(strings.ToLower(text), -1) {
		v.public[word] = true
	}
}

// sameEverywhere matches other texts that have nothing to do with the data.
var sameEverywhere = regexp.MustCompile(`^(?i)(bearer|delete|application/.*)$`)

// timeOfDay matches times.
var timeOfDay = regexp.MustCompile(`^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?|[A-Z]\w\w, .* GMT)$`)

func (v *vocabulary) add(name string, texts ...string) {
	for _, text := range texts {
		if sameEverywhere.MatchString(text) || timeOfDay.MatchString(text) {
			v.publish(text)
			continue
		}
		for _, word := range lettersAndDigits.FindAllString(strings.ToLower(text), -1) {
			v.data[word] = name + ": " + text
		}
	}
}

// search looks for words of data in a transcript.
func (v *vocabulary) search(t *testing.T, transcript string) {
	t.Helper()
	for _, word := range lettersAndDigits.FindAllString(strings.ToLower(transcript), -1) {
		if v.data[word] != "" && !v.public[word] {
			t.Errorf("%q of %q is in the transcript", word, v.data[word])
		}
	}
}

func (v *vocabulary) exchange(t *testing.T, r *raw) {
	t.Helper()
	v.add("path", r.url.Path)
	for name, values := range r.url.Query() {
		v.add(name, values...)
	}
	for name, values := range r.header {
		v.add(name, values...)
	}
	for _, b := range []*body{&r.request, &r.reply} {
		var value any
		if form, err := url.ParseQuery(b.content.String()); err == nil && strings.Contains(b.contentType, "form") {
			for name, values := range form {
				v.publish(name)
				v.add(name, values...)
			}
		} else if json.Unmarshal(b.content.Bytes(), &value) == nil {
			v.value("", value)
		}
	}
}

func (v *vocabulary) value(name string, value any) {
	switch value := value.(type) {
	case string:
		v.add(name, value)
	case []any:
		for _, element := range value {
			v.value(name, element)
		}
	case map[string]any:
		for inner, element := range value {
			v.publish(inner)
			v.value(inner, element)
		}
	}
}

// TestScrubberKeepsNothingOfExamples replaces the texts in all examples of the document, which have all properties.
func TestScrubberKeepsNothingOfExamples(t *testing.T) {
	t.Parallel()
	for _, version := range spec.Versions() {
		document, err := documentOf(version)
		if err != nil {
			t.Fatal(err)
		}
		texts, s, count := newVocabulary(t), newScrubber(), 0
		var scrubbed bytes.Buffer
		example := func(value any) {
			count++
			texts.value("", value)
			if err := json.NewEncoder(&scrubbed).Encode(s.value("", value)); err != nil {
				t.Fatal(err)
			}
		}
		for _, item := range document.Paths.Map() {
			for _, operation := range item.Operations() {
				contents := []openapi3.Content{}
				if operation.RequestBody != nil {
					contents = append(contents, operation.RequestBody.Value.Content)
				}
				for _, response := range operation.Responses.Map() {
					contents = append(contents, response.Value.Content)
				}
				for _, content := range contents {
					for _, media := range content {
						example(media.Example)
						for _, named := range media.Examples {
							example(named.Value.Value)
						}
					}
				}
			}
		}
		if count < 100 {
			t.Errorf("%s: only %d examples", version, count)
		}
		texts.search(t, scrubbed.String())
	}
}
