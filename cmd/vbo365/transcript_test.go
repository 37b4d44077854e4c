package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/vbo365/vbo365-go/api"
	"github.com/vbo365/vbo365-go/api/apitest"
	"github.com/vbo365/vbo365-go/spec"
)

// A transcript is a file of doctor --transcript.
type transcript struct {
	exchanges []exchange
	checks    []finding
}

func readTranscript(t *testing.T, name string) (read transcript) {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(bytes.NewReader(content))
	lines.Buffer(nil, 2*maxRecorded)
	for lines.Scan() {
		var line struct {
			exchange
			finding
		}
		decoder := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&line); err != nil {
			t.Fatalf("%s: %v: %.200s", name, err, lines.Text())
		}
		if line.Check != "" {
			read.checks = append(read.checks, line.finding)
		} else {
			read.exchanges = append(read.exchanges, line.exchange)
		}
	}
	if err := lines.Err(); err != nil || len(read.exchanges) == 0 {
		t.Fatalf("%s: %v, %d exchanges", name, err, len(read.exchanges))
	}
	return read
}

// version returns the API version that the client used: that of the log-in.
func (r transcript) version() string {
	for _, e := range r.exchanges {
		if segments := strings.Split(e.Path, "/"); len(segments) == 3 && segments[2] == "token" {
			return strings.ToLower(segments[1])
		}
	}
	return ""
}

// documentOf reads the document of each API version once.
var documentOf = func() func(version string) (*openapi3.T, error) {
	read := map[string]func() (*openapi3.T, error){}
	for _, version := range spec.Versions() {
		read[version] = sync.OnceValues(func() (*openapi3.T, error) {
			content, err := spec.Slice(version)
			if err != nil {
				return nil, err
			}
			return openapi3.NewLoader().LoadFromData(content)
		})
	}
	return func(version string) (*openapi3.T, error) {
		if read[version] == nil {
			return nil, fmt.Errorf("there is no document of version %q", version)
		}
		return read[version]()
	}
}()

// compare compares the exchanges with the document of their API version. It returns the operations that were called,
// and the deviations of each, without duplicates.
func (r transcript) compare(t *testing.T) map[string][]string {
	t.Helper()
	version := r.version()
	document, err := documentOf(version)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	for _, e := range r.exchanges {
		path, query, _ := strings.Cut(e.Path, "?")
		segments := strings.Split(strings.Trim(path, "/"), "/")
		if !strings.EqualFold(segments[0], version) || e.Response == nil {
			continue // a probe of another version, or no response
		}
		item, operation := operationAt(document, e.Method, segments[1:])
		if operation == nil {
			found["-"] = append(found["-"], e.Method+" "+strings.Join(segments[1:], "/")+" is no operation")
			continue
		}
		c := comparison{}
		c.query(slices.Concat(item.Parameters, operation.Parameters), query)
		c.request(operation, e.Request)
		c.response(operation, e.Status, e.Response)
		id := operation.OperationID
		found[id] = append(found[id], c...)
		slices.Sort(found[id])
		found[id] = slices.Compact(found[id])
	}
	return found
}

func operationAt(document *openapi3.T, method string, segments []string) (*openapi3.PathItem, *openapi3.Operation) {
	for _, template := range document.Paths.InMatchingOrder() {
		item := document.Paths.Value(template)
		fits := slices.EqualFunc(segments, strings.Split(template, "/")[1:], func(segment, literal string) bool {
			return strings.HasPrefix(literal, "{") || strings.EqualFold(segment, literal)
		})
		if operation := item.GetOperation(method); fits && operation != nil {
			return item, operation
		}
	}
	return nil, nil
}

// A comparison has the deviations of an exchange.
type comparison []string

func (c *comparison) add(format string, args ...any) { *c = append(*c, fmt.Sprintf(format, args...)) }

func (c *comparison) query(parameters openapi3.Parameters, query string) {
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		i := slices.IndexFunc(parameters, func(p *openapi3.ParameterRef) bool {
			return p.Value.In == "query" && strings.EqualFold(p.Value.Name, name)
		})
		switch {
		case name == "":
		case i < 0:
			c.add("request: unknown parameter %s", name)
		default:
			schema := parameters[i].Value.Schema.Value
			c.value("request: parameter "+name, schema, jsonValue(schema, value))
		}
	}
}

