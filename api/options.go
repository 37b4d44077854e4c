package api

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/vbo365/vbo365-go/gen"
)

// Option is an option of [NewClient]. NewClient returns an error if an option is not valid, or if two options exclude
// each other.
type Option func(*options)

type options struct {
	wrong error // of the first option that is not valid

	login     gen.TokenRequest // the log-in; zero with WithTokens
	tokens    tokens
	tls       *tls.Config // of the client's own transport
	trust     string      // the name of the option that sets the trust, for errors
	wrap      func(http.RoundTripper) http.RoundTripper
	userAgent string

	version Version // 0: the newest that the server serves

	timeouts Timeouts
	retries  retryPolicy
	logger   *slog.Logger

	transfers int
}

// WithPassword logs in with a user name and password. Administrators use DOMAIN\user or a local account of the server.
// Tenants use the account that their organization was added with. Neither may be empty. A client needs exactly one of
// WithPassword, [WithJWTBearer], [WithOperator] and [WithTokens].
func WithPassword(username, password string) Option {
	request := gen.TokenRequest{GrantType: gen.GrantTypePassword, Username: username, Password: password}
	return withLogin(request, "user name or password", username, password)
}

// WithJWTBearer logs in with an account of an organization that uses modern authentication. v4 and later support it.
// clientID is the name or id of the tenant. assertion is the whole JSON body of the response of Microsoft's token
// endpoint.
func WithJWTBearer(clientID, assertion string) Option {
	return withAssertion(gen.GrantTypeUrnIetfParamsOauthGrantTypeJwtBearer, clientID, assertion)
}

// WithOperator logs in as a restore operator. v6 and later support it. clientID is "userId.tenantId". assertion is the
// access token in the response of Microsoft's token endpoint.
func WithOperator(clientID, assertion string) Option {
	return withAssertion(gen.GrantTypeOperator, clientID, assertion)
}

func withAssertion(grant gen.GrantType, clientID, assertion string) Option {
	request := gen.TokenRequest{GrantType: grant, ClientID: clientID, Assertion: assertion}
	return withLogin(request, "client id or assertion", clientID, assertion)
}

// withLogin logs in with a request, for which none of the values may be empty.
func withLogin(request gen.TokenRequest, names string, values ...string) Option {
	return func(o *options) {
		o.refuse(slices.Contains(values, ""), "%s is empty", names)
		o.refuse(o.login.GrantType != "", "several ways to log in exclude each other")
		o.login = request
	}
}

// WithTokens gets the access tokens from a function of the program. The client calls it for each request with the
// context of the request, from many goroutines concurrently. refused is empty, or a token that the server has just
// refused: the function must return another one. An error of the function is the error of the request. It wraps
// [ErrUnauthorized] if the credentials were refused.
func WithTokens(token func(ctx context.Context, refused Secret) (Secret, error)) Option {
	return func(o *options) {
		o.refuse(token == nil, "the token function is nil")
		o.tokens = func(ctx context.Context, _ time.Duration, refused gen.Secret) (gen.Secret, error) {
			return token(ctx, refused)
		}
	}
}

// WithAPIVersion fixes the API version. The default is the newest version that the server serves. The client detects it
// with the first request, without credentials, and again if the server has been upgraded.
func WithAPIVersion(version Version) Option {
	return func(o *options) {
		supported := slices.Contains(versions, version)
		o.refuse(!supported, "API version %v is not supported, only %s", version, allVersions())
		o.version = version
	}
}

// WithTimeouts bounds the waits for the server. [Timeouts] documents the defaults.
func WithTimeouts(timeouts Timeouts) Option {
	return func(o *options) { o.timeouts = timeouts }
}

// WithAttempts sets the maximum number of attempts of a request. The default is 6; 1 disables retries. The client
// retries idempotent requests, such as reads, log-ins and saves, and requests of which no byte was sent. It does so
// after transient failures: no response, a truncated response, or status 408, 425, 429, 499, 502, 503, 504, 520 to 527
// or 598. [WithBackoff] sets the waits between attempts.
func WithAttempts(attempts int) Option {
	return func(o *options) {
		o.refuse(attempts < 1, "the number of attempts is %d, not at least 1", attempts)
		o.retries.attempts = attempts
	}
}

