package main

import (
	"encoding/base64"
	"errors"
	"os"

	"github.com/vbo365/vbo365-go/api"
)

// account holds the flags for the Microsoft 365 credentials of a restore or copy. Exactly one style is needed: a user
// name with its password, a device code, or an application with its certificate.
type account struct {
	UserName         string `placeholder:"USER" help:"Microsoft 365 account to write with. Its password comes from --user-password-file, VBO365_USER_PASSWORD, or a prompt."`
	UserPasswordFile string `type:"path" placeholder:"FILE" help:"File that holds the password of that account."`
	UserCode         string `placeholder:"CODE" help:"Microsoft device code that the user has confirmed, instead of an account (API v4, v5)."`

	ApplicationID                      string `name:"application-id" placeholder:"ID" help:"Microsoft Entra application to write with, instead of an account (API v4, v5)."`
	ApplicationCertificateFile         string `type:"path" placeholder:"FILE" help:"Its certificate with the private key (PFX)."`
	ApplicationCertificatePasswordFile string `type:"path" placeholder:"FILE" help:"File that holds the password of the certificate."`

	OfficeRegion     string `placeholder:"REGION" help:"Microsoft 365 region: Worldwide, Germany, China, USDefence or USGovernment."`
	OrganizationName string `placeholder:"NAME" help:"Name of the Microsoft 365 organization."`
}

// credentials is what the flags come to.
type credentials struct {
	userName            string
	userPassword        api.Secret
	userCode            api.Secret
	applicationID       string
	certificate         api.Secret
	certificatePassword api.Secret
}

func (a account) credentials(t terminal) (credentials, error) {
	c := credentials{userName: a.UserName, userCode: api.Secret(a.UserCode), applicationID: a.ApplicationID}
	styles := 0
	for _, given := range []bool{a.UserName != "", a.UserCode != "", a.ApplicationID != ""} {
		if given {
			styles++
		}
	}
	if styles != 1 {
		return c, usageError{errors.New("exactly one of --user-name, --user-code and --application-id is needed")}
	}
	if (a.ApplicationID != "") != (a.ApplicationCertificateFile != "") {
		return c, usageError{errors.New("--application-id and --application-certificate-file belong together")}
	}
	if a.UserName != "" {
		password, err := secret(t, "VBO365_USER_PASSWORD", a.UserPasswordFile, "Password of "+a.UserName)
		if err != nil {
			return c, err
		}
		c.userPassword = api.Secret(password)
	}
	if a.ApplicationCertificateFile != "" {
		certificate, err := os.ReadFile(a.ApplicationCertificateFile)
		if err != nil {
			return c, usageError{err}
		}
		c.certificate = api.Secret(base64.StdEncoding.EncodeToString(certificate))
	}
	if a.ApplicationCertificatePasswordFile != "" {
		password, err := secret(t, "", a.ApplicationCertificatePasswordFile, "")
		if err != nil {
			return c, err
		}
		c.certificatePassword = api.Secret(password)
	}
	return c, nil
}
