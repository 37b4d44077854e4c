package api

import (
	"context"
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
	trust     []string // the options that say which certificates to trust: at most one
	configure func(*http.Transport) error

	version Version // 0: the newest that the server serves

	timeouts Timeouts
	attempts int // 0: the default
	pause    func(context.Context, time.Duration) error
	notice   func(RetryNotice)
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

// WithJWTBearer logs in as an account of an organization that signs in to Microsoft 365 with modern authentication (API v4 and
// later). clientID is the name or id of the tenant; assertion is the whole JSON document that Microsoft's token endpoint has
// answered, as text.
func WithJWTBearer(clientID, assertion string) Option {
	return withAssertion(gen.GrantTypeUrnIetfParamsOauthGrantTypeJwtBearer, clientID, assertion)
}

// WithOperator logs in as a restore operator (API v6 and later). clientID is "userId.tenantId"; assertion is the bare access token
// that Microsoft's token endpoint has answered.
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

// WithTokens leaves the tokens to the caller. The function is called for every request, by many goroutines at once, with the
// request's context; refused is empty, or a token that the server has just refused, which must not be returned again. An error
// ends the request; to say that the credentials were refused, it wraps [ErrUnauthorized].
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

// WithAPIVersion speaks this version of the API and no other. The default is the newest that the server serves: the client asks for
// it with the first request, without credentials, remembers it, and looks again if the server is upgraded.
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

// WithAttempts sends a request at most this often if it fails in a way that may pass: no answer, one that is cut, or status 408, 425,
// 429, 499, 502, 503, 504, 520 to 527 or 598. The default is 6, 1 turns it off. Between attempts are 1, 2, 4 seconds and so on, at most 2 minutes, or what the server asks
// for. Only what can do no harm is sent again: reading, logging in, saving, and requests of which nothing was sent.
func WithAttempts(attempts int) Option {
	return func(o *options) error {
		if attempts < 1 {
			return fmt.Errorf("%d attempts are less than one", attempts)
		}
		o.attempts = attempts
		return nil
	}
}

// WithRetryNotice calls notice before every wait for another attempt, from the goroutine that waits: several at once if the client is
// used by several. The default is not to tell.
func WithRetryNotice(notice func(RetryNotice)) Option {
	return func(o *options) error {
		o.notice = notice
		return nil
	}
}

// WithMaxTransfers bounds how many saves, restores, copies and sends there are at once. The default is 64. More wait until one has
// ended, as long as [Timeouts] allow; a [Download] ends when it is closed. The client has at most twice as many connections to the
// server, so that transfers cannot keep other requests waiting.
func WithMaxTransfers(transfers int) Option {
	return func(o *options) error {
		if transfers < 1 {
			return fmt.Errorf("%d transfers are less than one", transfers)
		}
		o.transfers = transfers
		return nil
	}
}

// WithLogger writes a line at debug level for every request that was sent: method, API version, route, status, duration, sizes and
// attempt, nothing else. The default is not to log.
func WithLogger(logger *slog.Logger) Option {
	return func(o *options) error {
		o.logger = logger
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

func (o *options) loginWith(request gen.TokenRequest) error {
	if o.login.GrantType != "" {
		return errors.New("there are several ways to log in")
	}
	o.login = request
	return nil
}

func (o *options) trustWith(what string, configure func(*http.Transport) error) error {
	o.trust = append(o.trust, what)
	if len(o.trust) > 1 {
		return fmt.Errorf("%s and %s exclude each other", o.trust[0], o.trust[1])
	}
	o.configure = configure
	return nil
}
