package api

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The same calls, as they go over the wire in the two forms.
func TestFormOfTheActions(t *testing.T) {
	t.Parallel()
	for _, version := range Versions() {
		t.Run(version.String(), func(t *testing.T) {
			t.Parallel()
			var got []string
			folder := newFolder(t, func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				_, path, _ := strings.Cut(r.URL.Path, "/Folders/folder/")
				got = append(got, strings.TrimSpace(path+" "+string(body)))
				answerAction(w, r, version)
			}, WithAPIVersion(version))
			ctx := t.Context()
			account := RestoreToOriginalLocation{UserName: "u", UserPassword: "p", DocumentAction: DocumentActionKeep}
			if _, err := folder.StartRestoreToOriginalLocation(ctx, account); err != nil {
				t.Error(err)
			}
			if _, err := folder.StartCopyTo(ctx,
				CopyTo{Folder: "f", DocumentVersion: DocumentVersionLast}); err != nil {
				t.Error(err)
			}
			if err := folder.SendTo(ctx, SendTo{To: "a@example.com"}); err != nil {
				t.Error(err)
			}
			if _, err := folder.Save(ctx); !errors.Is(err, ErrUnexpected) {
				t.Error(err)
			}
			want := []string{
				`Action {"restoreToOriginalLocation":{"documentAction":"keep","userName":"u","userPassword":"p"}}`,
				`Action {"copyTo":{"documentVersion":"last","folder":"f"}}`,
				`Action {"sendTo":{"to":"a@example.com"}}`,
				`Action {"save":null}`,
			}
			if version >= V6 {
				want = []string{
					`restore {"documentAction":"Keep","userName":"u","userPassword":"p"}`,
					`copyTo {"documentVersion":"Last","folder":"f"}`,
					`send {"to":"a@example.com"}`,
					`save`,
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
