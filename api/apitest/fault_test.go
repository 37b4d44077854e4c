package apitest_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vbo365/vbo365-go/api/apitest"
)

func TestParseFault(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]apitest.Fault{
		"reset":                             {Kind: apitest.FaultReset},
		"resetx3":                           {Kind: apitest.FaultReset, Times: 3},
		"401x1":                             {Kind: apitest.FaultUnauthorized, Times: 1},
		"503:30x2":                          {Kind: apitest.FaultUnavailable, Arg: "30", Times: 2},
		"503:30s":                           {Kind: apitest.FaultUnavailable, Arg: "30s"},
		"429:Mon, 23 Nov 2026 12:01:00 GMT": {Kind: apitest.FaultBusy, Arg: "Mon, 23 Nov 2026 12:01:00 GMT"},
		"cut-length:1000@save":              {Kind: apitest.FaultCutLength, Arg: "1000", Operation: "save"},
		"reset@copyTo/after":                {Kind: apitest.FaultReset, Operation: "copyTo", After: true},
		"206:1000@save":                     {Kind: apitest.FaultPartial, Arg: "1000", Operation: "save"},
		"wrong-answer:object@copyTo/after": {
			Kind: apitest.FaultWrongAnswer, Arg: "object", Operation: "copyTo",
			After: true,
		},
		"tls:hangx2": {Kind: apitest.FaultTLS, Arg: "hang", Times: 2},
		"latency:2s@LISTONEDRIVES/afterx9~0.25": {
			Kind: apitest.FaultLatency, Arg: "2s", Operation: "LISTONEDRIVES", After: true, Times: 9, Probability: 0.25,
		},
	} {
		got, err := apitest.ParseFault(text)
		if err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(want, got); diff != "" || got.String() != text {
			t.Errorf("%s: written as %s: %s", text, got, diff)
		}
	}
	for text, want := range map[string]string{
		"":                      "KIND is one of 206, 401, 408",
		"rest":                  "the kinds are 206, 401, 408",
		"latency:soon":          "must be a duration",
		"stall:-1":              "must be a number of bytes",
		"500:xml":               "must be one of json, html, empty",
		"206:0":                 "must be a number of bytes, 1 or more",
		"short-length:x":        "must be a number of bytes",
		"gzip:9":                "must be left out",
		"wrong-answer:none":     "must be one of empty, login, message, object, page, session",
		"tls:off":               "must be one of alert, reset, hang",
		"503:soon":              "must be seconds, a duration such as 30s, or an HTTP date",
		"reset:1":               "must be left out",
		"reset@nothing":         "they are copyTo, explore, restoreToOriginalLocation",
		"resetx0":               "1 or more",
		"reset~1":               "between 0 and 1",
		"tls@save":              "does not know its operations",
		"refresh-expired/after": "about tokens only",
	} {
		if _, err := apitest.ParseFault(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

// FuzzParseFault checks that what is understood is written in a way that is understood as the same.
func FuzzParseFault(f *testing.F) {
	for _, text := range []string{
		"reset", "503:30x2", "cut-length:1000@save", "reset@copyTo/after", "latency:2s~0.1",
		"500:html@x",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		fault, err := apitest.ParseFault(text)
		if err != nil {
			return
		}
		again, err := apitest.ParseFault(fault.String())
		if diff := cmp.Diff(fault, again); diff != "" || err != nil {
			t.Errorf("%q is written as %q: %v, %s", text, fault, err, diff)
		}
	})
}

func inject(t *testing.T, srv *apitest.Server, text string) apitest.Fault {
	t.Helper()
	fault, err := apitest.ParseFault(text)
	if err != nil {
		t.Fatal(err)
	}
	if err := srv.Inject(fault); err != nil {
		t.Fatal(err)
	}
	return fault
}

// TestCloseEndsFaults checks that no fault keeps the server from closing, nor a client from leaving.
func TestCloseEndsFaults(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"stall@createToken", "latency:1h@createToken", "latency:1h@createToken/after",
		"trickle:1h@createToken", "tls:hang",
	} {
		srv, err := apitest.Start(apitest.Config{})
		if err != nil {
			t.Fatal(err)
		}
		fault := inject(t, srv, text)
		ended := askForToken(t, srv)
		for srv.Faults()[fault.Kind] == 0 { // until it has struck
			select {
			case err := <-ended:
				t.Fatalf("%s: the request has ended: %v", text, err)
			default:
			}
		}
		if err := srv.Close(); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if err := <-ended; err == nil {
			t.Errorf("%s: the request was answered", text)
		}
	}
}

