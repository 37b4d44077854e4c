// This program uses the client that ogen makes.
package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"

	"conformance/client"
)

type program struct {
	client *client.Client
	token  string
}

type answer struct {
	Status             int    `json:"status"`
	RestoredItemsCount int32  `json:"restoredItemsCount,omitempty"`
	Message            string `json:"message,omitempty"`
}

func main() {
	pem, err := os.ReadFile(os.Getenv("VBO365_CA_FILE"))
	if err != nil {
		log.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)

	p := &program{}
	p.client, err = client.NewClient(os.Getenv("VBO365_URL"), p,
		client.WithClient(tolerant{http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}}))
	if err != nil {
		log.Fatal(err)
	}
	for commands := bufio.NewScanner(os.Stdin); commands.Scan(); {
		result, err := p.do(strings.Fields(commands.Text()))
		if err != nil {
			log.Fatal(err)
		}
		line, err := json.Marshal(result)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(string(line))
	}
}

// tolerant gives answers without a body a content type: the generated code refuses those that have none.
type tolerant struct {
	http.Client
}

func (t tolerant) Do(request *http.Request) (*http.Response, error) {
	response, err := t.Client.Do(request)
	if err == nil && response.Header.Get("Content-Type") == "" {
		response.Header.Set("Content-Type", "application/octet-stream")
	}
	return response, err
}

// BearerAuth makes the program the source of its token.
func (p *program) BearerAuth(context.Context, client.OperationName) (client.BearerAuth, error) {
	return client.BearerAuth{Token: p.token}, nil
}

type folder struct{ session, drive, id string }

func (p *program) do(command []string) (answer, error) {
	switch command[0] {
	case "login":
		return p.login()
	case "token":
		p.token = command[1]
		return answer{Status: http.StatusOK}, nil
	}
	f := folder{command[1], command[2], command[3]}
	switch command[0] {
	case "restoreToOriginalLocation":
		var options client.RestoreToOriginalLocationOptions
		options.UserName.SetTo("alice@example.com")
		options.UserPassword.SetTo("correct horse battery staple")
		options.DocumentAction.SetTo(client.DocumentActionOverwrite)
		return p.restore(f, options)
	case "sendTo":
		var options client.SendToOptions
		options.From.SetTo("backup@example.com")
		options.To.SetTo("alice@example.com")
		options.Subject.SetTo(`Zoë's "invoices"`)
		options.Text.SetTo("As you asked.")
		return p.send(f, options)
	case "copyTo":
		var options client.CopyToOptions
		options.UserName.SetTo("bob@example.com")
		options.UserPassword.SetTo("correct horse battery staple")
		options.OneDrive.SetTo(client.OneDrive{ID: client.NewOptString(command[4])})
		options.Folder.SetTo("From Zoë & Co")
		options.ChangedItems.SetTo(true)
		options.DocumentVersion.SetTo(client.DocumentVersionAll)
		options.DocumentLastVersionAction.SetTo(client.DocumentLastVersionActionMerge)
		return p.copy(f, options)
	case "save", "saveOneDrive", "saveDocument":
		return p.save(command[0], f, command[len(command)-1])
	}
	return answer{}, fmt.Errorf("unknown command %s", command[0])
}

func (p *program) login() (answer, error) {
	response, err := p.createToken(os.Getenv("VBO365_USERNAME"), os.Getenv("VBO365_PASSWORD"))
	if err != nil {
		return answer{}, err
	}
	token, ok := response.(*client.Token)
	if !ok {
		return answer{Status: http.StatusBadRequest}, nil
	}
	p.token = token.AccessToken
	return answer{Status: http.StatusOK}, nil
}

func write(name string, content io.Reader) error {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	if _, err := io.Copy(file, content); err != nil {
		return err
	}
	return file.Close()
}
