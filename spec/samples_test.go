package spec_test

import (
	"archive/zip"
	"bytes"
	"cmp"
	"crypto/tls"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/vbo365/vbo365-go/api/apitest"
	"github.com/vbo365/vbo365-go/spec"
)

// codeSample is an element of x-codeSamples.
type codeSample struct {
	Lang   string `json:"lang"`
	Label  string `json:"label"`
	Source string `json:"source"`
}

// samplesOf returns the samples of a document by operation.
func samplesOf(t *testing.T, content []byte) map[string][]codeSample {
	t.Helper()
	found := map[string][]codeSample{}
	doc, err := openapi3.NewLoader().LoadFromData(content)
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range doc.Paths.Map() {
		for _, operation := range item.Operations() {
			text, err := json.Marshal(operation.Extensions["x-codeSamples"])
			if err != nil {
				t.Fatal(err)
			}
			var samples []codeSample
			if err := json.Unmarshal(text, &samples); err != nil {
				t.Fatal(err)
			}
			if samples != nil {
				found[operation.OperationID] = samples
			}
		}
	}
	return found
}

// sliceSamples returns the samples of the slice of an API version.
func sliceSamples(t *testing.T, version string) map[string][]codeSample {
	t.Helper()
	content, err := spec.Slice(version)
	if err != nil {
		t.Fatal(err)
	}
	return samplesOf(t, content)
}

// steps are the samples in the order of their use. A sample prints what the next ones need, or has an effect.
var steps = []struct {
	operation, name string
	verify          func(r *sampleRun, output string)
}{
	{"createToken", "", func(r *sampleRun, output string) {
		r.variables["TOKEN"] = cmp.Or(find(output, `"access_token": *"([^"]+)"`), strings.TrimSpace(output))
	}},
	{"listOrganizations", "", func(r *sampleRun, output string) {
		r.has(output, "example.onmicrosoft.com")
		r.variables["ORGANIZATION"] = find(output, `"id": *"([^"]+)"`)
	}},
	{"exploreOrganization", "", startedSession},
	{"startRestoreSession", "", startedSession},
	{"listOneDrives", "", func(r *sampleRun, output string) {
		r.has(output, r.variables["ONEDRIVE"])
	}},
	{"listOneDriveFolders", "", func(r *sampleRun, output string) {
		r.has(output, r.variables["FOLDER"])
		r.has(output, "Documents")
	}},
	{"runOneDriveFolderAction", "save", savedFolder},
	{"saveOneDriveFolder", "", savedFolder},
	{"saveOneDrive", "", func(r *sampleRun, _ string) {
		r.archived("onedrive.zip", "Documents/Report.txt")
	}},

	{"runOneDriveDocumentAction", "save", savedDocument},
	{"saveOneDriveDocument", "", savedDocument},
	{"runOneDriveFolderAction", "sendTo", sentFolder},
	{"sendOneDriveFolder", "", sentFolder},
	{"runOneDriveDocumentAction", "restoreToOriginalLocation", restoredDocument},
	{"restoreOneDriveDocument", "", restoredDocument},
	{"runOneDriveFolderAction", "restoreToOriginalLocation", restoredFolder},
	{"restoreOneDriveFolder", "", restoredFolder},
	{"restoreOneDrive", "", func(r *sampleRun, output string) {
		r.followed(output, filepath.Join(r.server.Drives()[0].Production, "Music/Scales.bin"))
	}},
	{"runOneDriveFolderAction", "copyTo", copiedFolder},
	{"copyOneDriveFolder", "", copiedFolder},
	{"getRestoreSessionStatistics", "", func(r *sampleRun, output string) {
		r.has(output, `"restoredItemsCount":`)
	}},
	{"stopRestoreSession", "", func(*sampleRun, string) {}},
	{"endRestoreSession", "", func(*sampleRun, string) {}},
}

func startedSession(r *sampleRun, output string) {
	r.variables["SESSION"] = find(output, `"id": *"([^"]+)"`)
}

func savedFolder(r *sampleRun, _ string) {
	r.t.Helper()
	r.archived("folder.zip", "Report.txt")
}

