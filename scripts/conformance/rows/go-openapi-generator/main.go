// This program uses the client that the go generator of openapi-generator makes.
package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"

	vbo365 "conformance/client"
)

type program struct {
	client *vbo365.APIClient
	ctx    context.Context // with the token
}

type answer struct {
	Status             int    `json:"status"`
	RestoredItemsCount int64  `json:"restoredItemsCount,omitempty"`
	Message            string `json:"message,omitempty"`
}

func main() {
	pem, err := os.ReadFile(os.Getenv("VBO365_CA_FILE"))
	if err != nil {
		log.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	configuration := vbo365.NewConfiguration()
	configuration.Servers = vbo365.ServerConfigurations{{URL: os.Getenv("VBO365_URL")}}
	configuration.HTTPClient = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}

	p := &program{vbo365.NewAPIClient(configuration), context.Background()}
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

type folder struct{ session, drive, id string }

func (p *program) do(command []string) (answer, error) {
	switch command[0] {
	case "login":
		return p.login()
	case "token":
		p.ctx = context.WithValue(context.Background(), vbo365.ContextAccessToken, command[1])
		return answer{Status: http.StatusOK}, nil
	}
	f := folder{command[1], command[2], command[3]}
	switch command[0] {
	case "restoreToOriginalLocation":
		var options vbo365.RestoreToOriginalLocationOptions
		options.SetUserName("alice@example.com")
		options.SetUserPassword("correct horse battery staple")
		options.SetDocumentAction(vbo365.OVERWRITE)
		return p.restore(f, options)
	case "sendTo":
		var options vbo365.SendToOptions
		options.SetFrom("backup@example.com")
		options.SetTo("alice@example.com")
		options.SetSubject(`Zoë's "invoices"`)
		options.SetText("As you asked.")
		return p.send(f, options)
	case "copyTo":
		var options vbo365.CopyToOptions
		options.SetUserName("bob@example.com")
		options.SetUserPassword("correct horse battery staple")
		options.SetOneDrive(vbo365.OneDrive{Id: &command[4]})
		options.SetFolder("From Zoë & Co")
		options.SetChangedItems(true)
		options.SetDocumentVersion(vbo365.ALL)
		options.SetDocumentLastVersionAction(vbo365.Merge)
		return p.copy(f, options)
	}
	file, response, err := p.save(command[0], f)
	if err != nil {
		return refusal(response, err)
	}
	return answer{Status: response.StatusCode}, errors.Join(file.Close(), os.Rename(file.Name(), command[len(command)-1]))
}

func (p *program) login() (answer, error) {
	request := p.client.AuthorizationAPI.CreateToken(p.ctx).GrantType(vbo365.PASSWORD).
		Username(os.Getenv("VBO365_USERNAME")).Password(os.Getenv("VBO365_PASSWORD"))
	token, response, err := logIn(request).Execute()
	if err != nil {
		return refusal(response, err)
	}
	p.ctx = context.WithValue(p.ctx, vbo365.ContextAccessToken, token.GetAccessToken())
	return answer{Status: response.StatusCode}, nil
}

// refusal tells what the server said if it answered with an error.
func refusal(response *http.Response, err error) (answer, error) {
	var failed *vbo365.GenericOpenAPIError
	if !errors.As(err, &failed) || response == nil {
		return answer{}, err
	}
	result := answer{Status: response.StatusCode}
	if model, ok := failed.Model().(vbo365.Error); ok {
		result.Message = model.GetMessage()
	}
	return result, nil
}
