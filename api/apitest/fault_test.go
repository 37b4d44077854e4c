package apitest_test

import (
	"crypto/tls"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

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
		"":                      "KIND is one of 401, 408",
		"rest":                  "the kinds are 401, 408",
		"latency:soon":          "must be a duration",
		"stall:-1":              "must be a number of bytes",
		"500:xml":               "must be one of json, html, empty",
		"503:soon":              "must be seconds, a duration such as 30s, or an HTTP date",
		"reset:1":               "must be left out",
		"reset@nothing":         "they are restoreToOriginalLocation, copyTo",
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
	for _, text := range []string{"reset", "503:30x2", "cut-length:1000@save", "reset@copyTo/after", "latency:2s~0.1", "500:html@x"} {
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
	for _, text := range []string{"stall@createToken", "latency:1h@createToken", "latency:1h@createToken/after", "trickle:1h@createToken"} {
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
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL+"/v2/token", strings.NewReader(form.Encode()))
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