// archived sees that an archive has a document.
func (r *sampleRun) archived(name, document string) {
	r.t.Helper()
	archive, err := zip.OpenReader(filepath.Join(r.folder, name))
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = archive.Close() }()
	if !slices.ContainsFunc(archive.File, func(f *zip.File) bool { return f.Name == document }) {
		r.t.Errorf("%s has no %s", name, document)
	}
}

func savedDocument(r *sampleRun, _ string) {
	r.t.Helper()
	content, err := os.ReadFile(filepath.Join(r.folder, "Report.txt"))
	if err != nil {
		r.t.Fatal(err)
	}
	r.has(string(content), "Report, second version")
}

func restoredDocument(r *sampleRun, output string) {
	r.t.Helper()
	file := filepath.Join(r.server.Drives()[0].Production, "Documents/Report.txt")
	if r.followed(output, file); strings.Contains(output, "sessionId") {
		return // it is not done yet
	}
	content, err := os.ReadFile(file)
	if err != nil {
		r.t.Fatal(err)
	}
	r.has(string(content), "Report, second version")
}

func sentFolder(r *sampleRun, _ string) {
	r.t.Helper()
	if _, err := r.mailbox.Wait(r.t.Context(), 1); err != nil {
		r.t.Error(err)
	}
}

func restoredFolder(r *sampleRun, output string) {
	r.t.Helper()
	r.followed(output, filepath.Join(r.server.Drives()[0].Production, "Documents/Invoices/2025/Invoice 1001.txt"))
}

func copiedFolder(r *sampleRun, output string) {
	r.t.Helper()
	r.followed(output, filepath.Join(r.server.Drives()[1].Production, "From Alice/Documents/Report.txt"))
}

// sampleRun runs the samples of one language and API version against a simulator of its own.
type sampleRun struct {
	t         *testing.T
	server    *apitest.Server
	mailbox   *apitest.Mailbox
	folder    string // in which the samples run
	variables map[string]string
}

func (r *sampleRun) has(output, text string) {
	r.t.Helper()
	if text == "" || !strings.Contains(output, text) {
		r.t.Errorf("%q is not in the output %s", text, output)
	}
}

// followed verifies that a restore or copy has written the file. From v8 on, getRestoreSessionStatistics waits for it.
func (r *sampleRun) followed(output, file string) {
	r.t.Helper()
	if id := find(output, `"sessionId": *"([^"]+)"`); id != "" {
		r.variables["RESTORE"] = id
		return
	}
	r.has(output, `"restoredItemsCount":`)
	if _, err := os.Stat(file); err != nil {
		r.t.Error(err)
	}
}

// find returns what the group of the expression stands for in text, or nothing.
func find(text, expression string) string {
	if match := regexp.MustCompile(expression).FindStringSubmatch(text); match != nil {
		return match[1]
	}
	return ""
}

// runners run a sample, and return what it prints.
var runners = map[string]struct {
	needs []string
	run   func(r *sampleRun, source string) (string, error)
}{
	"Shell":      {[]string{"sh", "curl"}, func(r *sampleRun, source string) (string, error) { return r.command(source, "sample.sh", "sh", "-eu") }},
	"Python":     {[]string{"python3"}, func(r *sampleRun, source string) (string, error) { return r.command(source, "sample.py", "python3") }},
	"Go":         {[]string{"go"}, func(r *sampleRun, source string) (string, error) { return r.command(source, "sample.go", "go", "run") }},
	"PowerShell": {nil, (*sampleRun).stated},
}

// command runs a sample with a command, and returns what it prints.
func (r *sampleRun) command(source, file string, command ...string) (string, error) {
	if err := os.WriteFile(filepath.Join(r.folder, file), []byte(source), 0o600); err != nil {
		return "", err
	}
	process := exec.CommandContext(r.t.Context(), command[0], append(command[1:], file)...)
	process.Dir = r.folder
	process.Env = append(os.Environ(), "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1")
	for name, value := range r.variables {
		process.Env = append(process.Env, name+"="+value)
	}
	var output, complaints bytes.Buffer
	process.Stdout, process.Stderr = &output, &complaints
	if err := process.Run(); err != nil {
		return "", fmt.Errorf("%w: %s%s", err, complaints.Bytes(), output.Bytes())
	}
	return output.String(), nil
}

