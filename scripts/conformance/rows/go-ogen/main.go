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

func (p *program) do(command []string) (answer, error) {
	switch command[0] {
	case "login":
		return p.login()
	case "token":
		p.token = command[1]
		return answer{Status: http.StatusOK}, nil
	case "restoreToOriginalLocation":
		return p.run(command, client.NewRestoreToOriginalLocationActionOneDriveFolderAction(
			client.RestoreToOriginalLocationAction{
				RestoreToOriginalLocation: client.RestoreToOriginalLocationOptions{
					UserName:        client.NewOptString("alice@example.com"),
					UserPassword:    client.NewOptString("correct horse battery staple"),
					DocumentVersion: client.NewOptDocumentVersion(client.DocumentVersionLast),
					DocumentAction:  client.NewOptDocumentAction(client.DocumentActionOverwrite),
				},
			}))
	case "sendTo":
		return p.run(command, client.NewSendToActionOneDriveFolderAction(client.SendToAction{
			SendTo: client.SendToOptions{
				From:    client.NewOptString("backup@example.com"),
				To:      client.NewOptString("alice@example.com"),
				Subject: client.NewOptString(`Zoë's "invoices"`),
				Text:    client.NewOptString("As you asked."),
			},
		}))
	case "copyTo":
		return p.run(command, client.NewCopyToActionOneDriveFolderAction(client.CopyToAction{
			CopyTo: client.CopyToOptions{
				UserName:                  client.NewOptString("bob@example.com"),
				UserPassword:              client.NewOptString("correct horse battery staple"),
				OneDrive:                  client.NewOptOneDrive(client.OneDrive{ID: client.NewOptString(command[4])}),
				Folder:                    client.NewOptString("From Zoë & Co"),
				ChangedItems:              client.NewOptBool(true),
				DocumentVersion:           client.NewOptDocumentVersion(client.DocumentVersionAll),
				DocumentLastVersionAction: client.NewOptDocumentLastVersionAction(client.DocumentLastVersionActionMerge),
			},
		}))
	case "save":
		var save client.NilSaveOptions
		save.SetToNull()
		return p.run(command, client.NewSaveActionOneDriveFolderAction(client.SaveAction{Save: save}))
	}
	return answer{}, fmt.Errorf("unknown command %s", command[0])
}

func (p *program) login() (answer, error) {
	response, err := p.client.CreateToken(context.Background(), &client.CreateTokenApplicationXWwwFormUrlencoded{
		GrantType: client.GrantTypePassword,
		Username:  client.NewOptString(os.Getenv("VBO365_USERNAME")),
		Password:  client.NewOptString(os.Getenv("VBO365_PASSWORD")),
	})
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

// run runs an action. Only a save gives bytes.
func (p *program) run(command []string, action client.OneDriveFolderAction) (answer, error) {
	response, err := p.client.RunOneDriveFolderAction(context.Background(), action, client.RunOneDriveFolderActionParams{
		RestoreSessionId: command[1],
		OneDriveId:       command[2],
		FolderId:         command[3],
	})
	if err != nil {
		return answer{}, err
	}
	switch response := response.(type) {
	case *client.RestoreStatistics:
		return answer{Status: http.StatusOK, RestoredItemsCount: response.RestoredItemsCount.Value}, nil
	case *client.FolderActionDoneApplicationOctetStream:
		if action.IsSaveAction() {
			return answer{Status: http.StatusOK}, write(command[4], response)
		}
		return answer{Status: http.StatusOK}, nil
	case *client.Unauthorized:
		return answer{Status: http.StatusUnauthorized}, nil
	case *client.RunOneDriveFolderActionInternalServerError:
		return answer{Status: http.StatusInternalServerError, Message: response.Message}, nil
	}
	return answer{}, fmt.Errorf("unexpected answer %T", response)
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
