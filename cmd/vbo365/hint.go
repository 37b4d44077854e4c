package main

import (
	"crypto/tls"
	"errors"
	"net"
	"strings"
)

// hint returns what to do about an error of the connection, or nothing.
func hint(err error) string {
	if unknown, ok := errors.AsType[*net.DNSError](err); ok && unknown.IsNotFound {
		return "check how the name " + unknown.Name + " is written, and that this computer can resolve it"
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return "the server speaks http at this port, not https, or something else"
	}
	dial, ok := errors.AsType[*net.OpError](err)
	switch {
	case !ok || dial.Op != "dial" || dial.Addr == nil:
		return ""
	case strings.HasSuffix(dial.Addr.String(), ":443"):
		return "an address without a port means port 443; backup servers listen on 4443 by default: https://HOST:4443"
	case !dial.Timeout():
		return "check that the REST service of the backup server is enabled and started, and its port"
	}
	return "check that a firewall lets this computer connect to the server"
}
