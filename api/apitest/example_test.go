package apitest_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/vbo365/vbo365-go/api/apitest"
)

// The shortest complete program: start a simulator, log in, save a folder.
func Example() {
	srv, err := apitest.Start(apitest.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = srv.Close() }()
	session, err := srv.StartRestoreSession("", time.Time{})
	if err != nil {
		log.Fatal(err)
	}
	drive := srv.Drives()[0]

	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: srv.CertPool()}}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}

	form := url.Values{"grant_type": {"password"}, "username": {srv.Username}, "password": {srv.Password}}
	answer := post(client, srv.URL+"/v2/token", form.Encode(), "", "application/x-www-form-urlencoded")
	var token struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(answer, &token); err != nil {
		log.Fatal(err)
	}

	path := "/v2/RestoreSessions/" + session.ID + "/Organization/OneDrives/" + drive.ID +
		"/Folders/" + drive.FolderID("Documents/Invoices") + "/Action"
	content := post(client, srv.URL+path, `{"save": null}`, token.AccessToken, "application/json")
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		log.Fatal(err)
	}
	for _, file := range archive.File {
		fmt.Println(file.Name)
	}
	// Output:
	// 2025/
	// 2025/Invoice 1001.txt
	// 2025/Invoice 1002 (café).txt
	// 2026/
}

func post(client *http.Client, url, body, token, contentType string) []byte {
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		log.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", contentType)
	answer, err := client.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		log.Fatal(err)
	}
	return content
}