// askForToken sends a request for a token and tells how it has ended.
func askForToken(t *testing.T, srv *apitest.Server) <-chan error {
	t.Helper()
	form := url.Values{"grant_type": {"password"}, "username": {srv.Username}, "password": {srv.Password}}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL+"/v2/token",
		strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: srv.CertPool(), MinVersion: tls.VersionTLS12}}
	ended := make(chan error, 1)
	go func() {
		defer transport.CloseIdleConnections()
		response, err := (&http.Client{Transport: transport}).Do(request)
		if err == nil {
			_, err = io.Copy(io.Discard, response.Body)
			_ = response.Body.Close()
		}
		ended <- err
	}()
	return ended
}

// TestFaultsOfBothForms sees that the name of an action means it in all versions, and an operationId only its own.
func TestFaultsOfBothForms(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"cut-length:10@save":                    allVersions,
		"cut-length:10@SAVEONEDRIVEFOLDER":      pathVersions,
		"cut-length:10@runOneDriveFolderAction": actionVersions,
	} {
		b := newBench(t, apitest.Config{})
		inject(t, b.srv, text)
		var cut []string
		for _, version := range allVersions {
			if got := b.actIn(version, "Documents", `{"save": null}`); got.err != nil && len(got.body) == 10 {
				cut = append(cut, version)
			}
		}
		wantSame(t, text, want, cut)
	}
}

// TestAlteredAnswers sees answers that nothing of HTTP shows to be wrong.
func TestAlteredAnswers(t *testing.T) {
	t.Parallel()
	for _, config := range []apitest.Config{{}, {Chunked: true}} {
		b := newBench(t, config)
		whole := b.act("Documents", `{"save": null}`).body
		for text, want := range map[string]answer{
			"short-length:100":      {status: 200, length: 100, body: whole[:100]},
			"short-length":          {status: 200, length: 0},
			"short-length:1000000":  {status: 200, length: int64(len(whole)), body: whole},
			"short-chunked:100":     {status: 200, length: -1, body: whole[:100]},
			"short-chunked":         {status: 200, length: -1},
			"short-chunked:1000000": {status: 200, length: -1, body: whole},
			"206:100":               {status: 206, length: 100, body: whole[:100]},
			"206":                   {status: 206, length: 1, body: whole[:1]},
			"206:1000000":           {status: 200, length: int64(len(whole)), body: whole},
		} {
			b.srv.RemoveFaults()
			inject(t, b.srv, text)
			got := b.act("Documents", `{"save": null}`)
			if got.err != nil || got.status != want.status || got.length != want.length ||
				!bytes.Equal(got.body, want.body) {
				t.Errorf("%s: %d, %d bytes, length %d: %v", text, got.status, len(got.body), got.length, got.err)
			}
			ofPart := fmt.Sprintf("bytes 0-%d/%d", len(got.body)-1, len(whole))
			if contentRange := got.header.Get("Content-Range"); got.status == 206 && contentRange != ofPart ||
				got.status != 206 && contentRange != "" {
				t.Errorf("%s: %s, want %s", text, contentRange, ofPart)
			}
		}

		b.srv.RemoveFaults()
		inject(t, b.srv, "gzip")
		got := b.act("Documents", `{"save": null}`) // nobody asked for it
		reader, err := gzip.NewReader(bytes.NewReader(got.body))
		if err != nil {
			t.Fatalf("%d %v: %v", got.status, got.header, err)
		}
		if body, err := io.ReadAll(reader); err != nil || !bytes.Equal(body, whole) ||
			got.header.Get("Content-Encoding") != "gzip" ||
			got.status != http.StatusOK || got.length != int64(len(got.body)) {
			t.Errorf("gzip: %d %v, %d bytes: %v", got.status, got.header, len(body), err)
		}
		if got := b.act("Documents", overwriteAll); got.header.Get("Content-Encoding") != "gzip" {
			t.Errorf("gzip of a restore: %d %v", got.status, got.header)
		}
	}
}

