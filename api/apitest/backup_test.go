package apitest_test

import (
	"net/http"
	"path/filepath"
	"testing"

	"github.com/vbo365/vbo365-go/api/apitest"
)

// TestBackupIsNotWrittenTo does the four actions in all versions, over what is there already, and looks at the
// directory that was served as a backup. A production directory inside it is refused, and not made.
func TestBackupIsNotWrittenTo(t *testing.T) {
	t.Parallel()
	mailbox := startMailbox(t, "")
	backup, production := t.TempDir(), t.TempDir()
	write(t, backup, map[string]string{"a/b.txt": "content", "a/empty/": "", "c.txt": "more"})
	write(t, production, map[string]string{"a/b.txt": "spoiled", "c.txt": "more"})
	alice, err := apitest.NewOneDrive("alice@x", backup, production)
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t, apitest.Config{
		SMTP: mailbox.Addr,
		Organizations: []apitest.Organization{{
			Name: "o", OneDrives: []apitest.OneDrive{alice, {Owner: "bob@x", Production: t.TempDir()}},
		}},
	})
	served := apitest.Drive{Production: backup}
	before := fingerprint(t, served)
	const credentials = `"userName": "alice@x", "userPassword": "secret"`
	for _, version := range allVersions {
		b.mustActIn(version, "", `{"restoreToOriginalLocation": {`+credentials+`}}`)
		b.mustActIn(version, "a", `{"restoreToOriginalLocation": {"documentAction": "overwrite", `+credentials+`}}`)
		b.mustActIn(version, "",
			`{"copyTo": {"oneDrive": {"name": "bob@x"}, "folder": "In", "deletedItems": true, `+credentials+`}}`)
		for body, status := range map[string]int{
			`{"save": null}`: http.StatusOK,
			`{"sendTo": {"from": "a@x", "to": "b@x"}}`: done(version),
		} {
			if got := b.actIn(version, "a", body); got.status != status {
				t.Errorf("%s: %s: %d %s", version, body, got.status, got.body)
			}
		}
	}
	if _, err := apitest.NewOneDrive("alice@x", backup, filepath.Join(backup, "new")); err == nil {
		t.Error("a production directory inside the backup is taken")
	}
	wantSame(t, "backup", before, fingerprint(t, served))
	if content := tree(t, production); content["a/b.txt"] != "content" {
		t.Errorf("nothing was restored: %q", content)
	}
}
