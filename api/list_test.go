package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// serveDrives answers pages of total OneDrives as a real server does, and lets change spoil them.
func serveDrives(total int, change func(request int, page string) string) http.HandlerFunc {
	var requests atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		offset, _ := strconv.Atoi(query.Get("offset"))
		limit, _ := strconv.Atoi(query.Get("limit"))
		var results []string
		for i := offset; i < min(offset+limit, total); i++ {
			results = append(results, fmt.Sprintf(`{"id":"drive%d","name":"Owner %d"}`, i, i))
		}
		next := ""
		if offset+limit < total {
			next = fmt.Sprintf(`,"next":{"href":"https://backup/v2/x?offset=%d&limit=%d"}`, offset+limit, limit)
		}
		page := fmt.Sprintf(
			`{"offset":%d,"limit":%d,"results":[%s],"_links":{"self":{"href":"https://backup/v2/x"}%s}}`,
			offset, limit, strings.Join(results, ","), next)
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = io.WriteString(w, change(int(requests.Add(1)), page))
	}
}

func asItIs(_ int, page string) string { return page }

func TestListsAreRead(t *testing.T) {
	t.Parallel()
	for total, wantRequests := range map[int]int{
		0: 1, 1: 1, pageSize: 1, pageSize + 1: 2, 2*pageSize - 1: 2,
		2 * pageSize: 3, 4500: 5,
	} {
		var requests atomic.Int64
		client := newTestClient(t, serveDrives(total, func(request int, page string) string {
			requests.Store(int64(request))
			return page
		}))
		n := 0
		for drive, err := range client.RestoreSession("session").OneDrives(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			if want := fmt.Sprintf("drive%d", n); drive.ID() != want ||
				drive.Properties.Name != fmt.Sprintf("Owner %d", n) {
				t.Fatalf("item %d is %s, %v", n, drive.ID(), drive.Properties)
			}
			n++
		}
		if n != total || requests.Load() != int64(wantRequests) {
			t.Errorf("got %d of %d items with %d requests, want %d", n, total, requests.Load(), wantRequests)
		}
	}
}

func TestServersThatTellNothingOfTheNextPage(t *testing.T) {
	t.Parallel()
	client := newTestClient(t, serveDrives(2500, func(_ int, page string) string {
		before, _, _ := strings.Cut(page, `,"_links"`)
		return before + "}"
	}))
	n := 0
	for _, err := range client.RestoreSession("session").OneDrives(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 2500 {
		t.Errorf("got %d items", n)
	}
}

func TestAServerMayGiveLessThanAsked(t *testing.T) {
	t.Parallel()
	handler := serveDrives(700, asItIs)
	client := newTestClient(t, func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		query.Set("limit", "250")
		r.URL.RawQuery = query.Encode()
		handler(w, r)
	})
	n := 0
	for _, err := range client.RestoreSession("session").OneDrives(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 700 {
		t.Errorf("got %d items", n)
	}
}

func TestOnePage(t *testing.T) {
	t.Parallel()
	session := newTestClient(t, serveDrives(25, asItIs)).RestoreSession("session")
	page, err := session.OneDrivesPage(t.Context(), PageOptions{Offset: 10, Limit: 10})
	if err != nil || len(page.Items) != 10 || page.Items[0].ID() != "drive10" || !page.More {
		t.Errorf("got %d items, %v, %v", len(page.Items), page.More, err)
	}
	page, err = session.OneDrivesPage(t.Context(), PageOptions{Offset: 20, Limit: 10})
	if err != nil || len(page.Items) != 5 || page.More {
		t.Errorf("got %d items, %v, %v", len(page.Items), page.More, err)
	}
	if _, err = session.OneDrivesPage(t.Context(), PageOptions{Offset: -1}); !errors.Is(err, ErrInvalid) {
		t.Errorf("got %v", err)
	}
}

func TestBadPagesAreErrors(t *testing.T) {
	t.Parallel()
	onSecond := func(change func(string) string) func(int, string) string {
		return func(request int, page string) string {
			if request == 2 {
				return change(page)
			}
			return page
		}
	}
	shift := func(by int) func(string) string {
		return func(page string) string {
			for i := pageSize - 1; i < 2*pageSize; i++ {
				page = strings.Replace(page, fmt.Sprintf(`"drive%d"`, i), fmt.Sprintf(`"drive%d."`, i+by), 1)
			}
			return strings.ReplaceAll(page, `."`, `"`)
		}
	}
	for name, test := range map[string]struct {
		change func(int, string) string
		want   string
		items  int // that come before the error
	}{
		"a bare array":   {func(int, string) string { return `[{"id":"drive0"}]` }, "bare array", 0},
		"empty":          {func(int, string) string { return `` }, "empty", 0},
		"a page of HTML": {func(int, string) string { return `<html>` }, "not JSON", 0},
		"cut":            {func(_ int, page string) string { return page[:len(page)/2] }, "cannot be read", 0},
		"another object": {func(int, string) string { return `{"message":"no"}` }, "not a page", 0},
		"no results":     {func(int, string) string { return `{"offset":0,"limit":30}` }, "not a page", 0},
		"the first page again": {
			onSecond(func(page string) string { return strings.Replace(page, `"offset":999`, `"offset":0`, 1) }),
			"begins at item 0, not 999", pageSize,
		},
		"the same items again":            {onSecond(shift(-pageSize + 1)), "repeats", pageSize},
		"an item was added in front":      {onSecond(shift(-1)), "has changed", pageSize},
		"an item was taken away in front": {onSecond(shift(1)), "has changed", pageSize},
		"no items, but a next page": {
			onSecond(func(page string) string {
				begin, end := strings.Index(page, `"results":[`), strings.Index(page, `],"_links"`)
				return page[:begin+len(`"results":[`)] + page[end:]
			}),
			"without items says that there are more", pageSize,
		},
		"more items than asked for": {
			onSecond(func(page string) string {
				return strings.Replace(page, `"results":[`, `"results":[{"id":"a"},`, 1)
			}),
			"1001 items", pageSize,
		},
		"a link to another host": {
			func(_ int, page string) string {
				return strings.Replace(page, `"next":{"href":"https://backup/`,
					`"next":{"href":"https://elsewhere.example/`, 1)
			},
			"another host, elsewhere.example", 0,
		},
		"a link to the same page": {
			func(_ int, page string) string { return strings.Replace(page, `x?offset=1000`, `x?offset=0`, 1) },
			"goes to item 0, not 1000", 0,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := newTestClient(t, serveDrives(5000, test.change))
			n := 0
			var last error
			for _, err := range client.RestoreSession("session").OneDrives(t.Context()) {
				if last != nil {
					t.Error("the iteration goes on after an error")
				}
				if last = err; err == nil {
					n++
				}
			}
			if !errors.Is(last, ErrUnexpected) || !strings.Contains(last.Error(), test.want) || n != test.items {
				t.Errorf("got %v after %d items, want %q after %d", last, n, test.want, test.items)
			}
		})
	}
}

