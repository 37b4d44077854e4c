package api

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/vbo365/vbo365-go/gen"
)

// Option changes what [NewClient] makes. Options are checked by NewClient, which fails if one is not usable or if two
// contradict each other.
type Option func(*options) error

type options struct {
	login     gen.TokenRequest
	trust     []string // the options that say which certificates to trust: at most one
	configure func(*http.Transport) error
}

// WithPassword logs in with a user name and password: DOMAIN\user or a local account of the server for administrators,
// the account that the organization was added with for tenants (fact sheet, section 2). Both must be given. There is no
// default: a client needs credentials.
func WithPassword(username, password string) Option {
	return func(o *options) error {
		if username == "" || password == "" {
			return errors.New("user name or password is empty")
		}
		o.login = gen.TokenRequest{
			GrantType: gen.GrantTypePassword,
			Username:  username,
			Password:  password,
		}
		return nil
	}
}

// WithCertificateFingerprint trusts exactly the certificate with this SHA-256 fingerprint, whoever issued it and whatever
// name it has, and no other. The fingerprint is written as 64 hexadecimal digits in any letter case, with or without
// colons between the bytes. The default is to verify certificates against the system's authorities.
func WithCertificateFingerprint(fingerprint string) Option {
	return func(o *options) error {
		want, err := parseFingerprint(fingerprint)
		if err != nil {
			return err
		}
		return o.trustWith("certificate fingerprint", func(t *http.Transport) error {
			t.TLSClientConfig.InsecureSkipVerify = true // VerifyConnection verifies, on every connection
			t.TLSClientConfig.VerifyConnection = verifyFingerprint(want)
			return nil
		})
	}
}

// WithCAFile trusts certificates that the authorities in a PEM file have issued, and no others. NewClient reads the
// file. The default is the system's authorities.
func WithCAFile(name string) Option {
	return func(o *options) error {
		return o.trustWith("CA file", func(t *http.Transport) error {
			pool, err := readCAFile(name)
			t.TLSClientConfig.RootCAs = pool
			return err
		})
	}
}

// WithInsecureSkipCertificateVerification trusts any certificate. Whoever can reach the connection can then read and
// change what goes over it, passwords among it. Prefer [WithCertificateFingerprint].
func WithInsecureSkipCertificateVerification() Option {
	return func(o *options) error {
		return o.trustWith("skipping certificate verification", func(t *http.Transport) error {
			t.TLSClientConfig.InsecureSkipVerify = true
			return nil
		})
	}
}

func (o *options) trustWith(what string, configure func(*http.Transport) error) error {
	o.trust = append(o.trust, what)
	if len(o.trust) > 1 {
		return fmt.Errorf("%s and %s exclude each other", o.trust[0], o.trust[1])
	}
	o.configure = configure
	return nil
}
