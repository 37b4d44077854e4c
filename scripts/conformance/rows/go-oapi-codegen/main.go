// This program uses the client that oapi-codegen makes.
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
	client *client.ClientWithResponses
	token  string
}

type answer struct {
	Status             int    `json:"status"`
	RestoredItemsCount int    `json:"restoredItemsCount,omitempty"`
	Message            string `json:"message,omitempty"`
}

func main() {
	pem, err := os.ReadFile(os.Getenv("VBO365_CA_FILE"))
	if err != nil {
		log.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}

	p := &program{}
	p.client, err = client.NewClientWithResponses(os.Getenv("VBO365_URL"),
		client.WithHTTPClient(&http.Client{Transport: transport}),
		client.WithRequestEditorFn(p.authorize))
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

func (p *program) authorize(_ context.Context, request *http.Request) error {
	if p.token != "" {
		request.Header.Set("Authorization", "Bearer "+p.token)
	}
	return nil
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
		return p.restore(f, client.RestoreToOriginalLocationOptions{
			UserName:       new("alice@example.com"),
			UserPassword:   new("correct horse battery staple"),
			DocumentAction: new(client.Overwrite),
		})
	case "sendTo":
		return p.send(f, client.SendToOptions{
			From:    new("backup@example.com"),
			To:      new("alice@example.com"),
			Subject: new(`Zoë's "invoices"`),
			Text:    new("As you asked."),
		})
	case "copyTo":
		return p.copy(f, client.CopyToOptions{
			UserName:                  new("bob@example.com"),
			UserPassword:              new("correct horse battery staple"),
			OneDrive:                  &client.OneDrive{Id: &command[4]},
			Folder:                    new("From Zoë & Co"),
			ChangedItems:              new(true),
			DocumentVersion:           new(client.All),
			DocumentLastVersionAction: new(client.Merge),
		})
	}
	return p.saveTo(command[len(command)-1], command[0], f)
}

func (p *program) login() (answer, error) {
	request := client.TokenRequest{
		GrantType: client.Password,
		Username:  new(os.Getenv("VBO365_USERNAME")),
		Password:  new(os.Getenv("VBO365_PASSWORD")),
	}
	logIn(&request)
	response, err := p.client.CreateTokenWithFormdataBodyWithResponse(context.Background(), request)
	if err != nil {
		return answer{}, err
	}
	if response.JSON200 != nil {
		p.token = response.JSON200.AccessToken
	}
	return answer{Status: response.StatusCode()}, nil
}

// saveTo uses the method that gives the response before its body is read.
func (p *program) saveTo(name, command string, f folder) (answer, error) {
	response, err := p.save(command, f)
	if err != nil {
		return answer{}, err
	}
	result := answer{Status: response.StatusCode}
	if response.StatusCode != http.StatusOK {
		refused, err := refusal(response)
		if refused != nil {
			result.Message = refused.Message
		}
		return result, err
	}
	defer func() { _ = response.Body.Close() }()
	file, err := os.Create(name)
	if err != nil {
		return answer{}, err
	}
	if _, err := io.Copy(file, response.Body); err != nil {
		return answer{}, err
	}
	return result, file.Close()
}
