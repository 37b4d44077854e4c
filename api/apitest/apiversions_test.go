package apitest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vbo365/vbo365-go/api/apitest"
)

// TestEveryVersion does the same in all versions, from the start of a session to its end. What comes of it is the same,
// too.
func TestEveryVersion(t *testing.T) {
	t.Parallel()
	var alice, bob map[string]string
	for _, version := range allVersions {
		mailbox := startMailbox(t, "")
		b := newBench(t, apitest.Config{SMTP: mailbox.Addr})
		b.token = b.getToken(version, url.Values{
			"grant_type": {"password"}, "username": {b.srv.Username}, "password": {
				b.srv.Password,
			}, "disable_antiforgery_token": {"true"},
		}).AccessToken
		sessions := "/" + version + "/RestoreSessions"
		b.session.ID = b.explore(version, `{"explore": {"datetime": "2026-01-12T00:00:00Z", "type": "VEOD"}}`)
		wantSame(t, "sessions", b.session.ID, b.getPage(sessions).Results[0]["id"])
		wantSame(t, "drives", []string{"Alice Example"},
			b.getPage(sessions+"/"+b.session.ID+"/Organization/OneDrives").names())
		wantSame(t, "folders", []string{"Documents", "Music", "Pictures"},
			b.getPage(b.drivePath(version)+"/Folders?parentId="+rootID(version)).names())

		if files := b.actIn(version, "Documents", `{"save": null}`).archived(t); len(files) != 7 {
			t.Errorf("%s: saved %v", version, files)
		}
		if got := b.actIn(version, "Documents",
			`{"sendTo": {"from": "a@x", "to": "b@x"}}`); got.status != done(version) || len(got.body) != 0 {
			t.Errorf("%s: sent %d %s", version, got.status, got.body)
		}
		if _, err := mailbox.Wait(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		restored := b.mustActIn(version, "Documents",
			`{"restoreToOriginalLocation": {`+credentials+`, "documentAction": "Overwrite"}}`)
		wantSame(t, version+": restored", statistics{
			TotalItemsCount: 4, RestoredItemsCount: 3, SkippedItemsByNoChangesCount: 1, RestoreIssues: []issue{},
		}, restored)
		copied := b.mustActIn(version, "", `{"copyTo": {`+credentials+`, "oneDrive": {"name": "Bob Example"}, "documentVersion": "ALL",
			"documentLastVersionAction": "Merge", "deletedItems": true, "restorePermissions": null}}`)
		wantSame(t, version+": copied", statistics{TotalItemsCount: 8, RestoredItemsCount: 8, RestoreIssues: []issue{}},
			copied)
		if version == "v2" {
			alice, bob = tree(t, b.drive.Production), tree(t, b.srv.Drives()[1].Production)
		}
		wantSame(t, version+": Alice", alice, tree(t, b.drive.Production))
		wantSame(t, version+": Bob", bob, tree(t, b.srv.Drives()[1].Production))
		if n := len(b.events(version)); n != 4 {
			t.Errorf("%s: %d events", version, n)
		}
		path, body := inForm(t, version, "/RestoreSessions/"+b.session.ID+"/Action", `{"stop": null}`)
		if got := b.send(http.MethodPost, path, body); got.status != done(version) {
			t.Errorf("%s: stop %d %s", version, got.status, got.body)
		}
		wantSame(t, version,
			map[string]int{
				"explore": 1, "sendTo": 1, "restoreToOriginalLocation": 1, "copyTo": 1,
				"stop": 1,
			}, b.srv.Executions())
		b.actIn(version, "Documents", `{"save": null}`).wantMessage(t, http.StatusInternalServerError,
			"The restore session has been stopped.")
	}
}

// TestRestoreHasNoDocumentVersion sees that v6 and later do not know documentVersion for a restore: the last one
// counts.
func TestRestoreHasNoDocumentVersion(t *testing.T) {
	t.Parallel()
	for _, version := range pathVersions {
		b := newBench(t, apitest.Config{})
		b.mustActIn(version, "Documents", overwriteAll)
		for _, request := range b.srv.Requests() {
			if request.Action != "" {
				wantSame(t, "deviations", []string{
					`unknown property "documentVersion" in the request body`, `value of documentAction "overwrite" ` +
						`written for "Overwrite"`,
				}, request.Deviations)
			}
		}
		content := tree(t, b.drive.Production)
		if _, history := content[".versions/"]; history ||
			content["Documents/Report.txt"] != "Report, second version, somewhat longer\n" {
			t.Errorf("%s: production %v", version, content)
		}
	}
}

// TestChosenVersions sees that a version that was not chosen is as one that does not exist, for everybody.
func TestChosenVersions(t *testing.T) {
	t.Parallel()
	for _, chosen := range [][]string{{"v2"}, {"v8", "V6", "v8"}, {"v3", "v5", "v7"}} {
		srv := apitest.NewServer(t, apitest.Config{APIVersions: chosen})
		all := newBench(t, apitest.Config{})
		b := &bench{tb: t, srv: srv, client: all.client}
		all.client.Transport.(*http.Transport).TLSClientConfig.RootCAs.AddCert(srv.Certificate)
		for _, version := range allVersions {
			served := slices.ContainsFunc(chosen, func(c string) bool { return strings.EqualFold(c, version) })
			got := b.send(http.MethodPost, "/"+version+"/token", passwordForm(b).Encode(), "Content-Type",
				"application/x-www-form-urlencoded")
			if served && got.status != http.StatusOK {
				t.Errorf("%s of %s: %d %s", version, chosen, got.status, got.body)
			}
			if !served {
				got.wantMessage(t, http.StatusNotFound, "There is no such path.")
				b.send(http.MethodDelete, "/"+version+"/token", "").wantMessage(t, http.StatusNotFound,
					"There is no such path.")
			}
			got = b.send(http.MethodGet, "/"+version+"/RestoreSessions", "", "Authorization", "")
			if want := map[bool]int{
				true:  http.StatusUnauthorized,
				false: http.StatusNotFound,
			}[served]; got.status != want {
				t.Errorf("%s of %s without a token: %d, want %d", version, chosen, got.status, want)
			}
		}
	}
	_, err := apitest.Start(apitest.Config{APIVersions: []string{"v8", "8"}})
	if err == nil ||
		err.Error() != `start simulator: there is no API version "8"; they are `+strings.Join(allVersions, ", ") {
		t.Error(err)
	}
}

// TestServiceInstance tells which build brought the newest version that is served (spec/FACTS.md#1.1).
func TestServiceInstance(t *testing.T) {
	t.Parallel()
	ids := map[any]bool{}
	for newest, build := range map[string]string{"v6": "6.0.0.367", "v7": "7.0.0.2911", "v8": "8.0.2.159"} {
		b := newBench(t, apitest.Config{APIVersions: []string{"v2", "v6", newest}})
		instance := b.get("/v6/ServiceInstance").(map[string]any)
		if instance["version"] != build {
			t.Errorf("%s: %v", newest, instance)
		}
		ids[instance["installationId"]] = true
	}
	if len(ids) != 1 {
		t.Errorf("installations %v", ids)
	}
}

// TestErrorCodes sees the bodies of errors in each version (spec/FACTS.md#6).
func TestErrorCodes(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{})
	const nobody = "61954db6-7278-4d26-86f7-888bda5a4ec4"
	for _, text := range []string{"408@listOneDrives", "504@getOneDrive", "429@getOneDriveDocument"} {
		fault, err := apitest.ParseFault(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.srv.Inject(fault); err != nil {
			t.Fatal(err)
		}
	}
	drives := "/RestoreSessions/" + b.session.ID + "/Organization/OneDrives"
	for path, code := range map[string]string{
		"/RestoreSessions/" + nobody: "ResourceNotFound", "/RestoreSessions?limit=0": "ParameterValidationFailure",
		drives: "Timeout", drives + "/x/Documents/y": "HttpError",
	} {
		for _, version := range allVersions {
			got := b.send(http.MethodGet, "/"+version+path, "")
			got.conforms(t, http.MethodGet, "/"+version+path)
			want := map[string]any{}
			if err := json.Unmarshal(got.body, &want); err != nil {
				t.Fatal(err)
			}
			want = map[string]any{"message": want["message"]}
			if version >= "v8" {
				want["errorCode"], want["stackTrace"] = code, nil
			}
			var body map[string]any
			if err := json.Unmarshal(got.body, &body); err != nil {
				t.Fatal(err)
			}
			wantSame(t, version+path, want, body)
		}
	}
	if got := b.send(http.MethodGet, "/v8"+drives+"/x", ""); got.status != http.StatusGatewayTimeout ||
		got.header.Get("Content-Type") == "application/json" {
		t.Errorf("a proxy answers %d %s", got.status, got.body)
	}
	b.send(http.MethodGet, "/v8/nothing", "").wantMessage(t, http.StatusNotFound, "There is no such path.")
}

// TestOrganizationPages sees the page that v8 answers, and that extendedView may be missing.
func TestOrganizationPages(t *testing.T) {
	t.Parallel()
	b := newBrowseBench(t)
	all, pages := b.collect("/v8/Organizations?limit=1&extendedView=true")
	if len(all) != 2 || pages != 2 {
		t.Fatalf("%d organizations in %d pages", len(all), pages)
	}
	page := b.getPage("/v8/Organizations?offset=1&extendedView=true")
	wantSame(t, "second", all[1:], page.Results)
	if page.Limit != 30 || page.Offset != 1 || page.SetID == "" ||
		page.SetID != b.getPage("/v8/Organizations?extendedView=true").SetID {
		t.Errorf("got %+v", page)
	}
	if short := b.getPage("/v8/Organizations"); short.SetID == page.SetID {
		t.Error("two lists have the same id")
	}
	b.send(http.MethodGet, "/v8/Organizations?limit=0", "").wantMessage(t, http.StatusBadRequest, "limit")
	for _, version := range pathVersions {
		for query, extended := range map[string]bool{
			"": version == "v6", "?extendedView=false": false, "?extendedView=True": true,
		} {
			first := b.get("/" + version + "/Organizations/" + all[0]["id"].(string) + query).(map[string]any)
			for _, name := range []string{"isBackedup", "firstBackuptime", "lastBackuptime"} {
				if _, has := first[name]; has != extended {
					t.Errorf("%s%s: %s is there: %v", version, query, name, has)
				}
			}
			wantSame(t, version+query, first, b.all("/" + version + "/Organizations" + query)[0])
		}
	}
}

// TestSetsAndTotals sees what pages tell of their list.
func TestSetsAndTotals(t *testing.T) {
	t.Parallel()
	b := newBrowseBench(t)
	for _, version := range allVersions {
		ids := map[string]bool{}
		for list, total := range map[string]int64{
			b.drivePath(version) + "/Folders?limit=1": 3, b.drivePath(version) + "/Documents?limit=1": 5,
			b.drivePath(version) + "/Documents?limit=1&parentId=" + b.drive.FolderID("Documents"): 2,
		} {
			p := b.getPage(list)
			next := b.getPage(b.link(p, "next"))
			if p.SetID != next.SetID || (p.SetID != "") != (version >= "v6") {
				t.Errorf("%s: sets %q and %q", list, p.SetID, next.SetID)
			}
			ids[p.SetID] = true
			if has := p.Total != nil; has != (version == "v6" || version == "v7") || has && *p.Total != total {
				t.Errorf("%s: total %v", list, p.Total)
			}
		}
		if version >= "v6" && len(ids) != 3 {
			t.Errorf("%s: sets %v", version, ids)
		}
	}
}

// TestIncludeFolders lists folders among the documents, which v7 and later do.
func TestIncludeFolders(t *testing.T) {
	t.Parallel()
	b := newBrowseBench(t)
	list := b.drivePath("v7") + "/Documents?includeFolders=true"
	want := []string{"Documents", "Sub", "Music", "0.txt", "z.txt", "a.txt", "b.txt", "c.txt"}
	for limit := 1; limit <= len(want)+1; limit++ {
		results, _ := b.collect(fmt.Sprintf("%s&limit=%d", list, limit))
		wantSame(t, "names", want, page{Results: results}.names())
		for i, result := range results {
			if result["isFolder"] != (i < 3) {
				t.Errorf("got %v", result)
			}
		}
	}
	wantSame(t, "of a folder", []string{"Sub", "a.txt", "b.txt"},
		b.getPage(list+"&parentId="+b.drive.FolderID("Documents")).names())
	wantSame(t, "of the root", []string{"Documents", "Music", "0.txt", "z.txt"},
		b.getPage(list+"&parentId=ROOT").names())
	if n := len(b.getPage(list + "&offset=100").Results); n != 0 {
		t.Errorf("%d results far out", n)
	}
	wantSame(t, "without", want[3:], b.getPage(b.drivePath("v8")+"/Documents?includeFolders=false").names())
	wantSame(t, "in v8", want, b.getPage(b.drivePath("v8")+"/Documents?includeFolders=true").names())
	wantSame(t, "in v6", want[3:], b.getPage(b.drivePath("v6")+"/Documents?includeFolders=true").names())
}

// tick waits until the clock shows another time than before. The clock of Windows has long steps.
func tick() {
	for before := time.Now().Round(0); time.Now().Round(0).Sub(before) < 100*time.Nanosecond; { // the unit in responses
	}
}

// TestSessionQueries finds sessions by time, in both orders.
func TestSessionQueries(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{})
	var ids []string // oldest first
	var times []string
	for n := range 5 {
		tick()
		times = append(times, time.Now().UTC().Format(time.RFC3339Nano))
		tick()
		if n < 4 {
			ids = append(ids, b.explore("v8", `{"explore": {}}`))
		}
	}
	for _, i := range []int{3, 1, 0} { // 2 goes on
		tick()
		if err := b.srv.StopRestoreSession(ids[i]); err != nil {
			t.Fatal(err)
		}
	}
	ended := b.restoreSession(ids[1])["endTime"].(string)
	for _, test := range []struct {
		versions []string
		query    string
		want     []int
	}{
		{pathVersions, "", []int{3, 2, 1, 0}},
		{pathVersions, "startTimeFrom=" + times[2], []int{3, 2}},
		{pathVersions, "startTimeTo=" + times[2], []int{1, 0}},
		{pathVersions, "STARTTIMEFROM=" + times[1] + "&startTimeTo=" + times[3], []int{2, 1}},
		{pathVersions, "startTimeFrom=" + times[4], nil},
		{pathVersions, "startTimeFrom=11/17/2025+03:41:00&startTimeTo=12/31/2099+11:59:59+PM", []int{3, 2, 1, 0}},
		{pathVersions, "startTimeFrom=2099.12.31+23:59", nil},
		{[]string{"v8"}, "orderAsc=true", []int{0, 1, 2, 3}},
		{[]string{"v8"}, "orderBy=creationtime&orderAsc=True", []int{0, 1, 2, 3}},
		{[]string{"v8"}, "orderBy=EndTime", []int{2, 0, 1, 3}},
		{[]string{"v8"}, "orderBy=EndTime&orderAsc=true", []int{3, 1, 0, 2}},
		{[]string{"v8"}, "endTimeFrom=" + times[0], []int{3, 1, 0}},
		{[]string{"v8"}, "endTimeFrom=" + ended + "&orderBy=EndTime", []int{0, 1}},
		{[]string{"v8"}, "endTimeTo=" + times[4], nil},
		{[]string{"v2", "v5"}, "startTimeFrom=" + times[4], []int{3, 2, 1, 0}}, // unknown to them
		{[]string{"v6", "v7"}, "orderAsc=true&endTimeTo=" + times[4], []int{3, 2, 1, 0}},
	} {
		for _, version := range test.versions {
			results, _ := b.collect("/" + version + "/RestoreSessions?limit=3&" + test.query)
			var got []int
			for _, result := range results {
				got = append(got, slices.Index(ids, result["id"].(string)))
			}
			wantSame(t, version+" "+test.query, test.want, got)
		}
	}
	for _, query := range []string{"startTimeFrom=yesterday", "endTimeTo=1", "orderBy=name", "orderAsc=2"} {
		path := "/v8/RestoreSessions?" + query
		got := b.send(http.MethodGet, path, "")
		got.conforms(t, http.MethodGet, path)
		name, _, _ := strings.Cut(query, "=")
		got.wantMessage(t, http.StatusBadRequest, name)
	}
}

