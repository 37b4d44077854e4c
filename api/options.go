package api

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/vbo365/vbo365-go/gen"
)

// Option changes what [NewClient] makes. Options are checked by NewClient, which fails if one is not usable or if two
// contradict each other.
type Option func(*options) error

type options struct {
	login     gen.TokenRequest // how to log in, unless the caller has the tokens
	tokens    tokens
	tls       *tls.Config // of the client's own transport
	trust     string      // the option that says which certificates to trust: at most one
	wrap      func(http.RoundTripper) http.RoundTripper
	userAgent string

	version Version // 0: the newest that the server serves

	timeouts Timeouts
	retries  retryPolicy
	logger   *slog.Logger

	transfers int
}

// WithPassword logs in with a user name and password: DOMAIN\user or a local account of the server for administrators,
// the account that the organization was added with for tenants. Both must be given. There is no default: a client needs
// credentials.
func WithPassword(username, password string) Option {
	return func(o *options) error {
		if username == "" || password == "" {
			return errors.New("user name or password is empty")
		}
		return o.loginWith(gen.TokenRequest{GrantType: gen.GrantTypePassword, Username: username, Password: password})
	}
}

// WithJWTBearer logs in as an account of an organization that signs in to Microsoft 365 with modern authentication (API
// v4 and later). clientID is the name or id of the tenant; assertion is the whole JSON document that Microsoft's token
// endpoint has answered, as text.
func WithJWTBearer(clientID, assertion string) Option {
	return withAssertion(gen.GrantTypeUrnIetfParamsOauthGrantTypeJwtBearer, clientID, assertion)
}

// WithOperator logs in as a restore operator (API v6 and later). clientID is "userId.tenantId"; assertion is the bare
// access token that Microsoft's token endpoint has answered.
func WithOperator(clientID, assertion string) Option {
	return withAssertion(gen.GrantTypeOperator, clientID, assertion)
}

func withAssertion(grant gen.GrantType, clientID, assertion string) Option {
	return func(o *options) error {
		if clientID == "" || assertion == "" {
			return errors.New("client id or assertion is empty")
		}
		return o.loginWith(gen.TokenRequest{GrantType: grant, ClientID: clientID, Assertion: assertion})
	}
}

// WithTokens leaves the tokens to the caller. The function is called for every request, by many goroutines at once,
// with the request's context; refused is empty, or a token that the server has just refused, which must not be returned
// again. An error ends the request; to say that the credentials were refused, it wraps [ErrUnauthorized].
func WithTokens(token func(ctx context.Context, refused Secret) (Secret, error)) Option {
	return func(o *options) error {
		if token == nil {
			return errors.New("the function that gives tokens is nil")
		}
		o.tokens = func(ctx context.Context, _ time.Duration, refused gen.Secret) (gen.Secret, error) {
			return token(ctx, refused)
		}
		return nil
	}
}

// WithAPIVersion speaks this version of the API and no other. The default is the newest that the server serves: the
// client asks for it with the first request, without credentials, remembers it, and looks again if the server is
// upgraded.
func WithAPIVersion(version Version) Option {
	return func(o *options) error {
		if !slices.Contains(Versions(), version) {
			return fmt.Errorf("there is no API version %v: it is %s", version, allVersions())
		}
		o.version = version
		return nil
	}
}

// WithTimeouts bounds the waits for the server. [Timeouts] has the defaults.
func WithTimeouts(timeouts Timeouts) Option {
	return func(o *options) error {
		o.timeouts = timeouts
		return nil
	}
}

// WithAttempts sends a request at most this often if it fails in a way that may pass: no answer, one that is cut, or
// status 408, 425, 429, 499, 502, 503, 504, 520 to 527 or 598. The default is 6, 1 turns it off. [WithBackoff] has the
// waits between attempts. Only what can do no harm is sent again: reading, logging in, saving, and requests of which
// nothing was sent.
func WithAttempts(attempts int) Option {
	return func(o *options) error {
		if attempts < 1 {
			return fmt.Errorf("%d attempts are less than one", attempts)
		}
		o.retries.attempts = attempts
		return nil
	}
}

