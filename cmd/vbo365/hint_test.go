package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/vbo365/vbo365-go/api"
)

// TestHints says what to do about failures to connect, and nothing about others.
func TestHints(t *testing.T) {
	t.Parallel()
	dial := func(port int, err error) error {
		return &net.OpError{Op: "dial", Net: "tcp", Addr: &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: port}, Err: err}
	}
	refused := errors.New("connection refused")
	unknown := &net.DNSError{Err: "no such host", Name: "bakcup.example.com", IsNotFound: true}
	for want, err := range map[string]error{
		"check how the name bakcup.example.com is written": &net.OpError{Op: "dial", Net: "tcp", Err: unknown},
		"listen on 4443 by default":                        dial(443, refused),
		"the REST service":                                 dial(4443, refused),
		"a firewall":                                       dial(4443, context.DeadlineExceeded),
		"speaks http at this port":                         tls.RecordHeaderError{Msg: "first record does not look like TLS"},
	} {
		if got := hint(fmt.Errorf("list organizations: %w: %w", api.ErrNoAnswer, err)); !strings.Contains(got, want) {
			t.Errorf("%v: got %q", err, got)
		}
	}
	for _, err := range []error{refused, api.ErrNotFound, &net.DNSError{IsTimeout: true}, &net.OpError{Op: "read"}} {
		if got := hint(err); got != "" {
			t.Errorf("%v: got %q", err, got)
		}
	}
}
