package apitest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/vbo365/vbo365-go/api/apitest"
)

const (
	credentials  = `"userName": "alice@example.com", "userPassword": "canary"`
	overwriteAll = `{"restoreToOriginalLocation": {` + credentials +
		`, "documentVersion": "all", "documentAction": "overwrite"}}`
)

// TestRefusedActions sees that what cannot be understood changes nothing, and that the answer repeats no secret.
func TestRefusedActions(t *testing.T) {
	t.Parallel()
	mailbox := startMailbox(t, "")
	b := newBench(t, apitest.Config{SMTP: mailbox.Addr})
	bob := b.srv.Drives()[1]
	target := `"oneDrive": {"id": "` + bob.ID + `"}`
	tests := []struct{ name, body, message string }{
		{"nothing", ``, "empty"},
		{"white space", " \n", "empty"},
		{"not JSON", `save canary`, "not JSON: line 1, column 1"},
		{"cut off", `{"restoreToOriginalLocation": {"userName": "a", "userPassword": "canary`, "not JSON"},
		{"cut off before the end", `{"restoreToOriginalLocation": {` + credentials + `}`, "not JSON"},
		{"single quotes", `{'save': null}`, "not JSON"},
		{"typographic quotes", `{ “Save” : null }`, "not JSON"}, // spec/FACTS.md#1.3
		{"two values", `{"save": null} {"save": null}`, "not JSON"},
		{"bad escape", `{"sendTo": {"text": "canary\q"}}`, "not JSON"},
		{"null", `null`, "must be an object that names exactly one action"},
		{"array", `[{"save": null}]`, "must be an object that names exactly one action"},
		{"text", `"save"`, "must be an object that names exactly one action"},
		{"number", `1`, "must be an object that names exactly one action"},
		{"no action", `{}`, "names 0 actions"},
		{"two actions", `{"save": null, "restoreToOriginalLocation": {` + credentials + `}}`, "names 2 actions"},
		{
			"four actions", `{"save": null, "sendTo": {}, "copyTo": {}, "restoreToOriginalLocation": {}}`,
			"names 4 actions",
		},
		{
			"an action twice",
			`{"restoreToOriginalLocation": {` + credentials + `}, "restoreToOriginalLocation": {` + credentials +
				`}}`, "names 2 actions",
		},
		{
			"an action in two spellings",
			`{"restoreToOriginalLocation": {` + credentials + `}, "restoretoOriginallocation": {` + credentials +
				`}}`, "names 2 actions",
		},
		{"unknown action", `{"destroy": {}}`, `unknown action "destroy"`},
		{"unknown action with a strange name", `{"canary secret": {}}`, `unknown action. It must`},
		{
			"known and unknown action", `{"restoreToOriginalLocation": {` + credentials + `}, "destroy": null}`,
			`unknown action "destroy"`,
		},
		{"no wrapper", `{` + credentials + `}`, `unknown action "userName"`},
		{"null restore", `{"restoreToOriginalLocation": null}`, "restoreToOriginalLocation: must be an object"},
		{"list for an object", `{"restoreToOriginalLocation": []}`, "restoreToOriginalLocation: must be an object"},
		{"text for an object", `{"save": "canary"}`, "save: must be an object"},
		{"too many brackets", `{"save": ` + strings.Repeat("[", 200_000), "too many brackets"},
		{
			"bad documentAction", `{"restoreToOriginalLocation": {` + credentials + `, "documentAction": "destroy"}}`,
			"restoreToOriginalLocation.documentAction: value is not one of the allowed values",
		},
		{
			"bad documentVersion", `{"restoreToOriginalLocation": {` + credentials + `, "documentVersion": "first"}}`,
			"restoreToOriginalLocation.documentVersion: value is not one of the allowed values",
		},
		{
			"number for a text", `{"restoreToOriginalLocation": {"userName": "a", "userPassword": 12345}}`,
			"restoreToOriginalLocation.userPassword: value must be a string",
		},
		{
			"object for a text", `{"sendTo": {"from": {"canary": 1}, "to": "b@x"}}`,
			"sendTo.from: value must be a string",
		},
		{
			"bad boolean", `{"copyTo": {` + credentials + `, ` + target + `, "changedItems": "perhaps"}}`,
			"copyTo.changedItems: value must be a boolean",
		},
		{
			"number for a boolean", `{"copyTo": {` + credentials + `, ` + target + `, "changedItems": 1}}`,
			"copyTo.changedItems: value must be a boolean",
		},
		{"bad boolean of save", `{"save": {"asZip": "rar"}}`, "save.asZip: value must be a boolean"},
		{
			"bad GUID", `{"restoreToOriginalLocation": {"applicationId": "canary", "applicationCertificate": "MII"}}`,
			"restoreToOriginalLocation.applicationId: string doesn't match the format",
		},
		{
			"link without address",
			`{"copyTo": {` + credentials + `, "oneDrive": {"id": "` + bob.ID +
				`", "_links": {"self": {}}}}}`, "copyTo.oneDrive._links.self",
		},
		{
			"property twice",
			`{"restoreToOriginalLocation": {"userName": "a", "username": "b", "userPassword": "canary"}}`, "restoreToOriginalLocation.userName: is there more than once",
		},

		{"no credentials", `{"restoreToOriginalLocation": {}}`, "Exactly one style of credentials"},
		{"no password", `{"restoreToOriginalLocation": {"userName": "a"}}`, "Exactly one style of credentials"},
		{
			"empty password", `{"restoreToOriginalLocation": {"userName": "a", "userPassword": ""}}`,
			"Exactly one style of credentials",
		},
		{"no name", `{"restoreToOriginalLocation": {"userPassword": "canary"}}`, "Exactly one style of credentials"},
		{
			"no certificate", `{"restoreToOriginalLocation": {"applicationId": "7d0f9f0e-3f63-4c3f-9d2a-0c7e0c1f4a11"}}`,
			"Exactly one style of credentials",
		},
		{
			"only the password of a certificate",
			`{"restoreToOriginalLocation": {` + credentials +
				`, "applicationCertificatePassword": "canary"}}`, "Exactly one style of credentials",
		},
		{
			"two styles", `{"restoreToOriginalLocation": {` + credentials + `, "userCode": "canary"}}`,
			"Exactly one style of credentials",
		},
		{"copy without credentials", `{"copyTo": {` + target + `}}`, "Exactly one style of credentials"},

		{"copy to nowhere", `{"copyTo": {` + credentials + `}}`, "copyTo.oneDrive: an id, a url or a name is needed"},
		{
			"copy to an empty target", `{"copyTo": {` + credentials + `, "oneDrive": {}}}`,
			"copyTo.oneDrive: an id, a url or a name is needed",
		},
		{
			"copy to an absolute folder", `{"copyTo": {` + credentials + `, ` + target + `, "folder": "/etc"}}`,
			"copyTo.folder: must be a relative path",
		},
		{
			"copy to a Windows root", `{"copyTo": {` + credentials + `, ` + target + `, "folder": "\\etc"}}`,
			"copyTo.folder: must be a relative path",
		},
		{
			"copy to a drive letter", `{"copyTo": {` + credentials + `, ` + target + `, "folder": "C:\\a"}}`,
			"copyTo.folder: has characters",
		},
		{
			"copy to an empty component", `{"copyTo": {` + credentials + `, ` + target + `, "folder": "a//b"}}`,
			"copyTo.folder: must be a relative path",
		},
		{
			"copy to the parent", `{"copyTo": {` + credentials + `, ` + target + `, "folder": "a/../../b"}}`,
			"copyTo.folder: must not have",
		},
		{
			"copy to the parent, Windows", `{"copyTo": {` + credentials + `, ` + target + `, "folder": "a\\..\\b"}}`,
			"copyTo.folder: must not have",
		},
		{
			"copy to a dot", `{"copyTo": {` + credentials + `, ` + target + `, "folder": "./a"}}`,
			"copyTo.folder: must not have",
		},
		{
			"copy to the versions", `{"copyTo": {` + credentials + `, ` + target + `, "folder": ".Versions/a"}}`,
			"copyTo.folder: .versions is reserved",
		},
		{
			"copy to a NUL", `{"copyTo": {` + credentials + `, ` + target + `, "folder": "a\u0000b"}}`,
			"copyTo.folder: has characters",
		},

		{"no sender", `{"sendTo": {"to": "b@x"}}`, "sendTo.from"},
		{"no recipient", `{"sendTo": {"from": "a@x"}}`, "sendTo.to"},
		{"bad sender", `{"sendTo": {"from": "nobody", "to": "b@x"}}`, "sendTo.from"},
		{"bad recipient", `{"sendTo": {"from": "a@x", "to": "b@x, nobody"}}`, "sendTo.to"},
		{"sender with a line break", `{"sendTo": {"from": "a@x\r\nBcc: c@x", "to": "b@x"}}`, "sendTo.from"},
	}
	before := fingerprint(t, b.srv.Drives()...)
	for _, test := range tests {
		got := b.act("Documents", test.body)
		if got.wantMessage(t, http.StatusBadRequest, test.message); t.Failed() {
			t.Fatal(test.name)
		}
		if strings.Contains(string(got.body), "canary") {
			t.Errorf("%s: the answer repeats a secret: %s", test.name, got.body)
		}
	}
	b.act("Documents", `{"copyTo": {`+credentials+`, "oneDrive": {"id": "unknown", "name": "Bob Example"}}}`).
		wantMessage(t, http.StatusNotFound, "there is no such OneDrive")
	b.send(http.MethodPost, actionPath(b.session.ID, b.drive.ID, b.drive.RootFolderID), overwriteAll, "Content-Type",
		"text/plain").
		wantMessage(t, http.StatusBadRequest, "content type")
	wantSame(t, "production", before, fingerprint(t, b.srv.Drives()...))
	if n := len(mailbox.Messages()); n != 0 {
		t.Errorf("%d messages arrived", n)
	}
	// It was the requests that were wrong:
	if stats := b.mustAct("Documents", overwriteAll); stats.RestoredItemsCount == 0 {
		t.Errorf("got %+v", stats)
	}
}