// WithBackoff sets how long the client waits before it retries. The function gets the number of the attempt that has
// failed, from 1 on. It is called by many goroutines at once. The default doubles the wait from 1 second to at most 2
// minutes, and subtracts a random part of up to a half. A Retry-After header of the server takes precedence, and ends
// the retries if it is above 2 minutes.
func WithBackoff(backoff func(attempt int) time.Duration) Option {
	return func(o *options) error {
		if backoff == nil {
			return errors.New("the back-off is nil")
		}
		o.retries.backoff = backoff
		return nil
	}
}

// WithRetryNotice calls notice before every wait for another attempt, from the goroutine that waits: several at once if
// the client is used by several. The default is not to tell.
func WithRetryNotice(notice func(RetryNotice)) Option {
	return func(o *options) error {
		o.retries.notice = notice
		return nil
	}
}

// WithMaxTransfers bounds how many saves, restores, copies and sends there are at once. The default is 64. More wait
// until one has ended, as long as [Timeouts] allow; a [Download] ends when it is closed. The client has at most twice
// as many connections to the server, so that transfers cannot keep other requests waiting.
func WithMaxTransfers(transfers int) Option {
	return func(o *options) error {
		if transfers < 1 {
			return fmt.Errorf("%d transfers are less than one", transfers)
		}
		o.transfers = transfers
		return nil
	}
}

// WithLogger writes a line at debug level for every attempt of a request: a random id that all attempts of the request
// share, method, API version, route, status, duration, sizes, attempt, and the text of a failure, which may quote
// the server. Ids of items, queries, bodies and tokens are not logged. The default is not to log.
func WithLogger(logger *slog.Logger) Option {
	return func(o *options) error {
		o.logger = logger
		return nil
	}
}

// WithCertificateFingerprint trusts exactly the certificate with this SHA-256 fingerprint, whoever issued it and
// whatever name it has, and no other. The fingerprint is written as 64 hexadecimal digits in any letter case, with or
// without colons between the bytes. The default is to verify certificates against the system's authorities.
func WithCertificateFingerprint(fingerprint string) Option {
	return func(o *options) error {
		want, err := parseFingerprint(fingerprint)
		if err != nil {
			return err
		}
		o.tls.InsecureSkipVerify = true // VerifyConnection verifies, on every connection
		o.tls.VerifyConnection = verifyFingerprint(want)
		return o.trustOnly("certificate fingerprint")
	}
}

// WithCAs trusts certificates that the authorities in a pool have issued, and no others. The default is the system's
// authorities.
func WithCAs(pool *x509.CertPool) Option {
	return func(o *options) error {
		if pool == nil {
			return errors.New("the pool of authorities is nil")
		}
		o.tls.RootCAs = pool
		return o.trustOnly("pool of authorities")
	}
}

// WithCAFile is [WithCAs] with the authorities in a PEM file, which NewClient reads.
func WithCAFile(name string) Option {
	return func(o *options) (err error) {
		if err = o.trustOnly("CA file"); err == nil {
			o.tls.RootCAs, err = readCAFile(name)
		}
		return err
	}
}

// WithClientCertificate presents a certificate to a server, or to a proxy before it, that asks for one of its issuer.
// It is not a way to log in. The default is to present none.
func WithClientCertificate(certificate tls.Certificate) Option {
	return func(o *options) error {
		if len(certificate.Certificate) == 0 || certificate.PrivateKey == nil {
			return errors.New("the client certificate has no certificate or no private key")
		}
		o.tls.Certificates = []tls.Certificate{certificate}
		return nil
	}
}

// WithInsecureSkipCertificateVerification trusts any certificate. Whoever can reach the connection can then read and
// change what goes over it, passwords among it. Prefer [WithCertificateFingerprint].
func WithInsecureSkipCertificateVerification() Option {
	return func(o *options) error {
		o.tls.InsecureSkipVerify = true
		return o.trustOnly("skipping certificate verification")
	}
}

func (o *options) loginWith(request gen.TokenRequest) error {
	if o.login.GrantType != "" {
		return errors.New("there are several ways to log in")
	}
	o.login = request
	return nil
}

func (o *options) trustOnly(what string) error {
	if o.trust != "" {
		return fmt.Errorf("%s and %s exclude each other", o.trust, what)
	}
	o.trust = what
	return nil
}
