package apitest_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/vbo365/vbo365-go/api/apitest"
)

// actOnDocument runs an action on a document of the bench's drive, given by its path, in the form that the version has.
func (b *bench) actOnDocument(version, document, body string) answer {
	b.tb.Helper()
	return b.actAt(version, "/Documents/"+b.drive.DocumentID(document)+"/Action", body)
}

// actOnDocuments runs an action on several documents; DOCUMENTS in the body stands for the list.
func (b *bench) actOnDocuments(version, body string, documents ...string) answer {
	b.tb.Helper()
	var list []string
	for _, document := range documents {
		list = append(list, `{"id": "`+b.drive.DocumentID(document)+`"}`)
	}
	body = strings.Replace(body, "DOCUMENTS", `"documents": [`+strings.Join(list, ", ")+`]`, 1)
	return b.actAt(version, "/Documents/Action", body)
}

// actAt runs an action below the bench's drive in the form that the version has.
func (b *bench) actAt(version, path, body string) answer {
	b.tb.Helper()
	path, body = inForm(b.tb, version, strings.TrimPrefix(b.drivePath(version), "/"+version)+path, body)
	got := b.send(http.MethodPost, path, body, "Content-Type", "application/json")
	got.conforms(b.tb, http.MethodPost, path)
	return got
}

// outcome gives the numbers of a restore or copy, up to v7 from its response, from v8 on from its session.
func (b *bench) outcome(version string, got answer) (total, restored int) {
	b.tb.Helper()
	if got.status != http.StatusOK {
		b.tb.Fatalf("%s: %d %s", version, got.status, got.body)
	}
	if version >= "v8" {
		stats := b.statistics(b.started(got))
		return stats.TotalItemsCount, stats.RestoredItemsCount
	}
	var stats statistics
	if err := json.Unmarshal(got.body, &stats); err != nil {
		b.tb.Fatal(err)
	}
	return stats.TotalItemsCount, stats.RestoredItemsCount
}

// started waits for the end of the session that a response names.
func (b *bench) started(got answer) (id string) {
	b.tb.Helper()
	var session struct {
		SessionID string `json:"sessionId"`
	}
	if err := json.Unmarshal(got.body, &session); err != nil || got.status != http.StatusOK {
		b.tb.Fatalf("%d %s: %v", got.status, got.body, err)
	}
	b.follow(session.SessionID)
	return session.SessionID
}

// fileName is the name that a response gives its file.
func (a answer) fileName(tb testing.TB) string {
	tb.Helper()
	_, parameters, err := mime.ParseMediaType(a.header.Get("Content-Disposition"))
	if err != nil {
		tb.Fatalf("%q: %v", a.header.Get("Content-Disposition"), err)
	}
	return parameters["filename"]
}

// wantFile sees that a response is a document as it is.
func (a answer) wantFile(tb testing.TB, name, content string) {
	tb.Helper()
	if a.status != http.StatusOK || a.header.Get("Content-Type") != "application/octet-stream" {
		tb.Fatalf("%s: %d %s %s", name, a.status, a.header, a.body)
	}
	wantSame(tb, name, content, string(a.body))
	wantSame(tb, "name", name, a.fileName(tb))
	if a.length != int64(len(content)) {
		tb.Errorf("%s: %d bytes are announced", name, a.length)
	}
}