var (
	psText      = regexp.MustCompile(`(?m)^\$(\w+) = (?:"([^"\n]*)"|@"\n((?s:.*?))\n"@|(\d+))$`)
	psForm      = regexp.MustCompile(`(?s)\$(\w+) = @\{\n(.*?)\n\}`)
	psMember    = regexp.MustCompile(`(\w+) = (?:'([^']*)'|(\$env:\w+))`)
	psContinued = regexp.MustCompile("`\n *")
	psRequest   = regexp.MustCompile(`Invoke-(?:RestMethod|WebRequest) -Method (\w+) -Uri ("[^"]*"|\$\w+)([^|\n]*)`)
	psBody      = regexp.MustCompile(`-Body (?:'([^']*)'|(\$\w+))`)
	psOutFile   = regexp.MustCompile(`-OutFile (\S+)`)
	psVariable  = regexp.MustCompile(`\$(?:env:)?(\w+)`)
)

// stated sends the requests that a sample in PowerShell states, and returns the body of the last response.
func (r *sampleRun) stated(source string) (string, error) {
	variables := map[string]string{}
	expand := func(text string) string {
		return psVariable.ReplaceAllStringFunc(text, func(name string) string {
			if env, ok := strings.CutPrefix(name, "$env:"); ok {
				return r.variables[env]
			}
			return variables[name[1:]]
		})
	}
	for _, match := range psText.FindAllStringSubmatch(source, -1) {
		variables[match[1]] = expand(match[2] + match[3] + match[4])
	}
	contentType := "application/json"
	for _, match := range psForm.FindAllStringSubmatch(source, -1) {
		form := url.Values{}
		for _, member := range psMember.FindAllStringSubmatch(match[2], -1) {
			form.Set(member[1], member[2]+expand(member[3]))
		}
		variables[match[1]], contentType = form.Encode(), "application/x-www-form-urlencoded"
	}
	output := ""
	for _, match := range psRequest.FindAllStringSubmatch(psContinued.ReplaceAllString(source, ""), -1) {
		body := ""
		if found := psBody.FindStringSubmatch(match[3]); found != nil {
			body = found[1] + expand(found[2])
		}
		answer, err := r.send(strings.ToUpper(match[1]), expand(strings.Trim(match[2], `"`)), contentType, body)
		if err != nil {
			return "", err
		}
		if file := psOutFile.FindStringSubmatch(match[3]); file != nil {
			if err := os.WriteFile(filepath.Join(r.folder, file[1]), answer, 0o600); err != nil {
				return "", err
			}
		}
		output = string(answer)
	}
	return output, nil
}

// send sends a request of a sample, and returns the body of the response.
func (r *sampleRun) send(method, address, contentType, body string) ([]byte, error) {
	request, err := http.NewRequestWithContext(r.t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+r.variables["TOKEN"])
	if body != "" {
		request.Header.Set("Content-Type", contentType)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: r.server.CertPool()}}
	defer transport.CloseIdleConnections()
	response, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	return io.ReadAll(response.Body)
}

// Samples do what they say, in exactly the words of the document, and none is left out. Those in Go of an API version
// that is not compiled are those of one that is. PowerShell is not run: what its samples state is sent.
func TestSamples(t *testing.T) {
	t.Parallel()
	versions := spec.Versions()
	compiled := []string{versions[len(versions)-1], lastWith(t, "runOneDriveFolderAction")}
	for _, version := range versions {
		for language, runner := range runners {
			t.Run(version+"/"+language, func(t *testing.T) {
				t.Parallel()
				samples := sliceSamples(t, version)
				if language == "Go" && !slices.Contains(compiled, version) {
					sameSamples(t, version, samples, compiled)
					return
				}
				for _, tool := range runner.needs {
					if _, err := exec.LookPath(tool); err != nil {
						if os.Getenv("CI") != "" {
							t.Error(err)
						}
						return
					}
				}
				r := newSampleRun(t)
				ran := 0
				for _, step := range steps {
					for _, sample := range samples[step.operation] {
						if _, name, _ := strings.Cut(sample.Label, ": "); sample.Lang != language || name != step.name {
							continue
						}
						ran++
						output, err := runner.run(r, sample.Source)
						if err != nil {
							t.Fatalf("%s %s: %v", step.operation, step.name, err)
						}
						step.verify(r, output)
						r.conforms(step.operation)
					}
				}
				for operation, all := range samples {
					for _, sample := range all {
						if sample.Lang == language {
							ran--
						}
					}
					if len(all) == 0 {
						t.Errorf("%s has no samples", operation)
					}
				}
				if ran != 0 {
					t.Errorf("%d samples were not run", -ran)
				}
			})
		}
	}
}

