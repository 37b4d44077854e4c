package main

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"os"

	"github.com/vbo365/vbo365-go/api"
)

// account holds the flags for the Microsoft 365 credentials of a restore or copy. Exactly one kind is required: a user
// name with its password, a device code, or an application with its certificate.
type account struct {
	UserName         string `placeholder:"USER" help:"Microsoft 365 account to write with. Its password comes from --user-password-file, VBO365_USER_PASSWORD, or a prompt."`
	UserPasswordFile string `type:"path" placeholder:"FILE" help:"File that holds the password of that account."`
	UserCode         string `placeholder:"CODE" help:"Microsoft device code that the user has confirmed, instead of an account (API v4 and later)."`
	DeviceCode       string `placeholder:"APPLICATION-ID" help:"Request a device code for this application, show it, and continue when you press Enter (API v4 and later)."`

	ApplicationID                      string `name:"application-id" placeholder:"ID" help:"Microsoft Entra application to write with, instead of an account (API v4 and later)."`
	ApplicationCertificateFile         string `type:"path" placeholder:"FILE" help:"Its certificate with the private key (PFX)."`
	ApplicationCertificatePasswordFile string `type:"path" placeholder:"FILE" help:"File that holds the password of the certificate."`

	OfficeRegion     string `placeholder:"REGION" help:"Microsoft 365 region: Worldwide, Germany, China, USDefence or USGovernment (API v5 and later)."`
	OrganizationName string `placeholder:"NAME" help:"Name of the Microsoft 365 organization (API v5 and later)."`
}

// confirm shows a device code and waits until the user has confirmed it.
func (a account) confirm(ctx context.Context, t terminal, session api.RestoreSession) (api.Secret, error) {
	code, err := session.RestoreDeviceCode(ctx, api.RestoreDeviceCodeOptions{
		TargetApplicationID:    a.DeviceCode,
		TargetOrganizationName: a.OrganizationName,
		TargetRegion:           api.OfficeRegion(a.OfficeRegion),
	})
	if err != nil {
		return "", err
	}
	if err := printf(t.err, "Open %s and enter the code %s within %d minutes. Then press Enter here: ",
		code.VerificationURL, string(code.UserCode), code.ExpiresIn/60); err != nil {
		return "", outputError(err)
	}
	switch _, err := readLine(ctx, t); {
	case errors.Is(err, io.EOF):
		return "", usageError{errors.New("--device-code needs somebody who presses Enter: the input has ended")}
	case err != nil:
		return "", err
	}
	return code.UserCode, nil
}

// credentials are the values of the flags of [account], with what they refer to.
type credentials struct {
	userName            string
	userPassword        api.Secret
	userCode            api.Secret
	applicationID       string
	certificate         api.Secret
	certificatePassword api.Secret
}

func (a account) credentials(ctx context.Context, t terminal) (credentials, error) {
	c := credentials{userName: a.UserName, userCode: api.Secret(a.UserCode), applicationID: a.ApplicationID}
	styles := 0
	for _, given := range []bool{a.UserName != "", a.UserCode != "", a.DeviceCode != "", a.ApplicationID != ""} {
		if given {
			styles++
		}
	}
	if styles != 1 {
		return c, usageError{
			errors.New("exactly one of --user-name, --user-code, --device-code and --application-id is needed"),
		}
	}
	if (a.ApplicationID != "") != (a.ApplicationCertificateFile != "") {
		return c, usageError{errors.New("--application-id and --application-certificate-file belong together")}
	}
	if a.UserName != "" {
		password, err := secret(ctx, t, "VBO365_USER_PASSWORD", a.UserPasswordFile, "Password of "+a.UserName)
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
		password, err := secret(ctx, t, "", a.ApplicationCertificatePasswordFile, "")
		if err != nil {
			return c, err
		}
		c.certificatePassword = api.Secret(password)
	}
	return c, nil
}
