package api

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"strings"
)

// verifyFingerprint returns a tls.Config.VerifyConnection. Unlike VerifyPeerCertificate, it is also called for resumed
// connections.
func verifyFingerprint(want []byte) func(tls.ConnectionState) error {
	return func(state tls.ConnectionState) error {
		if seen := sha256.Sum256(state.PeerCertificates[0].Raw); !bytes.Equal(seen[:], want) {
			return fmt.Errorf("%w: its SHA-256 fingerprint is %x, not the expected %x", ErrCertificate, seen, want)
		}
		return nil
	}
}

// explainConnection adds the fingerprint to the error of an untrusted certificate, and recognises http at an https port
// and https at an http port.
func explainConnection(err error) error {
	header, ok := errors.AsType[tls.RecordHeaderError](err)
	switch {
	case ok && string(header.RecordHeader[:]) == "HTTP/":
		return unexpected("the server speaks http at this port, not https")
	case strings.Contains(err.Error(), `malformed HTTP response "\x15\x03`): // a TLS alert
		return unexpected("the server speaks https at this port, not http")
	}
	failure, ok := errors.AsType[*tls.CertificateVerificationError](err)
	if !ok || len(failure.UnverifiedCertificates) == 0 {
		return err
	}
	return fmt.Errorf("%w: %w; if this is the expected server, trust its SHA-256 fingerprint %x",
		ErrCertificate, failure.Err, sha256.Sum256(failure.UnverifiedCertificates[0].Raw))
}
