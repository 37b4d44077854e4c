package api

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/vbo365/vbo365-go/gen"
)

// Client sends requests to one backup server with one account. [NewClient] makes one. It is safe for concurrent use.
// Share it: it reuses the token and the connections.
type Client struct {
	server    string          // without the API version
	transport *http.Transport // the client's own
	sender    *http.Client
	retries   retryPolicy
	versions  *versionSource
	started   *sync.Map // the ids of restore sessions that the client has started and not stopped
	operator  bool      // the account is that of a restore operator

	// The chains with and without a token.
	authorised, anonymous handler
}

// NewClient returns a client for the server at an address such as "https://backup.example.com:4443". The address has no
// API version. Its default port is 443, as in any URL; backup servers listen on 4443 by default. NewClient sends
// nothing.
//
// An http address is refused, unless it is that of the loopback interface, because bodies contain passwords. If the
// address or an option is not valid, the error matches [ErrInvalid].
func NewClient(server string, opts ...Option) (client *Client, err error) {
	defer func() { err = failed("new client", err) }()
	base, err := parseServer(server)
	if err != nil {
		return nil, err
	}
	transport := newTransport()
	o := options{tls: transport.TLSClientConfig, transfers: defaultTransfers}
	o.retries.attempts = defaultAttempts
	for _, opt := range opts {
		opt(&o)
	}
	oneLogin := (o.login.GrantType == "") != (o.tokens == nil)
	o.refuse(!oneLogin, "exactly one way to log in is needed, WithPassword for example")
	if o.wrong != nil {
		return nil, o.wrong
	}
	timeouts := o.timeouts.complete()
	transport.DialContext = (&net.Dialer{Timeout: timeouts.Connect, KeepAlive: 30 * time.Second}).DialContext
	transport.TLSHandshakeTimeout = timeouts.TLSHandshake
	transport.MaxConnsPerHost = 2 * o.transfers // see watch
	transport.MaxIdleConnsPerHost = transport.MaxConnsPerHost
	var sender http.RoundTripper = ownTransport{transport}
	if o.wrap != nil {
		if sender = o.wrap(sender); sender == nil {
			return nil, invalid("the transport is nil")
		}
	}
	client = &Client{server: base, transport: transport, started: new(sync.Map), retries: o.retries}
	client.operator = o.login.GrantType == gen.GrantTypeOperator
	client.sender = &http.Client{
		Transport:     sender,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	client.assembleChain(o)
	return client, nil
}

var versionSegment = regexp.MustCompile(`(?i)/v\d+$`)

// parseServer checks the address of a server, and removes slashes at its end.
func parseServer(server string) (string, error) {
	u, err := url.Parse(server)
	if err != nil {
		// The error of package url quotes the address, which may contain a password.
		return "", invalid("the server's address is not a URL")
	}
	u.Path = strings.TrimRight(u.Path, "/")
	switch {
	case u.User != nil:
		return "", invalid("the server's address must not have a user name or password in it")
	case u.Scheme != "https" && u.Scheme != "http", u.Host == "", u.Hostname() == "":
		return "", invalid("the server's address must look like https://backup.example.com:4443")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return "", invalid("plain http would send passwords unencrypted: use https with %s", u.Host)
	case u.RawQuery != "" || u.Fragment != "":
		return "", invalid("the server's address must not have a query or a fragment")
	case versionSegment.MatchString(u.Path):
		return "", invalid("the server's address must not have the API version in it: leave %s out",
			versionSegment.FindString(u.Path))
	}
	return u.String(), nil
}

func isLoopback(host string) bool {
	return strings.EqualFold(host, "localhost") || net.ParseIP(host).IsLoopback()
}

const defaultTransfers = 64

// CloseIdleConnections closes the connections that are not in use. The client can still be used.
func (c *Client) CloseIdleConnections() {
	c.sender.CloseIdleConnections() // of a custom transport
	c.transport.CloseIdleConnections()
}

// String returns the server's address.
func (c Client) String() string { return c.server }

// Format writes the server's address, for all verbs.
func (c Client) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(c.server)) }

// LogValue returns the server's address.
func (c Client) LogValue() slog.Value { return slog.StringValue(c.server) }
