package apitest_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// TestPortalSamples sends the bodies of spec/FACTS.md#8.4 that are for OneDrives, folders, searches and sessions, byte
// for byte, with the placeholders filled. A portal sent them to servers of v5, in these letter cases.
func TestPortalSamples(t *testing.T) {
	t.Parallel()
	b := newBrowseBench(t)
	fill := strings.NewReplacer(
		"{A}", b.drive.ID, "{B}", b.srv.Drives()[1].ID, "{F}", b.drive.FolderID("Documents"),
		"{G}", b.drive.FolderID("Music"))
	onedrives := "/v5/RestoreSessions/" + b.session.ID + "/Organization/onedrives/"
	for _, sample := range []struct{ number, path, body, kind, has string }{
		{
			"36", onedrives + "{A}/Action", `{"copyTo":{"userCode":"C","DocumentVersion":"last",` +
				`"documentLastVersionAction":"merge","folder":"T","OneDrive":{"id":"{B}"},"changedItems":true,` +
				`"deletedItems":true,"restorePermissions":true,"SendSharedLinksNotification":false,}}`,
			"application/json", "restoredItemsCount",
		},
		{
			"38", onedrives + "{A}/Folders/Action", `{"restoreToOriginalLocation":{"folders":[{"id":"{F}"},{"id":"{G}"}],` +
				`"userCode":"C","documentVersion":"last","documentAction":"overwrite"}}`,
			"application/json", "restoredItemsCount",
		},
		{
			"39", onedrives + "{A}/Folders/Action", `{"copyTo":{"folders":[{"id":"{F}"}],"userCode":"C",` +
				`"oneDrive":{"id":"{B}"},"folder":"T","changedItems":"true","deletedItems":"false",` +
				`"restorePermissions":"true","sendSharedLinksNotification":"false","documentVersion":"all",` +
				`"DocumentLastVersionAction":"overwrite"}}`,
			"application/json", "restoredItemsCount",
		},
		{
			"40", onedrives + "{A}/Folders/Action", `{"save":{"folders":[{"id":"{F}"},{"id":"{G}"}],"asZip":true}}`,
			"application/octet-stream", "PK",
		},
		{"44", onedrives + "{A}/Action", `{"save":{"asZip":true}}`, "application/octet-stream", "PK"},
		{
			"45", onedrives + "{A}/action?offset=0&limit=10", `{"search":{"query":"filename:\"a.txt\" ",}}`,
			"application/json", `"name":"a.txt"`,
		},
		{
			"45 folder", onedrives + "{A}/folders/{F}/action?offset=0", `{"search":{"query":"filename:\"a.txt\" ",}}`,
			"application/json", `"name":"a.txt"`,
		},
		{
			"47", onedrives + "{A}/Action", `{ "search":{ "query": "filename:default" } }`,
			"application/json", `"results":[]`,
		},
		{
			"48", strings.Replace(onedrives, "/v5/", "/v6/", 1) + "{A}/search?itemType=Folders",
			`{ "query": "filename:Documents" }`, "application/json", `"name":"Documents"`,
		},
	} {
		got := b.send(http.MethodPost, fill.Replace(sample.path), fill.Replace(sample.body))
		if got.status != http.StatusOK || got.header.Get("Content-Type") != sample.kind ||
			!strings.Contains(string(got.body), sample.has) {
			t.Errorf("%s: %d %s %.200s", sample.number, got.status, got.header.Get("Content-Type"), got.body)
		}
	}
	var session struct {
		ID string `json:"id"`
	}
	got := b.send(http.MethodPost, "/v5/Organizations/"+b.organizationID(0)+"/Action",
		`{"explore":{"datetime":"2026-03-06 00:00:00","type":"veod","showAllVersions":true,"showDeleted":true}}`)
	if err := json.Unmarshal(got.body, &session); err != nil || got.status != http.StatusCreated || session.ID == "" {
		t.Errorf("46: %d %s", got.status, got.body)
	}
}
