package apitest_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vbo365/vbo365-go/api/apitest"
)

// TestActionSamples sends the bodies of spec/FACTS.md#8.1 byte for byte, with the placeholders filled.
func TestActionSamples(t *testing.T) {
	t.Parallel()
	const (
		zipped   = "zip"
		restored = "statistics"
		sent     = "nothing"
	)
	samples := []struct {
		number     string
		body       string
		action     string
		answer     string
		deviations []string
	}{
		{"1", `{ "save" : { "asZip" : "true" } }`, "save", zipped, []string{`text for the boolean property "asZip"`}},
		{"2", `{ "save" : { "asZip" : "false" } }`, "save", zipped, []string{`text for the boolean property "asZip"`}},
		{"3", `{ "save" : null }`, "save", zipped, nil},
		{"4", `{ "save": { "asZip": "true" } }`, "save", zipped, []string{`text for the boolean property "asZip"`}},
		{"5", `{ "save": { "asZip": "false" } }`, "save", zipped, []string{`text for the boolean property "asZip"`}},
		{
			"6", `{ "save": { "asZip" : "true", "Documents": [ { "Id": "{G}" }, { "Id": "{G}" },  ] } }`, "save", zipped,
			[]string{
				"trailing commas or comments", `text for the boolean property "asZip"`,
				`unknown property "Documents" in save`,
			},
		},
		{
			"7", `{ "restoretoOriginallocation": { "userName": "{U}", "userPassword": "{P}", "DocumentVersion" : ` +
				`"last", "DocumentAction" : "keep" } }`,
			"restoreToOriginalLocation", restored,
			[]string{
				`property "restoretoOriginallocation" written for "restoreToOriginalLocation"`,
				`property "DocumentVersion" written for "documentVersion"`,
				`property "DocumentAction" written for "documentAction"`,
			},
		},
		{
			"7 overwrite", `{ "restoretoOriginallocation": { "userName": "{U}", "userPassword": "{P}", ` +
				`"DocumentVersion" : "last", "DocumentAction" : "overwrite" } }`,
			"restoreToOriginalLocation", restored,
			[]string{
				`property "restoretoOriginallocation" written for "restoreToOriginalLocation"`,
				`property "DocumentVersion" written for "documentVersion"`,
				`property "DocumentAction" written for "documentAction"`,
			},
		},
		{
			"8", `{ "restoretoOriginallocation": { "userName": "{U}", "userPassword": "{P}", "DocumentVersion" : ` +
				`"last", "DocumentAction" : "keep", "Documents": [ { "id": "{G}" }, { "id": "{G}" },  ], } }`,
			"restoreToOriginalLocation", restored,
			[]string{
				"trailing commas or comments",
				`property "restoretoOriginallocation" written for "restoreToOriginalLocation"`,
				`property "DocumentVersion" written for "documentVersion"`,
				`property "DocumentAction" written for "documentAction"`,
				`unknown property "Documents" in restoreToOriginalLocation`,
			},
		},
		{
			"9", `{ "restoretoOriginallocation": { "userCode": "{C}", "DocumentVersion" : "last", "DocumentAction" ` +
				`: "overwrite" } }`,
			"restoreToOriginalLocation", restored,
			[]string{
				`property "restoretoOriginallocation" written for "restoreToOriginalLocation"`,
				`property "DocumentVersion" written for "documentVersion"`,
				`property "DocumentAction" written for "documentAction"`,
			},
		},
		{
			"10", `{ "restoretoOriginallocation": { "userCode": "{C}", "DocumentVersion" : "last", "DocumentAction" ` +
				`: "keep", "Documents": [ { "id": "{G}" },  ], } }`,
			"restoreToOriginalLocation", restored,
			[]string{
				"trailing commas or comments",
				`property "restoretoOriginallocation" written for "restoreToOriginalLocation"`,
				`property "DocumentVersion" written for "documentVersion"`,
				`property "DocumentAction" written for "documentAction"`,
				`unknown property "Documents" in restoreToOriginalLocation`,
			},
		},
		{"11", `{"save":null}`, "save", zipped, nil},
		{"12", `{"save":{"asZip":"True"}}`, "save", zipped, []string{`text for the boolean property "asZip"`}},
		{"12 false", `{"save":{"asZip":"False"}}`, "save", zipped, []string{`text for the boolean property "asZip"`}},
		{
			"13", `{"save":{"Documents":[{"SizeBytes":1,"InheritedPermissions":true,"Version":"1.0","Id":"{G}","Name":"{T}","CreatedBy":"{T}","CreationTime":"2020-12-15T11:52:07","ModifiedBy":"{T}","ModificationTime":"2020-12-15T11:52:07"}],"AsZip":"True"}}`,
			"save", zipped,
			[]string{
				`unknown property "Documents" in save`,
				`property "AsZip" written for "asZip"`,
				`text for the boolean property "asZip"`,
			},
		},
		{
			"13 not set", `{"save":{"Documents":[{"SizeBytes":1,"InheritedPermissions":true,"Version":"1.0","Id":"{G}","Name":"{T}","CreatedBy":"{T}","CreationTime":"2020-12-15T11:52:07","ModifiedBy":"{T}","ModificationTime":"2020-12-15T11:52:07"}],"AsZip":""}}`,
			"save", zipped,
			[]string{
				`unknown property "Documents" in save`,
				`property "AsZip" written for "asZip"`,
				`empty property "asZip"`,
			},
		},
		{
			"14", `{ "restoretoOriginallocation": {"userName": "{U}", "userPassword": "{P}" } }`, "restoreToOriginalLocation", restored,
			[]string{`property "restoretoOriginallocation" written for "restoreToOriginalLocation"`},
		},
		{
			"15", `{ "restoretooriginallocation" : { "username" : "{U}", "userpassword" : "{P}", "DocumentVersion" ` +
				`: "last", "DocumentAction" : "keep" } }`,
			"restoreToOriginalLocation", restored,
			[]string{
				`property "restoretooriginallocation" written for "restoreToOriginalLocation"`,
				`property "username" written for "userName"`,
				`property "userpassword" written for "userPassword"`,
				`property "DocumentVersion" written for "documentVersion"`,
				`property "DocumentAction" written for "documentAction"`,
			},
		},
		{"16", `{ "sendTo": {"from": "a@x", "to": "b@x", "subject": "{T}", "text": "{T}" } }`, "sendTo", sent, nil},
		{
			"17", `{ "copyto" : { "username" : "{U}", "userpassword" : "{P}", "DocumentVersion" : "all", "folder" : ` +
				`"pictures", "OneDrive" : { "id": "{72}", "name": "{T}", "url": "http://example", "_links": { ` +
				`"self": { "href": "http://example" }, "user": { "href": "http://example/AQUA==" } } }, ` +
				`"ChangedItems" : true, "DeletedItems" : true, "RestorePermissions" : true, } }`,
			"copyTo", restored,
			[]string{
				"trailing commas or comments",
				`property "copyto" written for "copyTo"`,
				`property "username" written for "userName"`,
				`property "userpassword" written for "userPassword"`,
				`property "DocumentVersion" written for "documentVersion"`,
				`property "OneDrive" written for "oneDrive"`,
				`property "ChangedItems" written for "changedItems"`,
				`property "DeletedItems" written for "deletedItems"`,
				`property "RestorePermissions" written for "restorePermissions"`,
			},
		},
		{"18", `{ "save": null }`, "save", zipped, nil},
	}
	mailbox := startMailbox(t, "")
	for _, sample := range samples {
		t.Run(sample.number, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, apitest.Config{SMTP: mailbox.Addr})
			body := strings.NewReplacer("{U}", "alice@example.com", "{P}", "a [secret], {really}", "{C}", "CK7WB2HJD",
				"{G}", "3dfb16ea-0dd1-43d0-becf-ee47713afb67", "{T}", "some text", "{72}", b.srv.Drives()[1].ID).Replace(sample.body)
			got := b.act("Documents", body)
			switch sample.answer {
			case zipped:
				if files := got.archived(t); files["Report.txt"] != "Report, second version, somewhat longer\n" {
					t.Errorf("the archive has %q", files)
				}
			case restored:
				var stats statistics
				if err := json.Unmarshal(got.body, &stats); err != nil || stats.RestoredItemsCount == 0 ||
					stats.FailedItemsCount != 0 {
					t.Errorf("got %d %s: %v", got.status, got.body, err)
				}
			case sent:
				if got.status != http.StatusOK || len(got.body) != 0 || got.header.Get("Content-Type") != "" {
					t.Errorf("got %d %s %s", got.status, got.header, got.body)
				}
			}
			requests := b.srv.Requests()
			logged := requests[len(requests)-1]
			if string(logged.Body) != body || logged.Action != sample.action {
				t.Errorf("logged %s: %s", logged.Action, logged.Body)
			}
			if diff := cmp.Diff(sample.deviations, logged.Deviations); diff != "" {
				t.Errorf("deviations (-want +got):\n%s", diff)
			}
		})
	}
}

