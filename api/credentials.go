package api

import (
	"encoding/json"
	"strings"
)

// credentials identify the Microsoft 365 account or application that a restore or copy writes with.
type credentials struct {
	UserName                       string `json:"userName"`
	UserPassword                   Secret `json:"userPassword"`
	UserCode                       Secret `json:"userCode"`
	ApplicationID                  string `json:"applicationId"`
	ApplicationCertificate         Secret `json:"applicationCertificate"`
	ApplicationCertificatePassword Secret `json:"applicationCertificatePassword"`
}

// credentialsOf returns the credentials in the options of an action. It refuses credentials of several styles, and
// incomplete ones. Options without credentials are valid here; the server may refuse them.
func credentialsOf(options any) (c credentials, err error) {
	body, err := json.Marshal(options)
	if err == nil {
		err = json.Unmarshal(body, &c)
	}
	if err != nil {
		return c, invalid("%w", err)
	}
	var styles []string
	if c.UserName != "" || c.UserPassword != "" {
		if c.UserName == "" || c.UserPassword == "" {
			return c, invalid("userName and userPassword belong together")
		}
		styles = append(styles, "userName")
	}
	if c.UserCode != "" {
		styles = append(styles, "userCode")
	}
	if c.ApplicationID != "" || c.ApplicationCertificate != "" || c.ApplicationCertificatePassword != "" {
		if c.ApplicationID == "" || c.ApplicationCertificate == "" {
			return c, invalid("applicationId and applicationCertificate belong together")
		}
		styles = append(styles, "applicationId")
	}
	if len(styles) > 1 {
		return c, invalid("%s exclude each other: use one style of credentials", strings.Join(styles, " and "))
	}
	return c, nil
}

// secrets returns the secret values, which a server may echo.
func (c credentials) secrets() []Secret {
	return []Secret{c.UserPassword, c.UserCode, c.ApplicationCertificate, c.ApplicationCertificatePassword}
}