// TestDeviceCode asks for device codes, which v4 and later give, and uses one.
func TestDeviceCode(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{})
	codes := map[any]bool{}
	for _, version := range allVersions {
		path := "/" + version + "/RestoreSessions/" + b.session.ID + "/organization/restoreDeviceCode"
		ask := func(body string) answer {
			t.Helper()
			return b.send(http.MethodPost, path, body, "Content-Type", "application/json")
		}
		got := ask(`{ "targetApplicationId" : "7d0f9f0e-3f63-4c3f-9d2a-0c7e0c1f4a11", }`) // sample 25
		if version < "v4" {
			got.wantMessage(t, http.StatusNotFound, "no such path")
			continue
		}
		got.conforms(t, http.MethodPost, path)
		var code map[string]any
		if err := json.Unmarshal(got.body, &code); err != nil || got.status != http.StatusOK {
			t.Fatalf("%s: %d %s: %v", version, got.status, got.body, err)
		}
		if code["verificationUrl"] != "https://microsoft.com/devicelogin" || code["expiresIn"] != 900. ||
			!strings.Contains(code["message"].(string), code["userCode"].(string)) ||
			len(code["userCode"].(string)) != 9 {
			t.Errorf("%s: %v", version, code)
		}
		codes[code["userCode"]] = true
		b.mustActIn(version, "Pictures",
			fmt.Sprintf(`{"restoreToOriginalLocation": {"userCode": %q}}`, code["userCode"]))
		for body, want := range map[string]string{
			``: "empty", `{"targetApplicationId": "x"}`: "targetApplicationId", `{"targetRegion": "Mars"}`: "targetRegion",
		} {
			got := ask(body)
			got.conforms(t, http.MethodPost, path)
			got.wantMessage(t, http.StatusBadRequest, want)
		}
	}
	if len(codes) != len(allVersions)-2 {
		t.Errorf("codes %v", codes)
	}
	path := "/v8/RestoreSessions/nowhere/Organization/restoreDeviceCode"
	b.send(http.MethodPost, path, `{}`, "Content-Type", "application/json").wantMessage(t, http.StatusNotFound,
		"cannot be found")
}