// lastWith returns the last API version that has an operation.
func lastWith(t *testing.T, operation string) string {
	t.Helper()
	for _, version := range slices.Backward(spec.Versions()) {
		if sliceSamples(t, version)[operation] != nil {
			return version
		}
	}
	t.Fatalf("no version has samples of %s", operation)
	return ""
}

// sameSamples fails the test unless the samples in Go of a version are those of one of the others, but for its number.
func sameSamples(t *testing.T, version string, samples map[string][]codeSample, others []string) {
	t.Helper()
	for operation, all := range samples {
		for _, sample := range all {
			if sample.Lang == "Go" && !slices.ContainsFunc(others, func(other string) bool {
				return slices.Contains(sliceSamples(t, other)[operation], codeSample{
					sample.Lang, sample.Label, strings.ReplaceAll(sample.Source, version, other),
				})
			}) {
				t.Errorf("%s: the sample %s is not compiled in any version", operation, sample.Label)
			}
		}
	}
}

func newSampleRun(t *testing.T) *sampleRun {
	t.Helper()
	mailbox, err := apitest.StartMailbox("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = mailbox.Close() })
	server := apitest.NewServer(t, apitest.Config{SMTP: mailbox.Addr})
	folder := t.TempDir()
	certificate := filepath.Join(folder, "server.pem")
	block := &pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate.Raw}
	if err := os.WriteFile(certificate, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	from, to := server.Drives()[0], server.Drives()[1]
	return &sampleRun{t, server, mailbox, folder, map[string]string{
		"VBO365_SERVER": server.URL, "VBO365_USERNAME": server.Username, "VBO365_PASSWORD": server.Password,
		"VBO365_USER_PASSWORD": "secret", "SSL_CERT_FILE": certificate, "CURL_CA_BUNDLE": certificate,
		"ONEDRIVE": from.ID, "FOLDER": from.FolderID("Documents"),
		"DOCUMENT": from.DocumentID("Documents/Report.txt"), "TARGET": to.ID,
	}}
}

// conforms verifies that the last request was one of the operation, and that it succeeded and had no deviations.
func (r *sampleRun) conforms(operation string) {
	r.t.Helper()
	requests := r.server.Requests()
	last := requests[len(requests)-1]
	if last.OperationID != operation || last.Status >= 300 || last.Deviations != nil {
		r.t.Errorf("%s: %s was answered with %d, deviations %q", operation, last.OperationID, last.Status, last.Deviations)
	}
}

// Every file of samples is of an operation, and all editions have it.
func TestSamplesAreInTheEditions(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("samples/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, edition := range []string{"dist/openapi.json", "dist/openapi.codegen.yaml", "dist/openapi.3.1.yaml"} {
		content, err := os.ReadFile(edition)
		if err != nil {
			t.Fatal(err)
		}
		samples := samplesOf(t, content)
		if len(samples) != len(files)-1 { // one is README.md
			t.Errorf("%s: samples of %d operations, want %d", edition, len(samples), len(files)-1)
		}
		for operation, all := range samples {
			for language := range runners {
				if !slices.ContainsFunc(all, func(s codeSample) bool { return s.Lang == language }) {
					t.Errorf("%s: %s has no sample in %s", edition, operation, language)
				}
			}
		}
	}
}