// TestWrongAnswers sees answers that are not the one due, to what was carried out and to what was not.
func TestWrongAnswers(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{})
	restored := 0
	for arg, want := range map[string][2]string{ // content type and how the body begins
		"message": {"application/json", `{"message":"queued for approval"}`},
		"":        {"application/json", `{"message":"queued for approval"}`},
		"object":  {"application/json", `{}`},
		"session": {"application/json", `{"sessionId":""}`},
		"login":   {"text/plain; charset=utf-8", "Please sign in."},
		"page":    {"application/octet-stream", "<!DOCTYPE html>"},
		"empty":   {"application/octet-stream", ""},
	} {
		for _, after := range []string{"", "/after"} {
			text := strings.TrimSuffix("wrong-answer:"+arg, ":") + "@restoreToOriginalLocation" + after
			b.srv.RemoveFaults()
			inject(t, b.srv, text)
			got := b.act("Documents", overwriteAll)
			if got.err != nil || got.status != http.StatusOK || got.header.Get("Content-Type") != want[0] ||
				!strings.HasPrefix(string(got.body), want[1]) || want[1] == "" && len(got.body) > 0 {
				t.Errorf("%s: %d %v %s: %v", text, got.status, got.header, got.body, got.err)
			}
			if after != "" {
				restored++
			}
			if n := b.srv.Executions()["restoreToOriginalLocation"]; n != restored {
				t.Errorf("%s: carried out %d times, want %d", text, n, restored)
			}
		}
	}
}

// TestHandshakesFail sees the ways in which a TLS handshake can fail.
func TestHandshakesFail(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"tls": "tls: internal error", "tls:alert": "tls: internal error", "tls:reset": "connection reset by peer",
		"tls:hang": "TLS handshake timeout",
	} {
		if text == "tls:reset" && runtime.GOOS == "windows" {
			want = "wsarecv: " // and a sentence in the language of the system
		}
		srv := apitest.NewServer(t, apitest.Config{})
		inject(t, srv, text+"x1")
		transport := &http.Transport{
			TLSClientConfig:     &tls.Config{RootCAs: srv.CertPool(), MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout: 2 * time.Second,
		}
		t.Cleanup(transport.CloseIdleConnections)
		for _, want := range []string{want, ""} { // the first connection, and the next
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+"/v2/token", nil)
			if err != nil {
				t.Fatal(err)
			}
			response, err := transport.RoundTrip(request)
			if err == nil {
				_ = response.Body.Close()
			}
			if err == nil != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v, want %s", text, err, want)
			}
		}
	}
}

// TestAnswersAfterTheWork sees that work is done while its answer is still to come.
func TestAnswersAfterTheWork(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{})
	inject(t, b.srv, "latency:1h@restoreToOriginalLocation/after")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	path := actionPath(b.session.ID, b.drive.ID, b.drive.RootFolderID)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, b.srv.URL+path, strings.NewReader(overwriteAll))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+b.token)
	ended := make(chan error, 1)
	go func() {
		response, err := b.client.Do(request)
		if err == nil {
			_ = response.Body.Close()
		}
		ended <- err
	}()
	for late := time.Now().Add(30 * time.Second); ; {
		list := b.events("v5")
		if len(list) == 1 && list[0]["status"] == "Success" {
			break // the work is done
		}
		if time.Now().After(late) {
			t.Fatal("the work is not done")
		}
	}
	select {
	case err := <-ended:
		t.Errorf("the request has ended: %v", err)
	default:
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the request ended with %v", err)
	}
}