// TestLenientAntiforgery sees that tokens of v7 and v8 are good without the cookie that comes with them.
func TestLenientAntiforgery(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{})
	for _, version := range pathVersions[1:] {
		got := b.postToken(version, passwordForm(b))
		var pair token
		if err := json.Unmarshal(got.body, &pair); err != nil || got.header.Get("Set-Cookie") == "" {
			t.Fatalf("%s: %d %s %s: %v", version, got.status, got.header, got.body, err)
		}
		b.token = pair.AccessToken
		b.get("/" + version + "/RestoreSessions")
		b.getToken(version, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {pair.RefreshToken}})
	}
}

// TestAntiforgery sees that tokens of v7 and v8 need the cookie that came with them, in v7 and v8, unless it was
// declined.
func TestAntiforgery(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{StrictAntiforgery: true})
	for _, version := range allVersions {
		asksForCookie := version >= "v7"
		cookieOf := func(got answer) string {
			t.Helper()
			response := &http.Response{Header: got.header}
			if cookies := response.Cookies(); len(cookies) > 0 {
				if c := cookies[0]; !c.Secure || !c.HttpOnly || c.Path != "/" {
					t.Errorf("%s: cookie %v", version, c)
				}
				return cookies[0].Name + "=" + cookies[0].Value
			}
			return ""
		}
		login := func(decline string) (token, string) {
			t.Helper()
			form := passwordForm(b)
			if decline != "" {
				form.Set("disable_antiforgery_token", decline)
			}
			got := b.postToken(version, form)
			var pair token
			if err := json.Unmarshal(got.body, &pair); err != nil {
				t.Fatal(err)
			}
			return pair, cookieOf(got)
		}
		for _, decline := range []string{"True", "true"} {
			pair, cookie := login(decline)
			if cookie != "" {
				t.Errorf("%s: cookie %s", version, cookie)
			}
			b.token = pair.AccessToken
			b.get("/v8/RestoreSessions")
		}
		for _, decline := range []string{"", "false"} {
			pair, cookie := login(decline)
			if (cookie != "") != asksForCookie {
				t.Fatalf("%s: cookie %q", version, cookie)
			}
			_, other := login(decline)
			b.token = pair.AccessToken
			for _, in := range allVersions {
				needed := asksForCookie && in >= "v7"
				want := map[bool]int{true: http.StatusUnauthorized, false: http.StatusOK}[needed]
				for _, sent := range []string{"", other, cookie + "x"} {
					if got := b.send(http.MethodGet, "/"+in+"/RestoreSessions", "", "Cookie",
						sent); got.status != want {
						t.Errorf("token of %s in %s with cookie %q: %d, want %d", version, in, sent, got.status, want)
					}
				}
				if got := b.send(http.MethodGet, "/"+in+"/RestoreSessions", "", "Cookie",
					cookie); got.status != http.StatusOK {
					t.Errorf("token of %s in %s with its cookie: %d", version, in, got.status)
				}
			}
			refresh := func(cookie string) answer {
				t.Helper()
				form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {pair.RefreshToken}}
				return b.send(http.MethodPost, "/v8/token", form.Encode(), "Cookie", cookie, "Content-Type",
					"application/x-www-form-urlencoded")
			}
			if asksForCookie {
				refresh("").wantMessage(t, http.StatusBadRequest, "Invalid credential")
				refresh(other).wantMessage(t, http.StatusBadRequest, "Invalid credential")
			}
			if got := refresh(cookie); got.status != http.StatusOK || cookieOf(got) == "" || cookieOf(got) == cookie {
				t.Errorf("%s: refresh: %d %s", version, got.status, got.body)
			}
		}
	}

	// A client that keeps cookies notices nothing.
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b.client.Jar = jar
	pair := b.getToken("v8", passwordForm(b))
	b.token = pair.AccessToken
	b.get("/v8/RestoreSessions")
	b.token = b.getToken("v7",
		url.Values{"grant_type": {"refresh_token"}, "refresh_token": {pair.RefreshToken}}).AccessToken
	b.get("/v7/RestoreSessions")
}

