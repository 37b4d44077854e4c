package api

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vbo365/vbo365-go/gen"
)

// serveText answers every request with the text, compressed if the client takes that.
func serveText(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			_, _ = io.WriteString(w, text)
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		compressed := gzip.NewWriter(w)
		_, _ = io.WriteString(compressed, text)
		_ = compressed.Close()
	}
}

// repeated returns n times the element, with commas between.
func repeated(element string, n int) string {
	return strings.TrimSuffix(strings.Repeat(element+",", n), ",")
}

// aPage returns a page of a list.
func aPage(results string) string {
	return `{"offset":0,"limit":30,"results":[` + results + `],"_links":{"self":{}}}`
}

// properties returns n members of an object, of different names.
func properties(n int, value string) string {
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, `"%x":%s,`, i, value)
	}
	return strings.TrimSuffix(text.String(), ",")
}

// TestAnswersAreBoundedByWhatTheyDecodeTo sends a few kilobytes of gzip that would be gigabytes in memory, and what an
// honest server may send.
func TestAnswersAreBoundedByWhatTheyDecodeTo(t *testing.T) {
	t.Parallel()
	onePage := func(limit int32) func(context.Context, *Client) error {
		return func(ctx context.Context, client *Client) error {
			_, err := client.RestoreSession("session").OneDrivesPage(ctx, PageOptions{Limit: limit})
			return err
		}
	}
	list := func(ctx context.Context, client *Client) error {
		for _, err := range client.RestoreSession("session").OneDrives(ctx) {
			if err != nil {
				return err
			}
		}
		return nil
	}
	organizations := func(ctx context.Context, client *Client) error {
		for _, err := range client.Organizations(ctx) {
			if err != nil {
				return err
			}
		}
		return nil
	}
	organization := func(ctx context.Context, client *Client) error {
		_, err := client.OwnOrganization().Get(ctx)
		return err
	}
	restore := func(ctx context.Context, client *Client) error {
		_, err := client.RestoreSession("session").OneDrive("d").Folder("f").RestoreToOriginalLocation(ctx,
			RestoreToOriginalLocation{})
		return err
	}
	const issue = `{"id":"61954db6-7278-4d26-86f7-888bda5a4ec4","path":"Documents/[2026], {x}: ` +
		`\"a\"","title":"a","error":"locked","warnings":[]}`
	for name, test := range map[string]struct {
		text string
		call func(context.Context, *Client) error
		want string // "" if it is accepted
	}{
		"two million items in a list": {aPage(repeated("{}", 2_000_000)), list, "more than 20000 elements"},
		"two million items in a page": {
			aPage(repeated("{}", 2_000_000)), onePage(0),
			"more than 200000 elements",
		},
		"an item more than was asked for": {aPage(repeated(`{"id":"a"}`, 8)), onePage(7), "8 items, not the 7"},
		"as many items as were asked for": {aPage(repeated(`{"id":"a"}`, 7)), onePage(7), ""},
		"an item more than a page has": {
			aPage(repeated(`{"id":"a"}`, 10_001)), onePage(0),
			"10001 items, more than the 10000",
		},
		"as many items as a page has": {
			aPage(repeated(`{"id":"a","tags":["a","b","c"]}`, 10_000)), onePage(0),
			"",
		},
		"two million elements that are no use": {
			aPage(`{"id":"a","x":[` + repeated("[]", 2_000_000) + `]}`), list,
			"more than 20000 elements",
		},
		"organizations": {`[` + repeated(`{"id":"a"}`, maxListed) + `]`, organizations, ""},
		"too many organizations": {
			`[` + repeated(`{"id":"a"}`, maxListed+1) + `]`, organizations,
			"more than 100000 elements",
		},
		"many links": {
			`{"id":"a","_links":{` + properties(1000, "{}") + `}}`, organization,
			"",
		},
		"millions of links": {
			`{"id":"a","_links":{` + properties(maxMembers, "{}") + `}}`,
			organization, "more than 2500000 properties",
		},
		"as many issues as the text can hold": {`{"totalItemsCount":7,"restoreIssues":[` + repeated(issue, 100_000) +
			`]}`, restore, ""},
		"two million issues": {`{"totalItemsCount":7,"restoreIssues":[` + repeated("{}", 2_000_000) +
			`]}`, restore, "more than 500000 elements"},
		"millions of unknown statistics": {
			`{` + properties(maxMembers+1, "0") + `}`, restore,
			"more than 2500000 properties",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := newTestClient(t, serveText(test.text))
			err := test.call(t.Context(), client)
			if test.want == "" && err != nil || test.want != "" &&
				(!errors.Is(err, ErrUnexpected) || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// TestStatisticsOfASessionAreBounded is the same for what a server of v8 says of a restore that is done.
func TestStatisticsOfASessionAreBounded(t *testing.T) {
	t.Parallel()
	server := &asyncServer{sessionID: "r", sessions: []string{stopped}, statistics: []string{
		`{"totalItemsCount":1,"items":[` + repeated("{}", maxElements+1) + `]}`,
	}}
	folder, _ := newAsyncFolder(t, server)
	_, err := folder.RestoreToOriginalLocation(t.Context(), RestoreToOriginalLocation{})
	if !errors.Is(err, ErrUnexpected) || !strings.Contains(err.Error(), "more than 500000 elements") {
		t.Errorf("got %v", err)
	}
}

// TestGetLeavesCopiesAlone reads a resource again. The properties of the copy that was read before stay as they were,
// also those that are maps: both may be in use at the same time.
func TestGetLeavesCopiesAlone(t *testing.T) {
	t.Parallel()
	var reads atomic.Int32
	client := newTestClient(t, func(w http.ResponseWriter, r *http.Request) {
		serveText(fmt.Sprintf(`{"id":"s","_links":{"self":{"href":"https://localhost/%d"}}}`, reads.Add(1)))(w, r)
	})
	first, err := client.RestoreSession("s").Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	second, err := first.Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	before, after := first.Properties.Links["self"].Href, second.Properties.Links["self"].Href
	if !strings.HasSuffix(before, "/1") || !strings.HasSuffix(after, "/2") {
		t.Errorf("got %q and %q", before, after)
	}
}

// FuzzCountValues holds the count against package json's.
func FuzzCountValues(f *testing.F) {
	for _, text := range []string{
		`{}`, `[]`, `[ ]`, `[[],[[]],{}]`, `{"a":[1,2,{"b":[]}],"b":{"c":null}}`, `["\"",",","\\","[","\\\"]",{"\\":":"}]`,
		" [\n\t1 , 2\r\n] ", `"a"`, `7`, `{"é":"\u005b"}`, `[`, `]`, `{]`, `["`, `"\`, `,:`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		elements, members := countValues([]byte(text)) // of anything
		if !json.Valid([]byte(text)) {
			return
		}
		wantElements, wantMembers := 0, 0
		var count func(json.RawMessage)
		count = func(value json.RawMessage) {
			switch value = bytes.TrimSpace(value); value[0] {
			case '[':
				var array []json.RawMessage
				if err := json.Unmarshal(value, &array); err != nil {
					t.Fatal(err)
				}
				wantElements += len(array)
				for _, element := range array {
					count(element)
				}
			case '{':
				decoder := json.NewDecoder(bytes.NewReader(value)) // a map would not have a name twice
				_, _ = decoder.Token()
				for decoder.More() {
					if _, err := decoder.Token(); err != nil {
						t.Fatal(err)
					}
					var member json.RawMessage
					if err := decoder.Decode(&member); err != nil {
						t.Fatal(err)
					}
					wantMembers++
					count(member)
				}
			}
		}
		count(json.RawMessage(text))
		if elements != wantElements || members != wantMembers {
			t.Errorf("%d elements and %d members, want %d and %d", elements, members, wantElements, wantMembers)
		}
		if refused := checkElements([]byte(text), 1) != nil; refused != (wantElements > 1) {
			t.Errorf("%d elements refused: %v", wantElements, refused)
		}
	})
}

// BenchmarkCheckElements compares the count with the decoding of the same page: of one whose commas tell enough, and of
// one with so many properties that it is counted.
//
//	go test -run '^$' -bench CheckElements ./api
func BenchmarkCheckElements(b *testing.B) {
	const event = `{"id":"61954db6-7278-4d26-86f7-888bda5a4ec4","type":"Restore","status":"Success","startTime":"2026-11-23T15:06:02.0000000+03:00",` +
		`"endTime":"2026-11-23T15:06:03.5000000+03:00","duration":"00:00:01.5000000","title":"Restoring ` +
		`Documents","message":"7 items","order":7`
	for name, item := range map[string]string{
		"commas":  event + `}`,
		"counted": event + `,"a":0,"b":0,"c":0,"d":0,"e":0,"f":0,"g":0,"h":0,"i":0,"j":0,"k":0,"l":0}`,
	} {
		b.Run(name, func(b *testing.B) {
			page := []byte(aPage(repeated(item, pageSize)))
			b.SetBytes(int64(len(page)))
			var checked, decoded time.Duration
			for b.Loop() {
				start := time.Now()
				if err := checkElements(page, elementsPerItem*pageSize); err != nil {
					b.Fatal(err)
				}
				between := time.Now()
				var value wirePage[Event]
				if err := json.Unmarshal(page, &value); err != nil {
					b.Fatal(err)
				}
				checked += between.Sub(start)
				decoded += time.Since(between)
			}
			b.ReportMetric(100*checked.Seconds()/decoded.Seconds(), "%-of-decoding")
		})
	}
}

// BenchmarkMemoryOfAnswers measures what the worst answers that are accepted make of themselves: the most heap that
// there is at one time, garbage among it.
//
//	go test -run '^$' -bench MemoryOfAnswers -benchtime 1x ./api
func BenchmarkMemoryOfAnswers(b *testing.B) {
	const item = `{"id":"61954db6-7278-4d26-86f7-888bda5a4ec4","path":"Documents/Invoices/2026/November","error":"locked","title":"a"}`
	pageElements := elementsPerItem * maxPageSize
	for name, test := range map[string]struct {
		text  func() string
		open  byte
		most  int
		value func() any
	}{
		"statistics": {
			func() string { return `{"items":[` + repeated("{}", maxElements) + `]}` },
			'{', maxElements, func() any { return new(gen.RestoreSessionStatistics) },
		},
		"statistics-full": {
			func() string { return `{"items":[` + repeated(item, maxElements) + `]}` },
			'{', maxElements, func() any { return new(gen.RestoreSessionStatistics) },
		},
		"statistics-nested": {
			func() string { return `{"items":[` + repeated(`{"childItems":[{},{},{}]}`, maxElements/4) + `]}` },
			'{', maxElements, func() any { return new(gen.RestoreSessionStatistics) },
		},
		"properties": {
			func() string { return `{` + properties(maxMembers, "0") + `}` },
			'{', maxElements, func() any { return new(map[string]json.RawMessage) },
		},
		"links": {
			func() string { return `{"_links":{` + properties(maxMembers-1, "{}") + `}}` },
			'{', maxElements, func() any { return new(gen.Organization) },
		},
		"actions": {
			func() string { return `{"_actions":{` + properties(maxMembers-1, "{}") + `}}` },
			'{', maxElements, func() any { return new(gen.Organization) },
		},
		"organizations": {
			func() string {
				return `[` +
					repeated(`{"_links":{`+properties(11, "{}")+`},"_actions":{`+properties(11, "{}")+`}}`, maxListed) +
					`]`
			},
			'[', maxListed, func() any { return new([]gen.Organization) },
		},
		"events": {
			func() string { return aPage(repeated("{}", pageElements)) },
			'{', pageElements, func() any { return new(wirePage[Event]) },
		},
		"sessions": {
			func() string { return aPage(repeated(`{"_links":{`+properties(10, "{}")+`}}`, pageElements)) },
			'{', pageElements, func() any { return new(wirePage[gen.RestoreSession]) },
		},
	} {
		b.Run(name, func(b *testing.B) {
			body := []byte(test.text())
			peak := uint64(0)
			for b.Loop() {
				value := test.value()
				peak = max(peak, peakHeap(func() {
					if err := decodeJSON(new(http.Response), body, test.open, test.most, value); err != nil {
						b.Error(err)
					}
				}))
				runtime.KeepAlive(value)
			}
			b.ReportMetric(float64(len(body))/(1<<20), "MiB-text")
			b.ReportMetric(float64(peak)/(1<<20), "MiB-heap")
		})
	}
}

// peakHeap returns how much the heap has grown at most while do was at work.
func peakHeap(do func()) uint64 {
	debug.FreeOSMemory()
	heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(heap)
	before := heap[0].Value.Uint64()
	done := make(chan struct{})
	go func() {
		defer close(done)
		do()
	}()
	for peak := before; ; {
		metrics.Read(heap)
		peak = max(peak, heap[0].Value.Uint64())
		select {
		case <-done:
			return peak - before
		default:
			runtime.Gosched()
		}
	}
}
