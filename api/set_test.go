package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A setServer records the items of each action, as the path and the body name them.
type setServer struct {
	fail string // the id of an item whose action fails

	mutex    sync.Mutex
	requests [][]string
}

func (s *setServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var action map[string]struct {
		Folders []struct {
			ID string `json:"id"`
		} `json:"folders"`
	}
	if err := json.Unmarshal(body, &action); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var ids []string
	for _, options := range action {
		for _, folder := range options.Folders {
			ids = append(ids, folder.ID)
		}
	}
	if id := path.Base(path.Dir(r.URL.Path)); id != "Folders" {
		ids = append(ids, id)
	}
	s.mutex.Lock()
	s.requests = append(s.requests, ids)
	s.mutex.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if slices.Contains(ids, s.fail) {
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(w, `{"message":"The folder is locked."}`)
		return
	}
	_, _ = fmt.Fprintf(w, `{"totalItemsCount":%d,"restoredItemsCount":%d}`, 2*len(ids), len(ids))
}

// TestSetsInV2 restores several folders in v2, which has no request for them, and in v3, which has one.
func TestSetsInV2(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		version  Version
		fail     string
		want     [][]string
		restored int32
		requests int
		text     string
	}{
		"v2":        {V2, "none", [][]string{{"a"}, {"b"}, {"c"}}, 3, 3, ""},
		"v2 fails":  {V2, "b", [][]string{{"a"}, {"b"}}, 1, 2, "restore folders: folder 2 of 3, the last that was requested: "},
		"v3":        {V3, "none", [][]string{{"a", "b", "c"}}, 3, 0, ""},
		"v3, fails": {V3, "b", [][]string{{"a", "b", "c"}}, 0, 0, "restore folders: outcome unknown: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := &setServer{fail: test.fail}
			client := newTestClient(t, server.ServeHTTP, WithAPIVersion(test.version))
			set := client.RestoreSession("s").OneDrive("d").FolderSet("a", "b", "a", "c")
			result, err := set.RestoreToOriginalLocation(t.Context(), RestoreToOriginalLocation{})
			if !slices.EqualFunc(server.requests, test.want, slices.Equal) {
				t.Errorf("requested %v", server.requests)
			}
			if result.RestoredItemsCount != test.restored || result.Requests != test.requests {
				t.Errorf("got %+v", result)
			}
			if (err != nil) != (test.text != "") || err != nil && !strings.HasPrefix(err.Error(), test.text) ||
				err != nil && !errors.Is(err, ErrOutcomeUnknown) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestSetsThatAreRefused(t *testing.T) {
	t.Parallel()
	client := newTestClient(t, func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") })
	drive := client.RestoreSession("s").OneDrive("d")
	for name, set := range map[string]FolderSet{
		"nothing":     drive.FolderSet(),
		"an empty id": drive.FolderSet("a", ""),
		"no drive":    client.RestoreSession("s").OneDrive("").FolderSet("a"),
	} {
		if err := set.SendTo(t.Context(), SendTo{}); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	// v2 has no archive of several items.
	if _, err := drive.FolderSet("a", "b").Save(t.Context()); !errors.Is(err, ErrInvalid) {
		t.Errorf("got %v", err)
	}
}