// TestExploreTimesOfLaterVersions sees that v6 and later, which want a time with a zone, take the older forms all the
// same.
func TestExploreTimesOfLaterVersions(t *testing.T) {
	t.Parallel()
	b := newBrowseBench(t)
	at := day(5).Add(-time.Minute)
	for _, version := range pathVersions {
		for text, noted := range map[string]bool{
			at.Format(time.RFC3339): false, at.In(time.FixedZone("", 3600)).Format(
				"2006-01-02T15:04:05.0000000-07:00"): false,
			at.Local().Format("2006.01.02 15:04:05"): true, at.Local().Format("2006-01-02T15:04:05"): true,
		} {
			b.session.ID = b.explore(version,
				`{"explore": {"datetime": "`+text+`", "type": null, "showDeleted": null}}`)
			requests := b.srv.Requests()
			if deviations := requests[len(requests)-1].Deviations; (len(deviations) > 0) != noted {
				t.Errorf("%s: %q", text, deviations)
			}
			wantSame(t, text, []string{"Documents", "Dropped"},
				b.getPage(b.drivePath(version)+"/Folders?parentId="+rootID(version)).names())
		}
		got := b.send(http.MethodPost, "/"+version+"/Organization/explore", `{"dateTime": "yesterday"}`, "Content-Type",
			"application/json")
		got.wantMessage(t, http.StatusBadRequest, "datetime: ")
	}
}
