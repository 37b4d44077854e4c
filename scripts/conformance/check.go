package main

import (
	"errors"
	"fmt"
)

// check is something that a row does or does not do. The names are those in row.json and in spec/generators.json.
type check string

const (
	generated                 check = "generated"
	compiled                  check = "compiled"
	login                     check = "login"
	restoreToOriginalLocation check = "restoreToOriginalLocation"
	sendTo                    check = "sendTo"
	copyTo                    check = "copyTo"
	save                      check = "save"
	saveOneDrive              check = "saveOneDrive" // the whole OneDrive, as one archive
	saveDocument              check = "saveDocument" // a document as it is, without an archive
	saveBody                  check = "saveBody"     // {"save":null} on the wire up to v5, nothing later
	streams                   check = "streams"      // a large save in little memory
	unauthorized              check = "unauthorized" // status 401 is told, whose answer has no body
	serverError               check = "serverError"  // status 500 is told, and the server's message
)

// checks are all checks, in the order in which they are made.
var checks = []check{
	generated, compiled, login, restoreToOriginalLocation, sendTo, copyTo, save, saveOneDrive, saveDocument,
	saveBody, streams, unauthorized, serverError,
}

// outcome tells why a check failed; nil if it passed. What is not in it was not reached.
type outcome map[check]error

func (o outcome) passed(c check) bool {
	err, reached := o[c]
	return reached && err == nil
}

// unexpected gives what differs from what is expected to fail, for better or worse. What was not reached behind an
// expected failure is neither.
func (o outcome) unexpected(fails map[check]string) error {
	var errs []error
	for _, c := range checks {
		err, reached := o[c]
		_, expected := fails[c]
		switch {
		case err != nil && !expected:
			errs = append(errs, fmt.Errorf("%s: %w", c, err))
		case reached && err == nil && expected:
			errs = append(errs, fmt.Errorf("%s: works now; take it out of the row's fails", c))
		}
	}
	return errors.Join(errs...)
}
