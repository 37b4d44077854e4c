package api

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
)

// parseFingerprint reads a SHA-256 fingerprint, with or without colons.
func parseFingerprint(text string) ([sha256.Size]byte, error) {
	var fingerprint [sha256.Size]byte
	digits := strings.ReplaceAll(strings.TrimSpace(text), ":", "")
	raw, err := hex.DecodeString(digits)
	if err != nil || len(raw) != len(fingerprint) {
		return fingerprint, fmt.Errorf("certificate fingerprint %q does not have 64 hexadecimal digits (SHA-256)", text)
	}
	copy(fingerprint[:], raw)
	return fingerprint, nil
}

// verifyFingerprint returns a tls.Config.VerifyConnection. Unlike VerifyPeerCertificate, it is also called for resumed
// connections.
func verifyFingerprint(want [sha256.Size]byte) func(tls.ConnectionState) error {
	return func(state tls.ConnectionState) error {
		if seen := sha256.Sum256(state.PeerCertificates[0].Raw); seen != want {
			return fmt.Errorf("%w: its SHA-256 fingerprint is %x, not the expected %x", ErrCertificate, seen, want)
		}
		return nil
	}
}

func readCAFile(name string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read CA file: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("read CA file %s: no certificate in PEM form", name)
	}
	return pool, nil
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