// WithBackoff sets the wait before a retry. The function gets the number of the failed attempt, from 1 on. The client
// calls it from many goroutines concurrently. By default, the wait doubles from 1 second up to 2 minutes, less a random
// part of up to a half. A Retry-After header takes precedence. If it is above 2 minutes, the client does not retry.
func WithBackoff(backoff func(attempt int) time.Duration) Option {
	return func(o *options) {
		o.refuse(backoff == nil, "the back-off is nil")
		o.retries.backoff = backoff
	}
}

// WithRetryNotice calls notice before each wait for a retry. The client calls it from the goroutine of the request, so
// calls may be concurrent. The default is no call.
func WithRetryNotice(notice func(RetryNotice)) Option {
	return func(o *options) { o.retries.notice = notice }
}

// WithMaxTransfers sets the maximum number of concurrent saves, restores, copies and sends. The default is 64. Others
// wait until one has ended, up to FirstByte of [Timeouts]. A [Download] ends when it is closed. The client opens at
// most twice as many connections to the server, so that transfers do not block other requests.
func WithMaxTransfers(transfers int) Option {
	return func(o *options) {
		o.refuse(transfers < 1, "the number of transfers is %d, not at least 1", transfers)
		o.transfers = transfers
	}
}

// WithLogger logs each attempt of a request at debug level: a random id that all attempts of the request share, method,
// API version, route, status, duration, sizes, attempt, and the text of a failure, which may quote the server. Ids of
// items, queries, bodies and tokens are not logged. The default is no log.
func WithLogger(logger *slog.Logger) Option {
	return func(o *options) { o.logger = logger }
}

// WithCertificateFingerprint trusts only the certificate with this SHA-256 fingerprint. Its issuer, name and dates are
// not checked. The fingerprint has 64 hexadecimal digits in any letter case, with or without colons. By default, the
// client verifies certificates with the authorities of the system.
func WithCertificateFingerprint(fingerprint string) Option {
	return func(o *options) {
		want, err := hex.DecodeString(strings.ReplaceAll(strings.TrimSpace(fingerprint), ":", ""))
		const text = "certificate fingerprint %q does not have 64 hexadecimal digits (SHA-256)"
		o.refuse(err != nil || len(want) != sha256.Size, text, fingerprint)
		o.tls.InsecureSkipVerify = true // VerifyConnection verifies each connection
		o.tls.VerifyConnection = verifyFingerprint(want)
		o.trustOnly("certificate fingerprint")
	}
}

// WithCAs trusts only certificates of the authorities in the pool. The default is the authorities of the system.
func WithCAs(pool *x509.CertPool) Option {
	return func(o *options) {
		o.refuse(pool == nil, "the pool of authorities is nil")
		o.tls.RootCAs = pool
		o.trustOnly("pool of authorities")
	}
}

// WithCAFile trusts only certificates of the authorities in a PEM file. NewClient reads the file.
func WithCAFile(name string) Option {
	return func(o *options) {
		o.trustOnly("CA file")
		pem, err := os.ReadFile(name)
		o.refuse(err != nil, "read CA file: %w", err)
		o.tls.RootCAs = x509.NewCertPool()
		o.refuse(!o.tls.RootCAs.AppendCertsFromPEM(pem), "read CA file %s: no certificate in PEM form", name)
	}
}

// WithClientCertificate presents a certificate if the server, or a proxy before it, requests one from its issuer. It
// does not replace the log-in. The default is no certificate.
func WithClientCertificate(certificate tls.Certificate) Option {
	return func(o *options) {
		incomplete := len(certificate.Certificate) == 0 || certificate.PrivateKey == nil
		o.refuse(incomplete, "the client certificate has no certificate or no private key")
		o.tls.Certificates = []tls.Certificate{certificate}
	}
}

// WithInsecureSkipCertificateVerification trusts any certificate. An attacker on the network can then read and change
// all data, including passwords. Prefer [WithCertificateFingerprint].
func WithInsecureSkipCertificateVerification() Option {
	return func(o *options) {
		o.tls.InsecureSkipVerify = true
		o.trustOnly("skipping certificate verification")
	}
}

// refuse records that an option is not valid, if wrong is true.
func (o *options) refuse(wrong bool, format string, args ...any) {
	if wrong && o.wrong == nil {
		o.wrong = invalid(format, args...)
	}
}

func (o *options) trustOnly(what string) {
	o.refuse(o.trust != "", "%s and %s exclude each other", o.trust, what)
	o.trust = what
}
