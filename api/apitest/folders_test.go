package apitest_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/vbo365/vbo365-go/api/apitest"
)

// actOn runs an action on several folders of the bench's drive, given by their paths.
func (b *bench) actOn(version, action string, folders ...string) answer {
	b.tb.Helper()
	var list []string
	for _, folder := range folders {
		list = append(list, `{"id": "`+b.drive.FolderID(folder)+`"}`)
	}
	body := strings.Replace(action, "FOLDERS", `"folders": [`+strings.Join(list, ", ")+`]`, 1)
	path := b.drivePath(version) + "/Folders/Action"
	got := b.send(http.MethodPost, path, body, "Content-Type", "application/json")
	if got.header.Get("Content-Type") == "application/json" {
		got.conforms(b.tb, http.MethodPost, path)
	}
	return got
}

func newFoldersBench(t *testing.T, config apitest.Config) *bench {
	t.Helper()
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	config.Organizations = []apitest.Organization{{Name: "o", OneDrives: []apitest.OneDrive{
		{
			Owner: "a@x", Name: "A/B", Production: t.TempDir(),
			Backup: []apitest.RestorePoint{{Time: time.Now(), FS: fstest.MapFS{
				"x/In": &fstest.MapFile{Mode: 0o755 | 1<<31}, "x/In/1": file("1"), "y/in/2": file(
					"22"), "y/in/deep/3": file("3"), "y/4": file("4"), "top": file("t"),
			}}},
		},
		{Owner: "b@x", Name: "Bob", Production: t.TempDir()},
	}}}
	return newBench(t, config)
}

func TestSaveFolders(t *testing.T) {
	t.Parallel()
	for _, chunked := range []bool{false, true} {
		b := newFoldersBench(t, apitest.Config{Chunked: chunked})
		const save = `{"save": {"asZip": "true", FOLDERS}}`
		whole := b.act("", `{"save": null}`).archived(t)
		for _, test := range []struct {
			version string
			folders []string
			want    map[string]string
		}{
			{
				"v3",
				[]string{"y"},
				map[string]string{
					"y/": "", "y/4": "4", "y/in/": "", "y/in/2": "22", "y/in/deep/": "",
					"y/in/deep/3": "3",
				},
			},
			{
				"v4",
				[]string{"x/In", "y/in"},
				map[string]string{
					"In/": "", "In/1": "1", "in (2)/": "", "in (2)/2": "22", "in (2)/deep/": "",
					"in (2)/deep/3": "3",
				},
			},
			{
				"v5",
				[]string{"y/in/deep", "x/In", "y/in/deep"},
				map[string]string{"deep/": "", "deep/3": "3", "In/": "", "In/1": "1"},
			},
			{
				"v5",
				[]string{"y/in", "y/in/deep"},
				map[string]string{
					"in/": "", "in/2": "22", "in/deep/": "", "in/deep/3": "3", "deep/": "",
					"deep/3": "3",
				},
			},
			{"v5", []string{"x/In", ""}, map[string]string{
				"In/": "", "In/1": "1", "A_B/": "", "A_B/top": "t", "A_B/x/": "", "A_B/x/In/": "", "A_B/x/In/1": "1", "A_B/y/": "", "A_B/y/4": "4",
				"A_B/y/in/": "", "A_B/y/in/2": "22", "A_B/y/in/deep/": "", "A_B/y/in/deep/3": "3",
			}},
			{"v5", nil, whole},
			{"v2", []string{"y"}, whole},
		} {
			got := b.actOn(test.version, save, test.folders...)
			wantSame(t, strings.Join(test.folders, ", "), test.want, got.archived(t))
			if want := int64(len(got.body)); !chunked && got.length != want {
				t.Errorf("%d bytes are announced for %d", got.length, want)
			}
			requests := b.srv.Requests()
			logged := requests[len(requests)-1]
			if noted := strings.Contains(strings.Join(logged.Deviations, ""),
				`unknown property "folders" in save`); noted != (test.version == "v2") {
				t.Errorf("%s: deviations %q", test.version, logged.Deviations)
			}
			if logged.Action != "save" || logged.OperationID != "runOneDriveFoldersAction" {
				t.Errorf("logged %s %s", logged.OperationID, logged.Action)
			}
		}
		wantSame(t, "without a list", whole, b.actOn("v5", `{"save": {}}`).archived(t))
	}
}

func TestRestoreFolders(t *testing.T) {
	t.Parallel()
	b := newFoldersBench(t, apitest.Config{})
	const restore = `{"restoretoOriginallocation": {` + credentials + `, "documentAction": "keep", FOLDERS}}`
	write(t, b.drive.Production, map[string]string{"y/in/deep/3": "mine"})
	// A folder in another one of them is not restored twice.
	got := b.actOn("v5", restore, "y/in/deep", "y/in", "x/In")
	if got.status != http.StatusOK || !strings.Contains(string(got.body), `"restoredItemsCount":3,`) ||
		!strings.Contains(string(got.body), `"totalItemsCount":3}`) {
		t.Errorf("got %d %s", got.status, got.body)
	}
	want := map[string]string{
		"x/": "", "x/In/": "", "x/In/1": "1", "y/": "", "y/in/": "", "y/in/2": "22", "y/in/deep/": "", "y/in/deep/3": "mine", "y/in/deep/3 (restored)": "3",
	}
	wantSame(t, "production", want, tree(t, b.drive.Production))
	if got := b.actOn("v2", restore, "x/In"); got.status != http.StatusOK { // v2: everything
		t.Errorf("got %d %s", got.status, got.body)
	}
	want["top"], want["y/4"], want["y/in/deep/3 (restored 2)"] = "t", "4", "3"
	wantSame(t, "production", want, tree(t, b.drive.Production))
	empty := newFoldersBench(t, apitest.Config{EmptyAnswers: true})
	if got := empty.actOn("v5", restore, "x"); got.status != http.StatusOK || len(got.body) != 0 ||
		got.header.Get("Content-Type") != "" {
		t.Errorf("got %d %s", got.status, got.body)
	}
}