func TestCredentialStyles(t *testing.T) {
	t.Parallel()
	for _, style := range []string{
		`"userName": "a", "userPassword": "b"`,
		`"userName": "a", "userPassword": "b", "userCode": "", "applicationId": "", "applicationCertificate": null`,
		`"userCode": "CK7WB2HJD"`,
		`"applicationId": "7d0f9f0e-3f63-4c3f-9d2a-0c7e0c1f4a11", "applicationCertificate": "MII"`,
		`"applicationId": "7D0F9F0E-3F63-4C3F-9D2A-0C7E0C1F4A11", "applicationCertificate": "MII", ` +
			`"applicationCertificatePassword": "p", "officeRegion": "worldwide", "organizationName": "x"`,
	} {
		b := newBench(t, apitest.Config{})
		if stats := b.mustAct("Documents",
			`{"restoreToOriginalLocation": {`+style+`}}`); stats.RestoredItemsCount == 0 {
			t.Errorf("%s: got %+v", style, stats)
		}
		stats := b.mustAct("Documents", `{"copyTo": {`+style+`, "oneDrive": {"name": "bob example"}}}`)
		if stats.RestoredItemsCount == 0 {
			t.Errorf("%s: got %+v", style, stats)
		}
	}
}

func TestUnknownResources(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{})
	bob, root := b.srv.Drives()[1], b.drive.RootFolderID
	early := b.startSession(time.Date(2026, 1, 10, 1, 59, 59, 0, time.UTC))
	first := b.startSession(time.Date(2026, 1, 10, 2, 0, 0, 0, time.UTC))
	before := fingerprint(t, b.srv.Drives()...)
	for name, path := range map[string]string{
		"session": actionPath("61954db6-7278-4d26-86f7-888bda5a4ec4", b.drive.ID, root),
		"OneDrive": actionPath(b.session.ID,
			"b3184e77-b95b-45f7-96cc-180a20b61cbd8507931c-4561-4ddf-bc90-411aba44bb39", root),
		"folder":                     actionPath(b.session.ID, b.drive.ID, b.drive.FolderID("Nowhere")),
		"document for a folder":      actionPath(b.session.ID, b.drive.ID, b.drive.FolderID("Documents/Report.txt")),
		"folder of another OneDrive": actionPath(b.session.ID, b.drive.ID, bob.RootFolderID),
		"OneDrive without a backup":  actionPath(b.session.ID, bob.ID, bob.RootFolderID),
		"before the first backup":    actionPath(early.ID, b.drive.ID, root),
		"folder that came later":     actionPath(first.ID, b.drive.ID, b.drive.FolderID("Pictures")),
		"no GUID":                    actionPath(b.session.ID, b.drive.ID, "root"),
		"dots":                       actionPath(b.session.ID, b.drive.ID, ".."),
		"escaped slash":              actionPath(b.session.ID, b.drive.ID, root+"%2F"),
		"escaped dots":               actionPath(b.session.ID, b.drive.ID, "%2e%2e"),
		"escaped everything":         actionPath("%2F%00%3F", "%C3%A9+%20", "%25"),
	} {
		got := b.send(http.MethodPost, path, overwriteAll, "Content-Type", "application/json")
		if got.wantMessage(t, http.StatusNotFound, "Resource cannot be found for current key."); t.Failed() {
			t.Fatal(name)
		}
	}
	if err := b.srv.StopRestoreSession(strings.ToUpper(b.session.ID)); err != nil {
		t.Fatal(err)
	}
	b.act("Documents", overwriteAll).wantMessage(t, http.StatusInternalServerError,
		"The restore session has been stopped.")
	b.act("Documents", `{"save": null}`).wantMessage(t, http.StatusInternalServerError,
		"The restore session has been stopped.")
	wantSame(t, "production", before, fingerprint(t, b.srv.Drives()...))

	// Ids are GUIDs and may come in any letter case, and escaped more than needed.
	escaped := strings.ReplaceAll(strings.ToUpper(root), "-", "%2D")
	path := actionPath(strings.ToUpper(first.ID), strings.ToUpper(b.drive.ID), escaped)
	if files := b.send(http.MethodPost, path, `{"save":null}`, "Content-Type",
		"application/json").archived(t); len(files) == 0 {
		t.Error("the archive is empty")
	}
}