// jsonValue returns the text of a parameter or of a field of a form as the type that it has in JSON.
func jsonValue(schema *openapi3.Schema, text string) any {
	var value any
	if !schema.Type.Is("string") && json.Unmarshal([]byte(text), &value) == nil {
		return value
	}
	return text
}

func (c *comparison) request(operation *openapi3.Operation, request *message) {
	switch {
	case request == nil:
		if operation.RequestBody != nil && operation.RequestBody.Value.Required {
			c.add("request: no body")
		}
		return
	case operation.RequestBody == nil:
		c.add("request: a body")
		return
	}
	content := operation.RequestBody.Value.Content.Get(request.ContentType)
	if content == nil {
		c.add("request: content type %q", request.ContentType)
		return
	}
	var body any
	if err := json.Unmarshal(request.Body, &body); err != nil {
		c.add("request: no JSON")
		return
	}
	if form, ok := body.(map[string]any); ok && request.ContentType == "application/x-www-form-urlencoded" {
		for name, value := range form {
			if property := content.Schema.Value.Properties[name]; property != nil {
				form[name] = jsonValue(property.Value, fmt.Sprint(value))
			}
		}
	}
	c.value("request", content.Schema.Value, body)
}

func (c *comparison) response(operation *openapi3.Operation, status int, got *message) {
	response := operation.Responses.Status(status)
	if response == nil && status >= 400 {
		response = operation.Responses.Default()
	}
	if response == nil {
		c.add("status %d", status)
		return
	}
	content := response.Value.Content.Get(got.ContentType)
	switch {
	case got.Size == 0 && status >= 400: // a failure may have no body
	case got.Size == 0 && len(response.Value.Content) == 0:
	case content == nil || got.ContentType == "":
		c.add("status %d: %d bytes of content type %q", status, got.Size, got.ContentType)
	case content.Schema.Value.Format == "binary":
	case len(got.Body) == 0:
		c.add("status %d: no JSON", status)
	default:
		var body any
		if err := json.Unmarshal(got.Body, &body); err != nil {
			c.add("status %d: %v", status, err)
			return
		}
		c.value(fmt.Sprint("status ", status), content.Schema.Value, body)
	}
}

// index matches the positions in the path of a value.
var index = regexp.MustCompile(`/\d+\b`)

// value compares a value with its schema. Properties that the schema does not have are deviations, too.
func (c *comparison) value(place string, schema *openapi3.Schema, value any) {
	if err := schema.VisitJSON(value, openapi3.MultiErrors()); err != nil {
		all, ok := errors.AsType[openapi3.MultiError](err)
		if !ok {
			all = openapi3.MultiError{err}
		}
		for _, one := range all {
			if wrong, ok := errors.AsType[*openapi3.SchemaError](one); ok {
				at := index.ReplaceAllString("/"+strings.Join(wrong.JSONPointer(), "/"), "/*")
				c.add("%s: %s: %s", place, at, wrong.Reason)
			} else {
				c.add("%s: %v", place, one)
			}
		}
	}
	c.unknown(place+": ", schema, value)
}

func (c *comparison) unknown(place string, schema *openapi3.Schema, value any) {
	switch value := value.(type) {
	case []any:
		for _, element := range value {
			if schema.Items != nil {
				c.unknown(place+"/*", schema.Items.Value, element)
			}
		}
	case map[string]any:
		for _, branch := range slices.Concat(schema.OneOf, schema.AnyOf, schema.AllOf) {
			if branch.Value.VisitJSON(value) == nil {
				schema = branch.Value
			}
		}
		for _, name := range slices.Sorted(maps.Keys(value)) {
			property := schema.Properties[name]
			if property == nil {
				property = schema.AdditionalProperties.Schema
			}
			if property == nil {
				c.add("%s/%s: the document does not have this property", place, name)
				continue
			}
			c.unknown(place+"/"+name, property.Value, value[name])
		}
	}
}

