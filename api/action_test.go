package api

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBodiesOnTheWire(t *testing.T) {
	t.Parallel()
	var got string
	folder := newFolder(t, func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = strings.TrimSpace(string(body))
		if contentType := r.Header.Get("Content-Type"); contentType != "application/json" {
			t.Errorf("content type %q", contentType)
		}
	})
	ctx := t.Context()
	for want, call := range map[string]func() error{
		`{"save":null}`: func() error { _, err := folder.Save(ctx); return ignoreUnexpected(err) },
		`{"sendTo":{"from":"a@example.com","subject":"s","text":"t","to":"b@example.com"}}`: func() error {
			return folder.SendTo(ctx, SendTo{From: "a@example.com", To: "b@example.com", Subject: "s", Text: "t"})
		},
		`{"restoreToOriginalLocation":{"documentAction":"keep","documentVersion":"all","userName":"u","userPassword":"p"}}`: func() error {
			_, err := folder.RestoreToOriginalLocation(ctx, RestoreToOriginalLocation{
				UserName: "u", UserPassword: "p", DocumentVersion: DocumentVersionAll, DocumentAction: DocumentActionKeep,
			})
			return err
		},
		`{"copyTo":{"changedItems":false,"deletedItems":true,"folder":"f","oneDrive":{"id":"i"}}}`: func() error {
			_, err := folder.CopyTo(ctx, CopyTo{
				OneDrive: &OneDriveProperties{ID: "i"}, Folder: "f",
				ChangedItems: new(false), DeletedItems: new(true),
			})
			return err
		},
	} {
		if err := call(); err != nil {
			t.Error(err)
		}
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// ignoreUnexpected lets a save pass that was answered with nothing.
func ignoreUnexpected(err error) error {
	if errors.Is(err, ErrUnexpected) {
		return nil
	}
	return err
}

func TestResultOfARestore(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		contentType, body string
		want              RestoreResult
		is                error
	}{
		"nothing": {"", "", RestoreResult{}, nil},
		"null":    {"application/json", " null ", RestoreResult{}, nil},
		"statistics": {
			"application/json; charset=utf-8", `{"totalItemsCount":5000000000,"RestoredItemsCount":2,"other":true}`,
			RestoreResult{RestoreStatistics{TotalItemsCount: 5000000000, RestoredItemsCount: 2}, true, 0, nil},
			nil,
		},
		"unknown issue type": {
			"application/json-stream", `{"restoredItemsCount":1,"restoreIssues":[{"type":"Planet","error":null}]}`,
			RestoreResult{
				RestoreStatistics{RestoredItemsCount: 1, RestoreIssues: []RestoreIssue{{Type: "Planet"}}},
				true, 0, nil,
			},
			nil,
		},
		"failed items": {
			"application/json", `{"totalItemsCount":3,"failedItemsCount":1,"restoreIssues":[{"path":"a/b","error":"locked"}]}`,
			RestoreResult{RestoreStatistics{
				TotalItemsCount: 3, FailedItemsCount: 1, RestoreIssues: []RestoreIssue{{Path: "a/b", Error: "locked"}},
			}, true, 0, nil},
			ErrIncomplete,
		},
		"skipped items": {
			"application/json", `{"totalItemsCount":3,"skippedItemsByErrorCount":3}`,
			RestoreResult{RestoreStatistics{TotalItemsCount: 3, SkippedItemsByErrorCount: 3}, true, 0, nil},
			ErrIncomplete,
		},
		"unchanged items": {
			"application/json", `{"totalItemsCount":3,"skippedItemsByNoChangesCount":3}`,
			RestoreResult{RestoreStatistics{TotalItemsCount: 3, SkippedItemsByNoChangesCount: 3}, true, 0, nil},
			nil,
		},
		"a page":  {"text/html", "<p>Welcome", RestoreResult{}, ErrUnexpected},
		"garbage": {"application/json", `{"totalItemsCount":`, RestoreResult{}, ErrUnexpected},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := newFolder(t, func(w http.ResponseWriter, _ *http.Request) {
				if test.contentType != "" {
					w.Header().Set("Content-Type", test.contentType)
				}
				_, _ = io.WriteString(w, test.body)
			})
			restored, err := folder.RestoreToOriginalLocation(t.Context(), RestoreToOriginalLocation{})
			if diff := cmp.Diff(test.want, restored); diff != "" || !errors.Is(err, test.is) {
				t.Errorf("restore: %v, %s", err, diff)
			}
			copied, err := folder.CopyTo(t.Context(), CopyTo{})
			if diff := cmp.Diff(test.want, copied); diff != "" || !errors.Is(err, test.is) {
				t.Errorf("copy: %v, %s", err, diff)
			}
		})
	}
}