// TestHeaderSamples uses the headers and the paths of real clients (spec/FACTS.md#1.2, #8.3).
func TestHeaderSamples(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{})
	path := actionPath(b.session.ID, b.drive.ID, b.drive.FolderID("Documents"))
	save := `{ "save" : { "asZip" : "true" } }`
	tests := []struct {
		name   string
		path   string
		header []string
	}{
		{"portal, save", path, []string{"Accept", "application/octet-stream", "Content-Type", "application/json"}},
		{"portal, restore", path, []string{"Accept", "application/json-stream", "Content-Type", "application/json"}},
		{"portal, v2", strings.Replace(path, "Folders", "folders", 1), []string{"Content-Type", "application/json"}},
		{
			"C#", strings.ToLower(path),
			[]string{"Content-Type", "application/json; charset=utf-8", "Accept", ""},
		},
		{"upper case", strings.ToUpper(path), []string{"Content-Type", "Application/JSON"}},
		{"slash at the end", path + "/", []string{"Content-Type", "application/json"}},
		{"no content type", path, []string{"Content-Type", ""}},
		{"lower-case scheme", path, []string{"Content-Type", "application/json", "Authorization", "bearer " + b.token}},
		{"32: query", path + "?parentID=null", []string{"Content-Type", "application/json"}},
		{"32: more of it", path + "?parentID=null&offset=31", []string{"Content-Type", "application/json"}},
		{"32: limit", path + "?limit=250&parentID=null&offset=0", []string{"Content-Type", "application/json"}},
		{"33", path + "?offset=0&limit=1000", []string{"Content-Type", "application/json"}},
		{"33: limit first", path + "/?limit=10000&offset=0", []string{"Content-Type", "application/json"}},
	}
	for _, version := range []string{"v2", "v3", "v4", "V5"} {
		tests = append(tests, struct {
			name   string
			path   string
			header []string
		}{version, strings.Replace(path, "v5", version, 1), []string{"Content-Type", "application/json"}})
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if files := b.send(http.MethodPost, test.path, save, test.header...).archived(t); len(files) == 0 {
				t.Error("the archive is empty")
			}
		})
	}
}