func TestUnknownRoutes(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{})
	path := actionPath(b.session.ID, b.drive.ID, b.drive.RootFolderID)
	for _, unknown := range []string{
		"/", "/v2", "/v2/", "/v1/token", "/v99/token", "/token", "/v2/token/x", "/v2//token", "/v2/nothing",
		strings.Replace(path, b.drive.ID, "", 1), path +
			"/x", "/v2/%2Ftoken", strings.Replace(path, "/Folders/", "%2FFolders/", 1),
	} {
		b.send(http.MethodPost, unknown, `{"save":null}`).wantMessage(t, http.StatusNotFound, "There is no such path.")
	}
	for _, known := range []string{path, "/v2/Token"} {
		for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodDelete} {
			got := b.send(method, known, "", "Authorization", "")
			got.wantMessage(t, http.StatusMethodNotAllowed, "method")
			if allow := got.header.Get("Allow"); allow != http.MethodPost {
				t.Errorf("%s %s: allowed is %q", method, known, allow)
			}
		}
	}
}

func TestBodyTooLarge(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{})
	body := `{"sendTo": {"from": "a@x", "to": "b@x", "text": "` + strings.Repeat("x", 9<<20) + `"}}`
	b.act("Documents", body).wantMessage(t, http.StatusRequestEntityTooLarge, "larger than 8 MiB")
	body = body[:7<<20] + `"}}`
	b.act("Documents", body).wantMessage(t, http.StatusInternalServerError, "e-mail settings")
}

func TestEmptyAnswers(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{EmptyAnswers: true})
	for _, body := range []string{
		overwriteAll,
		`{"copyTo": {` + credentials + `, "oneDrive": {"name": "Bob Example"}}}`,
	} {
		got := b.act("Documents", body)
		if got.status != http.StatusOK || len(got.body) != 0 || got.length != 0 ||
			got.header.Get("Content-Type") != "" {
			t.Errorf("got %d %s %s", got.status, got.header, got.body)
		}
	}
	if got := tree(t, b.drive.Production)["Documents/Report.txt"]; got != "Report, second version, somewhat longer\n" {
		t.Errorf("the report is %q", got)
	}
	if got := tree(t,
		b.srv.Drives()[1].Production)["Documents/Report.txt"]; got != "Report, second version, somewhat longer\n" {
		t.Errorf("the copied report is %q", got)
	}
	b.act("Documents", `{"save":null}`).archived(t)
	// From v6 on, the answer is documented.
	for _, version := range pathVersions {
		if stats := b.mustActIn(version, "Documents", overwriteAll); stats.TotalItemsCount != 4 {
			t.Errorf("%s: got %+v", version, stats)
		}
	}
}
