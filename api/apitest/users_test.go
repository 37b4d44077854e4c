package apitest_test

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/vbo365/vbo365-go/api/apitest"
)

// twoOwners is an organization whose users have no backups; the last one does not exist any more.
var twoOwners = apitest.Organization{Name: "example.com", OneDrives: []apitest.OneDrive{
	{Owner: "alice@example.com", Name: "Alice Example"},
	{Owner: "bob@example.com", Name: "Bob (Sales)"},
	{Owner: "carol@example.com", Name: "Carol", UserDeleted: true},
}}

// TestUsers sees that every owner who exists is a user, and that the links of OneDrives and users lead to each other.
func TestUsers(t *testing.T) {
	t.Parallel()
	for _, version := range allVersions {
		b := newBench(t, apitest.Config{})
		users := "/" + version + "/Organizations/" + b.organizationID(0) + "/Users"
		page := b.getPage(users)
		wantSame(t, version, []string{"alice@example.com", "bob@example.com"}, page.names())
		drives, _ := b.collect(b.drivePath(version)[:len(b.drivePath(version))-len(b.drive.ID)-1])
		user := b.get(b.follows(version, drives[0], "user")).(map[string]any)
		wantSame(t, version+": user of the OneDrive", page.Results[0], user)
		owned, _ := b.collect(b.follows(version, user, "onedrives"))
		if len(owned) != 1 || owned[0]["id"] != b.drive.ID || owned[0]["url"] != b.drive.URL {
			t.Errorf("%s: OneDrives %v", version, owned)
		}
		b.get(b.follows(version, owned[0], "self"))
		for _, path := range []string{
			users + "/nobody", users + "/nobody/OneDrives", users + "/" + user["id"].(string) + "/OneDrives/none",
		} {
			got := b.send(http.MethodGet, path, "")
			got.conforms(t, http.MethodGet, path)
			got.wantMessage(t, http.StatusNotFound, "cannot be found")
		}
	}
}

// follows is the path of a link of a resource.
func (b *bench) follows(version string, resource map[string]any, name string) string {
	b.tb.Helper()
	links, _ := resource["_links"].(map[string]any)
	target, ok := links[name].(map[string]any)
	if !ok {
		b.tb.Fatalf("%s: no link %s in %v", version, name, resource)
	}
	return b.link(page{Links: map[string]link{name: {target["href"].(string)}}}, name)
}

// TestUserFilters narrows the list of users.
func TestUserFilters(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{Organizations: []apitest.Organization{twoOwners}})
	alice, bob, none := "alice@example.com", "bob@example.com", []string(nil)
	for _, test := range []struct {
		versions []string
		query    string
		want     []string
	}{
		{allVersions[1:], "userName=BOB@example.com", []string{bob}},
		{allVersions[1:], "userName=carol@example.com", none},
		{allVersions[1:], "displayName=bob (sales)", []string{bob}},
		{allVersions[1:], "displayName=a*", []string{alice}},
		{allVersions[1:], "displayName=?lice*", []string{alice}},
		{allVersions[1:], "displayName=Alice", none},
		{allVersions[1:4], "name=Alice Example", []string{alice}},
		{pathVersions, "name=Alice Example", []string{alice, bob}},
		{pathVersions, "locationFilter=cloud", []string{alice, bob}},
		{pathVersions, "locationFilter=CloudOrHybrid", []string{alice, bob}},
		{pathVersions, "locationFilter=OnPremisesOrHybrid", none},
		{pathVersions[1:], "dataSource=Production", []string{alice, bob}},
		{pathVersions[2:], "detectedSkuType=Education", none},
		{allVersions, "limit=1", []string{alice}},
		{allVersions, "offset=1", []string{bob}},
	} {
		for _, version := range test.versions {
			query, err := url.ParseQuery(test.query)
			if err != nil {
				t.Fatal(err)
			}
			got := b.getPage("/" + version + "/Organizations/" + b.organizationID(0) + "/Users?" + query.Encode())
			if !slices.Equal(got.names(), test.want) {
				t.Errorf("%s in %s: %v, want %v", test.query, version, got.names(), test.want)
			}
		}
	}
}

// TestOwnOrganization sees that it is the first one.
func TestOwnOrganization(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{})
	two := newBench(t, apitest.Config{Organizations: []apitest.Organization{{Name: "first.example"}, twoOwners}})
	if own := two.get("/v8/Organization").(map[string]any); own["id"] == two.organizationID(1) {
		t.Errorf("the second one: %v", own)
	}
	for _, version := range allVersions {
		own := b.get("/" + version + "/Organization").(map[string]any)
		if own["id"] != b.organizationID(0) || own["isBackedup"] != true ||
			own["firstBackuptime"] != "2026-01-10T02:00:00.0000000Z" ||
			own["lastBackuptime"] != "2026-01-11T02:00:00.0000000Z" {
			t.Errorf("%s: %v", version, own)
		}
	}
}