// TestPathSample is sample 34: the shape of the path in the vendor's example, which has other ids.
func TestPathSample(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{})
	got := b.send(http.MethodPost, "/v2/RestoreSessions/61954db6-7278-4d26-86f7-888bda5a4ec4/Organization/OneDrives/"+
		"b3184e77-b95b-45f7-96cc-180a20b61cbd8507931c-4561-4ddf-bc90-411aba44bb39/Folders/3dfb16ea-0dd1-43d0-becf-ee47713afb67/Action",
		`{ "save": null }`, "Content-Type", "application/json")
	got.wantMessage(t, http.StatusNotFound, "Resource cannot be found for current key.")
	requests := b.srv.Requests()
	if logged := requests[len(requests)-1]; logged.OperationID != "runOneDriveFolderAction" ||
		len(logged.Deviations) != 0 {
		t.Errorf("logged as %q, %q", logged.OperationID, logged.Deviations)
	}
}

// TestTokenSamples sends the forms of spec/FACTS.md#8.2.
func TestTokenSamples(t *testing.T) {
	t.Parallel()
	const assertion = "eyJ0eXAiOiJKV1Qi+/="
	config := apitest.Config{
		Username:   "tech-admin",
		Password:   "P",
		Assertions: map[string]string{"example.onmicrosoft.com": assertion, "user.tenant": "eyJ"},
	}
	samples := []struct{ name, form, oldest, newest string }{
		{"26", `grant_type=password&username=tech-admin&password=P`, "v2", "v8"},
		{"26 other order", `username=tech-admin&password=P&grant_type=password`, "v2", "v8"},
		{"27", `grant_type=refresh_token&refresh_token={T}`, "v2", "v5"},
		{
			"28",
			`grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&client_id=example.onmicrosoft.com&assertion=eyJ0eXAiOiJKV1Qi%2B%2F%3D`, "v4", "v8",
		},
		{
			"28 antiforgery",
			`grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&client_id=example.onmicrosoft.com&assertion=eyJ0eXAiOiJKV1Qi%2B%2F%3D&disable_antiforgery_token=True`, "v7", "v8",
		},
		{"29", `grant_type=operator&client_id=user.tenant&assertion=eyJ`, "v6", "v8"},
		{
			"30 password", `grant_type=password&username=tech-admin&password=P&disable_antiforgery_token=true`, "v7",
			"v8",
		},
		{"30 refresh", `grant_type=refresh_token&refresh_token={T}&disable_antiforgery_token=true`, "v7", "v8"},
	}
	for _, sample := range samples {
		t.Run(sample.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, config)
			form := strings.ReplaceAll(sample.form, "{T}", b.getToken("v3", passwordForm(b)).RefreshToken)
			for _, path := range []string{"/" + sample.oldest + "/token", "/" + sample.newest + "/Token"} {
				if strings.Contains(form, "grant_type=refresh_token") && strings.HasSuffix(path, "/Token") {
					continue // it has been used up
				}
				got := b.send(http.MethodPost, path, form,
					"Content-Type", "application/x-www-form-urlencoded", "Authorization", "")
				if got.status != http.StatusOK {
					t.Fatalf("got %d %s", got.status, got.body)
				}
				var token token
				if err := json.Unmarshal(got.body, &token); err != nil {
					t.Fatal(err)
				}
				b.token = token.AccessToken
				b.act("Documents", `{"save":null}`).archived(t)
			}
		})
	}
}
