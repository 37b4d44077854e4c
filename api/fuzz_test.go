package api

import (
	"archive/zip"
	"bytes"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func FuzzMessage(f *testing.F) {
	f.Add("application/json", []byte(`{"message":"The disk is full."}`))
	f.Add("text/html", []byte("<html><script>x</script><p>Bad\r\ngateway"))
	f.Add("", []byte(`{"error":"Authorization Error","error_description":"Invalid credential"}`))
	f.Add("text/plain", []byte("\xff\xfe\x00\x1b[31m"))
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		got := message(contentType, body)
		if strings.ContainsAny(got, "\r\n\t\x1b\x00") || !utf8.ValidString(got) ||
			len(got) > maxMessageLength+len("…") {
			t.Errorf("%q", got)
		}
	})
}

func FuzzParseToken(f *testing.F) {
	f.Add([]byte(`{"access_token":"a","refresh_token":"r","expires_in":3600}`))
	f.Add([]byte(`{"access_token":"a","expires_in":"1e400"}`))
	f.Add([]byte(`{"access_token":"a",".issued":"2026-11-23T08:00:00Z",".expires":"2026-11-23T09:00:00Z"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := parseToken(body)
		switch {
		case err != nil && !errors.Is(err, ErrUnexpected):
			t.Errorf("got %v", err)
		case err == nil && (got.access == "" || got.lifetime < 0 || got.lifetime > maxLifetime):
			t.Errorf("got a token of %d bytes for %v", len(got.access), got.lifetime)
		case err == nil:
			// What was accepted can be sent.
			request := http.Header{}
			request.Set("Authorization", "Bearer "+string(got.access))
			if err := request.Write(new(bytes.Buffer)); err != nil {
				t.Error(err)
			}
		}
	})
}

func FuzzPage(f *testing.F) {
	f.Add(
		[]byte(
			`{"offset":0,"limit":30,"results":[{"id":"a","name":"b"}],"_links":{"next":{"href":"https://h/v2?offset=1"}}}`))
	f.Add([]byte(`[{"id":"a"}]`))
	f.Add([]byte(`{"offset":0,"limit":30,"results":[{"creationTime":"2026-01-01T00:00:00","_links":null}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var page wirePage[FolderProperties]
		err := decodeJSON(new(http.Response), bytes.TrimSpace(body), '{', maxElements, &page)
		if err == nil {
			err = page.check(PageOptions{Limit: 30})
		}
		switch {
		case err != nil && !errors.Is(err, ErrUnexpected):
			t.Errorf("got %v", err)
		case err == nil &&
			(page.Offset == nil || *page.Offset != 0 || len(page.Results) > 30 || page.more && len(page.Results) == 0):
			t.Errorf("accepted %+v", page)
		}
	})
}

func FuzzRetryAfter(f *testing.F) {
	f.Add("30", "")
	f.Add("Mon, 23 Nov 2026 12:01:00 GMT", "Mon, 23 Nov 2026 12:00:00 GMT")
	f.Add("-1", "x")
	f.Fuzz(func(t *testing.T, retryAfter, date string) {
		header := http.Header{"Retry-After": {retryAfter}, "Date": {date}}
		if got := parseRetryAfter(header, time.Unix(1767225600, 0)); got < 0 {
			t.Errorf("got %v", got)
		}
	})
}

// FuzzZIPEnd holds the check of an archive's frame against package zip, which takes more but never less.
func FuzzZIPEnd(f *testing.F) {
	var empty, one bytes.Buffer
	if err := zip.NewWriter(&empty).Close(); err != nil {
		f.Fatal(err)
	}
	w := zip.NewWriter(&one)
	if _, err := w.Create("a/b.txt"); err != nil {
		f.Fatal(err)
	}
	if err := errors.Join(w.SetComment("a comment"), w.Close()); err != nil {
		f.Fatal(err)
	}
	f.Add(empty.Bytes())
	f.Add(one.Bytes())
	f.Add(one.Bytes()[:one.Len()-1])
	f.Fuzz(func(t *testing.T, archive []byte) {
		end, err := findZIPEnd(archive[max(0, len(archive)-maxTailSize):], uint64(len(archive)))
		if err != nil {
			return
		}
		entries, err := checkZIP(bytes.NewReader(archive), end)
		if err != nil {
			return
		}
		reader, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
		if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
			// Extra fields and offsets of single entries are package zip's to check, when they are read.
			if errors.Is(err, zip.ErrFormat) && entries > 0 {
				return
			}
			t.Fatalf("%d entries, but %v", entries, err)
		}
		if int64(len(reader.File)) != entries {
			t.Errorf("%d entries, not %d", entries, len(reader.File))
		}
	})
}