func TestABareArrayIsExpectedOfOrganizations(t *testing.T) {
	t.Parallel()
	client := newTestClient(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"offset":0,"limit":30,"results":[]}`)
	})
	for _, err := range client.Organizations(t.Context()) {
		if !errors.Is(err, ErrUnexpected) || !strings.Contains(err.Error(), "bare array is expected") {
			t.Errorf("got %v", err)
		}
	}
}

func TestAnIterationCanBeLeft(t *testing.T) {
	t.Parallel()
	var requests atomic.Int64
	client := newTestClient(t, serveDrives(1_000_000, func(request int, page string) string {
		requests.Store(int64(request))
		return page
	}))
	for drive, err := range client.RestoreSession("session").OneDrives(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if drive.ID() == "drive5" {
			break
		}
	}
	// The next page may have been asked for, not the one after it.
	if requests.Load() > 2 {
		t.Errorf("%d requests", requests.Load())
	}
}

func TestAnIterationIsCancelled(t *testing.T) {
	t.Parallel()
	client := newTestClient(t, serveDrives(1_000_000, asItIs))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last error
	n := 0
	for _, err := range client.RestoreSession("session").OneDrives(ctx) {
		if n++; n == 10 {
			cancel()
		}
		last = err
	}
	if !errors.Is(last, context.Canceled) || n > 3*pageSize {
		t.Errorf("got %v after %d items", last, n)
	}
}

func TestTheNextPageIsFetchedMeanwhile(t *testing.T) {
	t.Parallel()
	second := make(chan struct{})
	client := newTestClient(t, serveDrives(1500, func(request int, page string) string {
		if request == 2 {
			close(second)
		}
		return page
	}))
	for _, err := range client.RestoreSession("session").OneDrives(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		select { // on the first item of the first page
		case <-second:
		case <-time.After(10 * time.Second):
			t.Fatal("the second page is not fetched while the first one is worked on")
		}
		break
	}
}

// TestManyFailedItemsAreRead has a restore of which 200,000 items have failed: that is no attack.
func TestManyFailedItemsAreRead(t *testing.T) {
	t.Parallel()
	issues := strings.Repeat(`{"path":"a","error":"locked"},`, 199_999) + `{"path":"a","error":"locked"}`
	folder := newFolder(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"totalItemsCount":200000,"failedItemsCount":200000,"restoreIssues":[`+issues+`]}`)
	})
	if result, err := folder.CopyTo(t.Context(), CopyTo{}); !errors.Is(err, ErrIncomplete) ||
		len(result.RestoreIssues) != 200_000 {
		t.Errorf("got %v with %d issues", err, len(result.RestoreIssues))
	}
}