// play starts a server that responds as the server of the transcript did.
func (r transcript) play(t *testing.T) *httptest.Server {
	t.Helper()
	var mu sync.Mutex
	next := map[string][]exchange{}
	for _, e := range r.exchanges {
		next[e.Method+" "+e.Path] = append(next[e.Method+" "+e.Path], e)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		key := request.Method + " " + request.URL.EscapedPath()
		if query := request.URL.Query().Encode(); query != "" {
			key += "?" + query
		}
		if len(next[key]) == 0 {
			t.Errorf("the client sends a request that is not in the transcript: %s", key)
			http.Error(w, "not in the transcript", http.StatusNotImplemented)
			return
		}
		e := next[key][0]
		if len(next[key]) > 1 {
			next[key] = next[key][1:]
		}
		if e.Response == nil {
			panic(http.ErrAbortHandler)
		}
		w.Header()["Date"] = nil
		for name, value := range map[string]string{"Date": e.Response.Date, "Content-Type": e.Response.ContentType} {
			if value != "" {
				w.Header().Set(name, value)
			}
		}
		w.WriteHeader(e.Status)
		body := []byte(e.Response.Body)
		if len(body) == 0 {
			body = make([]byte, e.Response.Size)
		}
		_, _ = w.Write(body)
	}))
	t.Cleanup(server.Close)
	return server
}

// replayed are the checks whose results must be the same with the transcript as with the server.
var replayed = []string{
	"versions", "log-in", "build", "organizations", "session", "drives", "content", "times", "reads", "save", "mail",
	"stop",
}

// ownOrganization matches the paths of the start of a session in the organization of an account.
var ownOrganization = regexp.MustCompile(`(?i)^/v\d+/organization/(explore|action)$`)

// replay runs doctor against the transcript, and returns the differences of its results.
func (r transcript) replay(t *testing.T) string {
	t.Helper()
	args := []string{"--server", r.play(t).URL, "--username", "anybody", "--api-version", r.version()}
	for _, e := range r.exchanges {
		isLogin := strings.HasSuffix(e.Path, "/token") && e.Request != nil
		switch {
		case isLogin && bytes.Contains(e.Request.Body, []byte(`"grant_type":"operator"`)):
			args = append(args, "--login", "operator") // which has the organization of its own
		case e.Method == http.MethodPost && ownOrganization.MatchString(e.Path):
			args = append(args, "--own-organization")
		}
	}
	for _, c := range r.checks {
		if c.Check == "reads" {
			args = append(args, "--transcript", filepath.Join(t.TempDir(), "again.jsonl"))
		}
		if c.Check == "save" {
			args = append(args, "--save")
		}
	}
	password := passwordFile(t, testPassword)
	out, _, _ := doctor(t, append(args, "--password-file", password)...)
	return cmp.Diff(pick(r.checks), pick(out), cmp.AllowUnexported(finding{}))
}

// pick returns the results to compare by the name of the check.
func pick(findings []finding) map[string]string {
	picked := map[string]string{}
	for _, f := range findings {
		if slices.Contains(replayed, f.Check) {
			// The transcript has an API version that somebody may have chosen, or not.
			message, _, _ := strings.Cut(f.Message, ", as --api-version says")
			picked[f.Check] = f.Result + ": " + message
		}
	}
	return picked
}

// doctor runs the command with --json.
func doctor(t *testing.T, args ...string) (findings []finding, messages string, status int) {
	t.Helper()
	var out, said bytes.Buffer
	status = run(t.Context(), append([]string{"doctor", "--json"}, args...), terminal{in: os.Stdin, out: &out, err: &said})
	decoder := json.NewDecoder(&out)
	for decoder.More() {
		var f finding
		if err := decoder.Decode(&f); err != nil {
			t.Fatal(err)
		}
		if f.Check != "" { // otherwise it is the error
			findings = append(findings, f)
		}
	}
	return findings, said.String(), status
}

