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

func (p *program) do(command []string) (answer, error) {
	var action client.OneDriveFolderAction
	var err error
	switch command[0] {
	case "login":
		return p.login()
	case "token":
		p.token = command[1]
		return answer{Status: http.StatusOK}, nil
	case "save":
		// A nil Save is null on the wire.
		if err := action.FromSaveAction(client.SaveAction{}); err != nil {
			return answer{}, err
		}
		return p.save(command[1], command[2], command[3], action, command[4])
	case "restoreToOriginalLocation":
		err = action.FromRestoreToOriginalLocationAction(client.RestoreToOriginalLocationAction{
			RestoreToOriginalLocation: client.RestoreToOriginalLocationOptions{
				UserName:        new("alice@example.com"),
				UserPassword:    new("correct horse battery staple"),
				DocumentVersion: new(client.Last),
				DocumentAction:  new(client.DocumentActionOverwrite),
			},
		})
	case "sendTo":
		err = action.FromSendToAction(client.SendToAction{
			SendTo: client.SendToOptions{
				From:    new("backup@example.com"),
				To:      new("alice@example.com"),
				Subject: new(`Zoë's "invoices"`),
				Text:    new("As you asked."),
			},
		})
	case "copyTo":
		err = action.FromCopyToAction(client.CopyToAction{
			CopyTo: client.CopyToOptions{
				UserName:                  new("bob@example.com"),
				UserPassword:              new("correct horse battery staple"),
				OneDrive:                  &client.OneDrive{Id: &command[4]},
				Folder:                    new("From Zoë & Co"),
				ChangedItems:              new(true),
				DocumentVersion:           new(client.All),
				DocumentLastVersionAction: new(client.DocumentLastVersionActionMerge),
			},
		})
	}
	if err != nil {
		return answer{}, err
	}
	return p.act(command[1], command[2], command[3], action)
}

func (p *program) login() (answer, error) {
	response, err := p.client.CreateTokenWithFormdataBodyWithResponse(context.Background(), client.TokenRequest{
		GrantType: client.Password,
		Username:  new(os.Getenv("VBO365_USERNAME")),
		Password:  new(os.Getenv("VBO365_PASSWORD")),
	})
	if err != nil {
		return answer{}, err
	}
	if response.JSON200 != nil {
		p.token = response.JSON200.AccessToken
	}
	return answer{Status: response.StatusCode()}, nil
}

// act runs an action whose answer is small.
func (p *program) act(session, drive, folder string, action client.OneDriveFolderAction) (answer, error) {
	response, err := p.client.RunOneDriveFolderActionWithResponse(context.Background(), session, drive, folder, action)
	if err != nil {
		return answer{}, err
	}
	result := answer{Status: response.StatusCode()}
	if strings.HasPrefix(response.HTTPResponse.Header.Get("Content-Type"), "application/json") {
		var statistics client.RestoreStatistics
		if err := json.Unmarshal(response.Body, &statistics); err != nil {
			return answer{}, err
		}
		result.RestoredItemsCount = int(*statistics.RestoredItemsCount)
	}
	return result, nil
}

// save uses the method that gives the response before its body is read.
func (p *program) save(session, drive, folder string, action client.OneDriveFolderAction, name string) (answer, error) {
	response, err := p.client.ClientInterface.RunOneDriveFolderAction(context.Background(), session, drive, folder, action)
	if err != nil {
		return answer{}, err
	}
	if response.StatusCode != http.StatusOK {
		refused, err := client.ParseRunOneDriveFolderActionResponse(response) // closes the body
		if err != nil {
			return answer{}, err
		}
		result := answer{Status: refused.StatusCode()}
		if refused.JSON500 != nil {
			result.Message = refused.JSON500.Message
		}
		return result, nil
	}
	defer func() { _ = response.Body.Close() }()
	file, err := os.Create(name)
	if err != nil {
		return answer{}, err
	}
	if _, err := io.Copy(file, response.Body); err != nil {
		return answer{}, err
	}
	return answer{Status: response.StatusCode}, file.Close()
}