func TestCopyFolders(t *testing.T) {
	t.Parallel()
	b := newFoldersBench(t, apitest.Config{})
	bob := b.srv.Drives()[1]
	const copyTo = `{"copyTo": {` + credentials + `, "oneDrive": {"name": "Bob"}, "folder": "From A", FOLDERS}}`
	b.actOn("v3", copyTo, "x/In", "y/in", "y/in/deep")
	wantSame(t, "production", map[string]string{
		"From A/": "", "From A/In/": "", "From A/In/1": "1", "From A/in (2)/": "", "From A/in (2)/2": "22", "From A/in (2)/deep/": "",
		"From A/in (2)/deep/3": "3", "From A/deep/": "", "From A/deep/3": "3",
	}, tree(t, bob.Production))
	b.actOn("v5", strings.Replace(copyTo, "From A", "All", 1))
	all := tree(t, bob.Production)
	if all["All/top"] != "t" || all["All/y/in/deep/3"] != "3" {
		t.Errorf("production %v", all)
	}
}

func TestSendFolders(t *testing.T) {
	t.Parallel()
	mailbox := startMailbox(t, "")
	b := newFoldersBench(t, apitest.Config{SMTP: mailbox.Addr})
	const send = `{"sendTo": {"from": "a@x", "to": "b@x", FOLDERS}}`
	for i, test := range []struct {
		folders []string
		name    string
		files   []string
	}{
		{[]string{"x/In"}, "In.zip", []string{"In/", "In/1"}},
		{[]string{"x/In", "y/in/deep"}, "A_B.zip", []string{"In/", "In/1", "deep/", "deep/3"}},
		{
			nil, "A_B.zip",
			[]string{"top", "x/", "x/In/", "x/In/1", "y/", "y/4", "y/in/", "y/in/2", "y/in/deep/", "y/in/deep/3"},
		},
	} {
		if got := b.actOn("v5", send, test.folders...); got.status != http.StatusOK || len(got.body) != 0 {
			t.Fatalf("got %d %s", got.status, got.body)
		}
		messages, err := mailbox.Wait(t.Context(), i+1)
		if err != nil {
			t.Fatal(err)
		}
		name, files := readAttachment(t, messages[i])
		if name != test.name || len(files) != len(test.files) {
			t.Errorf("attachment %s: %v", name, files)
		}
		for _, file := range test.files {
			if _, ok := files[file]; !ok {
				t.Errorf("%s is not in %v", file, files)
			}
		}
	}
}

// TestRefusedFolders sees that nothing is done if one of the folders is wrong.
func TestRefusedFolders(t *testing.T) {
	t.Parallel()
	mailbox := startMailbox(t, "")
	b := newFoldersBench(t, apitest.Config{SMTP: mailbox.Addr})
	before := fingerprint(t, b.srv.Drives()...)
	for _, action := range []string{
		`{"save": {FOLDERS}}`, `{"restoreToOriginalLocation": {` + credentials + `, FOLDERS}}`,
		`{"copyTo": {` + credentials +
			`, "oneDrive": {"name": "Bob"}, FOLDERS}}`, `{"sendTo": {"from": "a@x", "to": "b@x", FOLDERS}}`,
	} {
		b.actOn("v5", action, "x/In", "nowhere").wantMessage(t, http.StatusNotFound, "cannot be found")
		b.actOn("v5", strings.Replace(action, "FOLDERS", `"folders": [{}]`, 1)).wantMessage(t, http.StatusBadRequest,
			"folders.0.id")
		b.actOn("v5", strings.Replace(action, "FOLDERS", `"folders": [{"id": ""}]`, 1)).wantMessage(t,
			http.StatusBadRequest, "folders.0.id")
		b.actOn("v5", strings.Replace(action, "FOLDERS", `"folders": ["x"]`, 1)).wantMessage(t, http.StatusBadRequest,
			"folders.0")
		b.actOn("v5", strings.Replace(action, "FOLDERS", `"folders": {}`, 1)).wantMessage(t, http.StatusBadRequest,
			"folders")
	}
	for body, message := range map[string]string{
		`{}`: "names 0 actions", `{"save": null}`: "save: must be an object", `{"save": {}, "sendTo": {}}`: "names 2 actions",
		`{"restoreToOriginalLocation": {}}`: "Exactly one style of credentials",
	} {
		b.actOn("v5", body).wantMessage(t, http.StatusBadRequest, message)
	}
	wantSame(t, "production", before, fingerprint(t, b.srv.Drives()...))
	if n := len(mailbox.Messages()); n != 0 {
		t.Errorf("%d messages arrived", n)
	}
	if list := b.events("v5"); len(list) != 0 {
		t.Errorf("events %v", list)
	}
}