// TestTranscriptOfEveryVersion records the simulator in each API version. The document describes all that is in the
// transcripts, and the client comes to the same results with the transcripts as with the simulator.
func TestTranscriptOfEveryVersion(t *testing.T) {
	t.Parallel()
	for _, version := range api.Versions() {
		t.Run(version.String(), func(t *testing.T) {
			t.Parallel()
			name := filepath.Join(t.TempDir(), "transcript.jsonl")
			server := apitest.NewServer(t, apitest.Config{})
			args := append(flags(t, server), "--api-version", version.String(), "--transcript", name, "--save")
			if _, messages, status := doctor(t, args...); status != 0 {
				t.Fatalf("exit status %d: %s", status, messages)
			}
			read := readTranscript(t, name)
			found := read.compare(t)
			for operation, deviations := range found {
				for _, text := range deviations {
					t.Errorf("%s: %s", operation, text)
				}
			}
			if len(found) < 20 {
				t.Errorf("only %d operations", len(found))
			}
			if diff := read.replay(t); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestTranscriptOfOtherAccounts records the simulator as a tenant and as a restore operator.
func TestTranscriptOfOtherAccounts(t *testing.T) {
	t.Parallel()
	for _, login := range []string{"jwt", "operator"} {
		t.Run(login, func(t *testing.T) {
			t.Parallel()
			const username = "canary.tenant"
			assertion, password := "canary-access", "canary-access"
			config := apitest.Config{}
			if login == "jwt" {
				assertion = `{"access_token":"canary-access"}`
				password = assertion
			} else {
				config.Operators = map[string]apitest.Operator{username: {User: "alice@example.com"}}
			}
			config.Assertions = map[string]string{username: assertion}
			server := apitest.NewServer(t, config)
			name := filepath.Join(t.TempDir(), "transcript.jsonl")
			_, messages, status := doctor(t, "--server", server.URL, "--fingerprint", server.Fingerprint, "--login", login,
				"--username", username, "--password-file", passwordFile(t, password), "--own-organization", "--transcript", name)
			if status != 0 {
				t.Fatalf("exit status %d: %s", status, messages)
			}
			read := readTranscript(t, name)
			for operation, deviations := range read.compare(t) {
				for _, text := range deviations {
					t.Errorf("%s: %s", operation, text)
				}
			}
			if diff := read.replay(t); diff != "" {
				t.Error(diff)
			}
			content, err := os.ReadFile(name)
			if err != nil || bytes.Contains(content, []byte("canary")) {
				t.Errorf("%v: %s", err, content)
			}
		})
	}
}

// TestTranscriptFindsDeviations changes a transcript, as a server would that is not as the document says.
func TestTranscriptFindsDeviations(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "transcript.jsonl")
	server := apitest.NewServer(t, apitest.Config{})
	if _, messages, status := doctor(t, append(flags(t, server), "--api-version", "v8", "--transcript", name)...); status != 0 {
		t.Fatalf("exit status %d: %s", status, messages)
	}
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	const (
		list    = `/Organization/OneDrives\?`
		service = `"path":"/v8/ServiceInstance","status":200`
		unknown = "status 200: /surprise: the document does not have this property"
		boolean = "request: parameter extendedView: /: value must be a boolean"
		grant   = "request: /grant_type: value is not one of the allowed values"
	)
	for _, row := range []struct {
		path, old, with string // a regular expression and its replacement, in the lines with the path
		operation, want string
	}{
		{list, `"name":"[^"]*"`, `"name":7`, "listOneDrives", "status 200: /results/*/name: value must be a string"},
		{list, `"offset":0,`, ``, "listOneDrives", `status 200: /offset: property "offset" is missing`},
		{list, `"offset":0`, `"offset":0,"surprise":[]`, "listOneDrives", unknown},
		{service, `"status":200`, `"status":202`, "getServiceInstance", "status 202"},
		{service, `application/json`, `text/html`, "getServiceInstance", `status 200: 79 bytes of content type "text/html"`},
		{`/v8/Organizations\?`, `extendedView=true`, `extendedView=7`, "listOrganizations", boolean},
		{`/v8/Organizations\?`, `extendedView=true`, `other=true`, "listOrganizations", "request: unknown parameter other"},
		{`/v8/token`, `"grant_type":"password"`, `"grant_type":"guess"`, "createToken", grant},
		{`/RestoreSessions\?limit=1"`, `RestoreSessions`, `Restorations`, "-", "GET Restorations is no operation"},
	} {
		lines := strings.SplitAfter(string(content), "\n")
		for i, line := range lines {
			if regexp.MustCompile(row.path).MatchString(line) {
				lines[i] = regexp.MustCompile(row.old).ReplaceAllString(line, row.with)
			}
		}
		if err := os.WriteFile(name, []byte(strings.Join(lines, "")), 0o600); err != nil {
			t.Fatal(err)
		}
		found := readTranscript(t, name).compare(t)
		for operation, deviations := range found {
			want := operation == row.operation
			if want != (len(deviations) == 1) || want && !strings.HasPrefix(deviations[0], row.want) {
				t.Errorf("%s: %q, not %q", operation, deviations, row.want)
			}
		}
	}
}

// tableRows returns the rows of the table in spec/VERIFIED.md for the transcripts in a directory: the build and the API
// version, by the operations that were called, and what deviates from the document. The name of a transcript begins
// with the build, because servers before v6 do not tell it: 8.0.2.159-v8.jsonl.
func tableRows(t *testing.T, directory string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(directory, "*.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for _, file := range files {
		read, name := readTranscript(t, file), filepath.Base(file)
		number, _, _ := strings.Cut(name, "-")
		if told := read.build(); !productBuild.MatchString(number) || told != "" && told != number {
			t.Errorf("%s: the name does not begin with the build %s", name, told)
		}
		found := read.compare(t)
		for _, operation := range slices.Sorted(maps.Keys(found)) {
			result := "as described"
			if len(found[operation]) > 0 {
				result = strings.ReplaceAll(strings.Join(found[operation], "; "), "|", `\|`)
			}
			rows = append(rows, fmt.Sprintf("| %s | %s | `%s` | [%s](transcripts/%s) | %s |",
				number, read.version(), operation, name, name, result))
		}
	}
	return rows
}

// build returns the build that the server tells, empty if it tells none.
func (r transcript) build() string {
	for _, c := range r.checks {
		if c.Check == "build" && c.Result == resultOK {
			return c.Message
		}
	}
	return ""
}

// tableRow matches the rows of the table of operations.
var tableRow = regexp.MustCompile(`(?m)^\| \d.*\|$`)

// TestVerified compares the table in spec/VERIFIED.md with the transcripts of real servers. Without one, it has no row,
// and the document says so. The client must come to the same results with each transcript as with the server.
func TestVerified(t *testing.T) {
	t.Parallel()
	const directory = "../../spec/transcripts"
	content, err := os.ReadFile("../../spec/VERIFIED.md")
	if err != nil {
		t.Fatal(err)
	}
	want := tableRows(t, directory)
	if diff := cmp.Diff(want, tableRow.FindAllString(string(content), -1)); diff != "" {
		t.Errorf("the table is not that of the transcripts:\n%s\nIt must be:\n%s", diff, strings.Join(want, "\n"))
	}
	if says := strings.Contains(string(content), "**No server has been verified yet.**"); says != (len(want) == 0) {
		t.Errorf("the document says that there is no entry: %t; there are %d", says, len(want))
	}
	files, _ := filepath.Glob(directory + "/*.jsonl")
	for _, file := range files {
		if diff := readTranscript(t, file).replay(t); diff != "" {
			t.Errorf("%s: %s", file, diff)
		}
	}
}

// TestVerifiedTable makes the table of a transcript of the simulator, which is no entry of the real one.
func TestVerifiedTable(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	name := filepath.Join(directory, "8.0.2.159-v8.jsonl")
	server := apitest.NewServer(t, apitest.Config{})
	if _, messages, status := doctor(t, append(flags(t, server), "--api-version", "v8", "--transcript", name)...); status != 0 {
		t.Fatalf("exit status %d: %s", status, messages)
	}
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	changed := bytes.ReplaceAll(content, []byte(`"expires_in":3600`), []byte(`"expires_in":"1|2"`))
	if err := os.WriteFile(name, changed, 0o600); err != nil {
		t.Fatal(err)
	}
	rows := tableRows(t, directory)
	const link = "[8.0.2.159-v8.jsonl](transcripts/8.0.2.159-v8.jsonl)"
	for _, want := range []string{
		"| 8.0.2.159 | v8 | `listOneDrives` | " + link + " | as described |",
		"| 8.0.2.159 | v8 | `createToken` | " + link + " | status 200: /expires_in: value must be an integer |",
	} {
		if !slices.Contains(rows, want) || !tableRow.MatchString(want) {
			t.Errorf("no row %s in\n%s", want, strings.Join(rows, "\n"))
		}
	}
}