// TestDocumentActions does everything with one document, in all versions.
func TestDocumentActions(t *testing.T) {
	t.Parallel()
	for _, version := range allVersions {
		mailbox := startMailbox(t, "")
		b := newBrowseBench(t)
		settings := "/" + version + "/VEODEmailSettings"
		if version == "v2" {
			settings = "/v2/VESPEmailSettings"
		}
		b.setMail(settings, `{"server": "127.0.0.1", "port": "`+strings.TrimPrefix(mailbox.Addr, "127.0.0.1:")+`"}`)
		const document = "Documents/a.txt"

		for _, body := range []string{`{"save": {"asZip": false}}`, `{"save": {"AsZip": "False"}}`, `{"save": {}}`} {
			b.actOnDocument(version, document, body).wantFile(t, "a.txt", "new a")
		}
		if version < "v6" {
			b.actOnDocument(version, document, `{"save": null}`).wantFile(t, "a.txt", "new a")
		} else {
			b.actOnDocument(version, document, `{"save": {"asZip": null}}`).wantFile(t, "a.txt", "new a")
			b.actOnDocument(version, document, `{"save": null}`).wantMessage(t, http.StatusBadRequest, "")
		}
		for _, body := range []string{`{"save": {"asZip": true}}`, `{"save": {"asZip": "true"}}`} {
			got := b.actOnDocument(version, document, body)
			wantSame(t, "ZIP archive", map[string]string{"a.txt": "new a"}, got.archived(t))
			wantSame(t, "name", "a.txt.zip", got.fileName(t))
		}
		b.actOnDocument(version, "Documents/Sub/c.txt", `{"save": {"asZip": false}}`).wantFile(t, "c.txt", "")

		if got := b.actOnDocument(version, document,
			`{"sendTo": {"from": "a@x", "to": "b@x"}}`); got.status != done(version) || len(got.body) != 0 {
			t.Fatalf("%s: %d %s", version, got.status, got.body)
		}
		messages, err := mailbox.Wait(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		name, files := readAttachment(t, messages[0])
		wantSame(t, "attachment", "a.txt.zip", name)
		wantSame(t, "attached", map[string]string{"a.txt": "new a"}, files)

		write(t, b.drive.Production, map[string]string{"Documents/a.txt": "mine", "Documents/b.txt": "mine"})
		want := map[string]string{"Documents/": "", "Documents/a.txt": "mine", "Documents/b.txt": "mine"}
		restore := func(action string, wantTotal, wantRestored int) {
			t.Helper()
			total, restored := b.outcome(version, b.actOnDocument(version, document,
				`{"restoreToOriginalLocation": {`+credentials+action+`}}`))
			if total != wantTotal || restored != wantRestored {
				t.Errorf("%s: %d of %d were restored", version, restored, total)
			}
			wantSame(t, version+": production", want, tree(t, b.drive.Production))
		}
		want["Documents/a (restored).txt"] = "new a"
		restore("", 1, 1)
		want["Documents/a.txt"] = "new a"
		restore(`, "documentAction": "Overwrite"`, 1, 1)
		restore(`, "documentAction": "Overwrite"`, 1, 0) // it is there

		carol := b.srv.Drives()[2]
		b.outcome(version, b.actOnDocument(version, document, `{"copyTo": {`+credentials+
			`, "oneDrive": {"name": "Carol"}, "folder": "From Alice", "documentVersion": "All"}}`))
		wantSame(t, version+": copy", map[string]string{
			"From Alice/": "", "From Alice/a.txt": "new a",
			".versions/": "", ".versions/From Alice/": "", ".versions/From Alice/a.txt/": "",
			".versions/From Alice/a.txt/1.0": "old",
		}, tree(t, carol.Production))

		executions := b.srv.Executions()
		wantSame(t, version+": carried out", []int{1, 3, 1}, []int{
			executions["sendTo"], executions["restoreToOriginalLocation"], executions["copyTo"],
		})
		for _, event := range b.events(version) {
			if version >= "v3" && (event["itemName"] != "a.txt" && event["itemName"] != "c.txt" ||
				event["itemType"] != "Document") {
				t.Errorf("%s: event %v", version, event)
			}
		}
		before := fingerprint(t, b.srv.Drives()...)
		for _, action := range []string{
			`{"save": {"asZip": true}}`, `{"sendTo": {"from": "a@x", "to": "b@x"}}`,
			`{"restoreToOriginalLocation": {` + credentials + `}}`,
			`{"copyTo": {` + credentials + `, "oneDrive": {"name": "Carol"}}}`,
		} {
			b.actOnDocument(version, "Documents/gone.txt", action).wantMessage(t, http.StatusNotFound, "cannot be found")
			b.actAt(version, "/Documents/"+b.drive.FolderID("Documents")+"/Action", action).
				wantMessage(t, http.StatusNotFound, "cannot be found")
		}
		b.actOnDocument(version, document, `{"restoreToOriginalLocation": {}}`).
			wantMessage(t, http.StatusBadRequest, "Exactly one style of credentials")
		b.actOnDocument(version, document, `{"copyTo": {`+credentials+`}}`).
			wantMessage(t, http.StatusBadRequest, "oneDrive")
		wantSame(t, version+": production", before, fingerprint(t, b.srv.Drives()...))
	}
}

// TestCopyOfADocument sees that a copy of a document takes the options that its version has.
func TestCopyOfADocument(t *testing.T) {
	t.Parallel()
	for version, versions := range map[string]bool{"v5": false, "v6": false, "v7": false, "v8": true} {
		b := newBrowseBench(t)
		b.outcome(version, b.actOnDocument(version, "Documents/a.txt", `{"copyTo": {`+credentials+
			`, "oneDrive": {"name": "Carol"}, "changedItems": true, "restorePermissions": true}}`))
		content := tree(t, b.srv.Drives()[2].Production)
		if (content[".versions/a.txt/1.0"] == "old") != versions && version != "v5" || content["a.txt"] != "new a" {
			t.Errorf("%s: %v", version, content)
		}
		requests := b.srv.Requests()
		for _, request := range requests {
			if deviations := fmt.Sprint(request.Deviations); request.Action == "copyTo" && version >= "v6" &&
				(!strings.Contains(deviations, `unknown property "restorePermissions"`) ||
					strings.Contains(deviations, `unknown property "changedItems"`) == versions) {
				t.Errorf("%s: deviations %s", version, deviations)
			}
		}
	}
}

func newDocumentsBench(t *testing.T, config apitest.Config) *bench {
	t.Helper()
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	config.Organizations = []apitest.Organization{{Name: "o", OneDrives: []apitest.OneDrive{
		{
			Owner: "a@x", Name: "A/B", Production: t.TempDir(),
			Backup: []apitest.RestorePoint{
				{Time: day(3), FS: fstest.MapFS{"x/a.txt": file("old"), "top.tar.gz": file("t")}},
				{Time: day(4), FS: fstest.MapFS{
					"x/a.txt": file("1"), "y/A.txt": file("22"), "y/in/a.txt": file("333"), "y/in/b": file("4"),
					"y/b": file("55"), "top.tar.gz": file("t"), "empty": &fstest.MapFile{Mode: fs.ModeDir | 0o755},
				}},
			},
		},
		{Owner: "b@x", Name: "Bob", Production: t.TempDir()},
	}}}
	return newBench(t, config)
}

// documentsVersions are the versions that have actions on several documents.
var documentsVersions = slices.DeleteFunc(slices.Clone(allVersions), func(v string) bool { return v == "v2" })

// TestSeveralDocuments does everything with several documents, in all versions that can.
func TestSeveralDocuments(t *testing.T) {
	t.Parallel()
	for _, version := range documentsVersions {
		mailbox := startMailbox(t, "")
		b := newDocumentsBench(t, apitest.Config{SMTP: mailbox.Addr})
		chosen := []string{"x/a.txt", "y/in/a.txt", "y/A.txt", "x/a.txt", "y/b", "y/in/b", "top.tar.gz"}
		archive := map[string]string{
			"a.txt": "1", "a (2).txt": "333", "A (3).txt": "22", "b": "55", "b (2)": "4", "top.tar.gz": "t",
		}
		got := b.actOnDocuments(version, `{"save": {DOCUMENTS}}`, chosen...)
		wantSame(t, version+": archive", archive, got.archived(t))
		wantSame(t, "name", "A_B.zip", got.fileName(t))
		if got.length != int64(len(got.body)) {
			t.Errorf("%s: %d bytes are announced for %d", version, got.length, len(got.body))
		}
		// One of them, too, is an archive, whatever is asked for.
		for _, one := range []string{`{"save": {DOCUMENTS}}`, `{"save": {"asZip": false, DOCUMENTS}}`} {
			got := b.actOnDocuments(version, one, "y/A.txt")
			wantSame(t, version+": one", map[string]string{"A.txt": "22"}, got.archived(t))
			wantSame(t, "name", "A.txt.zip", got.fileName(t))
		}

		if got := b.actOnDocuments(version, `{"sendTo": {"from": "a@x", "to": "b@x", DOCUMENTS}}`,
			chosen...); got.status != done(version) || len(got.body) != 0 {
			t.Fatalf("%s: %d %s", version, got.status, got.body)
		}
		messages, err := mailbox.Wait(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		name, files := readAttachment(t, messages[0])
		wantSame(t, "attachment", "A_B.zip", name)
		wantSame(t, "attached", archive, files)

		write(t, b.drive.Production, map[string]string{"y/A.txt": "22", "x/a.txt": "mine"})
		total, restored := b.outcome(version, b.actOnDocuments(version, `{"restoreToOriginalLocation": {`+credentials+
			`, "documentAction": "Keep", DOCUMENTS}}`, chosen...))
		if total != 6 || restored != 5 {
			t.Errorf("%s: %d of %d were restored", version, restored, total)
		}
		wantSame(t, version+": production", map[string]string{
			"x/": "", "x/a.txt": "mine", "x/a (restored).txt": "1", "y/": "", "y/A.txt": "22", "y/b": "55",
			"y/in/": "", "y/in/a.txt": "333", "y/in/b": "4", "top.tar.gz": "t",
		}, tree(t, b.drive.Production))

		b.outcome(version, b.actOnDocuments(version, `{"copyTo": {`+credentials+
			`, "oneDrive": {"name": "Bob"}, "folder": "From A", "documentVersion": "All", DOCUMENTS}}`, chosen...))
		want := map[string]string{
			"From A/": "", ".versions/": "", ".versions/From A/": "", ".versions/From A/a.txt/": "",
			".versions/From A/a.txt/1.0": "old",
		}
		for name, text := range archive {
			want["From A/"+name] = text
		}
		wantSame(t, version+": copy", want, tree(t, b.srv.Drives()[1].Production))

		var titles []string
		for _, event := range b.events(version) {
			if title, _ := event["title"].(string); strings.Contains(title, "6 documents of A_B") {
				titles = append(titles, title)
			}
		}
		if len(titles) != 4 {
			t.Errorf("%s: events %q", version, titles)
		}

		before := fingerprint(t, b.srv.Drives()...)
		for _, action := range []string{
			`{"save": {DOCUMENTS}}`, `{"sendTo": {"from": "a@x", "to": "b@x", DOCUMENTS}}`,
			`{"restoreToOriginalLocation": {` + credentials + `, DOCUMENTS}}`,
			`{"copyTo": {` + credentials + `, "oneDrive": {"name": "Bob"}, DOCUMENTS}}`,
		} {
			b.actOnDocuments(version, action, "x/a.txt", "nowhere").
				wantMessage(t, http.StatusNotFound, "cannot be found")
			for list, problem := range map[string]string{
				`"documents": []`: "documents: must not be empty", `"documents": [{}]`: "documents.0.id",
				`"documents": [{"name": "a.txt"}]`: "documents.0.id", `"documents": ["x"]`: "documents.0",
				`"documents": [{"id": "` + b.drive.DocumentID("x/a.txt") + `"}, {"id": ""}]`: "documents.1.id",
			} {
				b.actOnDocuments(version, strings.Replace(action, "DOCUMENTS", list, 1)).
					wantMessage(t, http.StatusBadRequest, problem)
			}
		}
		wantSame(t, version+": production", before, fingerprint(t, b.srv.Drives()...))
		wantSame(t, version+": carried out", map[string]int{"sendTo": 1, "restoreToOriginalLocation": 1, "copyTo": 1},
			b.srv.Executions())
	}
}

// TestDocumentSamples sends the bodies of spec/FACTS.md#8.1 that are about documents, with the placeholders filled.
func TestDocumentSamples(t *testing.T) {
	t.Parallel()
	const (
		one     = "" // the path of a document
		several = "several"
	)
	for _, sample := range []struct{ number, version, to, body string }{
		{"2", "v3", one, `{ "save" : { "asZip" : "false" } }`},
		{"3", "v3", one, `{ "save" : null }`},
		{"5", "v4", one, `{ "save": { "asZip": "false" } }`},
		{"6", "v4", several, `{ "save": { "asZip" : "true", "Documents": [ { "Id": "{G}" }, { "Id": "{H}" },  ] } }`},
		{
			"8", "v3", several, `{ "restoretoOriginallocation": { "userName": "{U}", "userPassword": "{P}", ` +
				`"DocumentVersion" : "last", "DocumentAction" : "keep", "Documents": [ { "id": "{G}" }, ` +
				`{ "id": "{H}" },  ], } }`,
		},
		{
			"10", "v4", several, `{ "restoretoOriginallocation": { "userCode": "{C}", "DocumentVersion" : "last", ` +
				`"DocumentAction" : "keep", "Documents": [ { "id": "{G}" },  { "id": "{H}" },  ], } }`,
		},
		{"12", "v5", one, `{"save":{"asZip":"False"}}`},
		{
			"13", "v5", several, `{"save":{"Documents":[{"SizeBytes":1,"InheritedPermissions":true,"Version":"1.0",` +
				`"Id":"{G}","Name":"{T}","CreatedBy":"{T}","CreationTime":"2020-12-15T11:52:07","ModifiedBy":"{T}",` +
				`"ModificationTime":"2020-12-15T11:52:07"},{"Id":"{H}"}],"AsZip":"True"}}`,
		},
		{
			"41", "v5", several, `{"restoreToOriginalLocation":{"documents":[{"id":"{G}","name":"{T}",` +
				`"onedriveTitle":"{T}","folderTitle":"{T}"},{"id":"{H}"}],"userCode":"{C}","documentVersion":"all",` +
				`"documentAction":"overwrite"}}`,
		},
		{
			"42", "v5", several, `{"copyTo":{"documents":[{"id":"{G}"},{"id":"{H}"}],"userCode":"{C}",` +
				`"oneDrive":{"id":"{72}"},"folder":"T","documentVersion":"all","DocumentLastVersionAction":"merge"}}`,
		},
		{"43", "v5", several, `{"save":{"documents":[{"id":"{G}"},{"id":"{H}"}],"asZip":true}}`},
		{"44", "v5", one, `{"save":{"asZip":false}}`},
		{"49", "v6", several, `{ "documents": [ {"Id":"{G}"}, {"Id":"{H}"} ] }`},
	} {
		t.Run(sample.number, func(t *testing.T) {
			t.Parallel()
			b := newDocumentsBench(t, apitest.Config{})
			bob := b.srv.Drives()[1]
			path := b.drivePath(sample.version) + "/Documents/" + b.drive.DocumentID("x/a.txt") + "/Action"
			switch {
			case sample.version >= "v6":
				path = b.drivePath(sample.version) + "/Documents/save"
			case sample.to == several:
				path = b.drivePath(sample.version) + "/Documents/Action"
			}
			got := b.send(http.MethodPost, path, strings.NewReplacer("{U}", "alice@example.com", "{P}", "secret",
				"{C}", "CK7WB2HJD", "{T}", "some text", "{72}", bob.ID, "{G}", b.drive.DocumentID("x/a.txt"),
				"{H}", b.drive.DocumentID("y/b")).Replace(sample.body), "Content-Type", "application/json")
			got.conforms(t, http.MethodPost, path)
			switch {
			case sample.to == one:
				got.wantFile(t, "a.txt", "1")
			case got.header.Get("Content-Type") == "application/octet-stream":
				wantSame(t, "archive", map[string]string{"a.txt": "1", "b": "55"}, got.archived(t))
			default:
				if total, restored := b.outcome(sample.version, got); total != 2 || restored != 2 {
					t.Errorf("%d of %d items were written", restored, total)
				}
				drive, folder := b.drive, []string{"x/a.txt", "y/b"}
				if strings.Contains(sample.body, "copyTo") {
					drive, folder = bob, []string{"T/a.txt", "T/b"}
				}
				content := tree(t, drive.Production)
				if content[folder[0]] != "1" || content[folder[1]] != "55" {
					t.Errorf("production %v", content)
				}
			}
		})
	}
}

// TestDocumentNames saves documents with names that hurt: the extended form of the header has the name, the plain one
// has its extension.
func TestDocumentNames(t *testing.T) {
	t.Parallel()
	names := map[string]string{
		"report.docx":         `attachment; filename=report.docx`,
		"a (2) final.tar.gz":  `attachment; filename="a (2) final.tar.gz"`,
		`quote'"$(x).txt`:     `attachment; filename="quote'\"$(x).txt"`,
		"café.docx":           `attachment; filename=caf_.docx; filename*=utf-8''caf%C3%A9.docx`,
		"日本語 😀.txt":           `attachment; filename="___ _.txt"; filename*=utf-8''%E6%97%A5%E6%9C%AC%E8%AA%9E%20%F0%9F%98%80.txt`,
		"100%25; x=y.txt":     `attachment; filename="100%25; x=y.txt"`,
		"tab\tand line\n.txt": `attachment; filename="tab_and line_.txt"; filename*=utf-8''tab%09and%20line%0A.txt`,
	}
	backup := fstest.MapFS{}
	for name := range names {
		backup[name] = &fstest.MapFile{Data: []byte(name)}
	}
	b := newBench(t, apitest.Config{Organizations: oneDrive(t, backup)})
	for _, version := range []string{"v2", "v5", "v8"} {
		for name, header := range names {
			got := b.actOnDocument(version, name, `{"save": {"asZip": false}}`)
			got.wantFile(t, name, name)
			wantSame(t, name, header, got.header.Get("Content-Disposition"))
			wantSame(t, name, name+".zip", b.actOnDocument(version, name, `{"save": {"asZip": true}}`).fileName(t))
		}
	}
}

// TestSaveOfADocument sees that a document may have no length, and that one that breaks off is cut.
func TestSaveOfADocument(t *testing.T) {
	t.Parallel()
	const save = `{"save": {"asZip": false}}`
	b := newDocumentsBench(t, apitest.Config{Chunked: true})
	if got := b.actOnDocument("v5", "x/a.txt", save); got.length != -1 || string(got.body) != "1" || got.err != nil {
		t.Errorf("%d %q %v", got.length, got.body, got.err)
	}
	text := strings.Repeat("x", 1<<20)
	files := brokenFS{MapFS: fstest.MapFS{"big": {Data: []byte(text)}}, broken: "big", reads: true}
	for _, chunked := range []bool{false, true} {
		b := newBench(t, apitest.Config{Chunked: chunked, Organizations: oneDrive(t, files)})
		got := b.actOnDocument("v8", "big", save)
		if got.status != http.StatusOK || got.err == nil || len(got.body) >= len(text) {
			t.Errorf("%d, %d bytes: %v", got.status, len(got.body), got.err)
		}
	}
}

// TestDocumentsThatFail sees what is told of a document that cannot be written beside one that can.
func TestDocumentsThatFail(t *testing.T) {
	t.Parallel()
	for _, version := range documentsVersions {
		b := newDocumentsBench(t, apitest.Config{})
		write(t, b.drive.Production, map[string]string{"x/a.txt/": ""}) // a folder is in the way
		got := b.actOnDocuments(version, `{"restoreToOriginalLocation": {`+credentials+`, DOCUMENTS}}`, "x/a.txt", "y/b")
		want := issue{
			ID: b.drive.DocumentID("x/a.txt"), Path: "x/a.txt", Title: "a.txt", Type: "Item",
			Error: "x/a.txt is there and is not a document", Warnings: []string{},
		}
		if version >= "v8" {
			id := b.started(got)
			stats := b.statistics(id)
			wantSame(t, "statistics", []int{2, 1, 1, 0}, []int{
				stats.TotalItemsCount, stats.RestoredItemsCount, stats.FailedItemsCount, stats.SkippedItemsCount,
			})
			if len(stats.Items) != 1 || stats.Items[0]["id"] != want.ID || stats.Items[0]["error"] != want.Error ||
				stats.Items[0]["status"] != "Failed" {
				t.Errorf("items %v", stats.Items)
			}
			if session := b.restoreSession(id); session["result"] != "Warning" {
				t.Errorf("session %v", session)
			}
			events := b.eventsOf("v8", id)
			own := b.events(version)
			if len(events) != 1 || len(own) != 1 || events[0]["id"] != own[0]["id"] || events[0]["status"] != "Warning" ||
				events[0]["itemType"] != "Document" || events[0]["title"] != "Restoring 2 documents of A_B" {
				t.Errorf("events %v, %v", events, own)
			}
		} else {
			var stats statistics
			if err := json.Unmarshal(got.body, &stats); err != nil {
				t.Fatal(err)
			}
			wantSame(t, version, statistics{
				TotalItemsCount: 2, RestoredItemsCount: 1, FailedItemsCount: 1, RestoreIssues: []issue{want},
			}, stats)
		}
		content := tree(t, b.drive.Production)
		wantSame(t, version+": production", map[string]string{"x/": "", "x/a.txt/": "", "y/": "", "y/b": "55"}, content)
	}
	empty := newDocumentsBench(t, apitest.Config{EmptyAnswers: true})
	got := empty.actOnDocument("v5", "y/b", `{"restoreToOriginalLocation": {`+credentials+`}}`)
	if got.status != http.StatusOK || len(got.body) != 0 || got.header.Get("Content-Type") != "" {
		t.Errorf("got %d %s", got.status, got.body)
	}
}
