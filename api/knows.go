package api

import (
	"strings"

	"github.com/vbo365/vbo365-go/gen"
)

// An option is something that not every version of the API can express.
type option struct {
	name     string // on the wire
	set      bool
	from, to Version // the versions that know it
}

// knows refuses what the version cannot express, before anything is sent: a server would leave it out without a word.
func (w wire) knows(options ...option) error {
	for _, o := range options {
		if o.set && (w.version < o.from || w.version > o.to) {
			return invalid("%s is not known to API %v, only to %s", o.name, w.version, versionRange(o.from, o.to))
		}
	}
	return nil
}

// credentials are those of the Microsoft 365 account or application that a restore or copy writes with.
type credentials struct {
	userName                       string
	userPassword                   Secret
	userCode                       Secret
	applicationID                  string
	applicationCertificate         Secret
	applicationCertificatePassword Secret
	officeRegion                   OfficeRegion
	organizationName               string
}

// secrets returns those that a server may say back.
func (c credentials) secrets() []Secret {
	return []Secret{c.userPassword, c.userCode, c.applicationCertificate, c.applicationCertificatePassword}
}

// options lists what not every version knows (spec/FACTS.md#1.4, #1.6).
func (c credentials) options() []option {
	return []option{
		{"userCode", c.userCode != "", V4, V8},
		{"applicationId", c.applicationID != "", V4, V8},
		{"applicationCertificate", c.applicationCertificate != "", V4, V8},
		{"applicationCertificatePassword", c.applicationCertificatePassword != "", V4, V8},
		{"officeRegion", c.officeRegion != "", V5, V8},
		{"organizationName", c.organizationName != "", V5, V8},
	}
}

// check refuses credentials of several styles, and those that are not complete. None at all is for the server to judge.
func (c credentials) check() error {
	var styles []string
	if c.userName != "" || c.userPassword != "" {
		if c.userName == "" || c.userPassword == "" {
			return invalid("userName and userPassword belong together")
		}
		styles = append(styles, "userName")
	}
	if c.userCode != "" {
		styles = append(styles, "userCode")
	}
	if c.applicationID != "" || c.applicationCertificate != "" || c.applicationCertificatePassword != "" {
		if c.applicationID == "" || c.applicationCertificate == "" {
			return invalid("applicationId and applicationCertificate belong together")
		}
		styles = append(styles, "applicationId")
	}
	if len(styles) > 1 {
		return invalid("%s exclude each other: they are credentials of different styles", strings.Join(styles, " and "))
	}
	return nil
}

// checkGrant refuses a way to log in that the version does not know (spec/FACTS.md#2).
func checkGrant(version Version, grant gen.GrantType) error {
	from := map[gen.GrantType]Version{
		gen.GrantTypeUrnIetfParamsOauthGrantTypeJwtBearer: V4,
		gen.GrantTypeOperator:                             V6,
	}[grant]
	if version < from {
		return invalid("the grant %s is not known to API %v, only to %s", grant, version, versionRange(from, V8))
	}
	return nil
}

// spelled returns a value of an enum in the letter case that the version documents: a capital letter from v6 on. Servers do not
// mind (spec/FACTS.md#6), proxies and mock servers may.
func spelled[T ~string](version Version, value T) T {
	if value == "" {
		return ""
	}
	lower := strings.ToLower(string(value))
	if version < V6 {
		return T(lower)
	}
	return T(strings.ToUpper(lower[:1]) + lower[1:])
}
