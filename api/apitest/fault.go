package apitest

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// FaultKind is a kind of fault.
type FaultKind string

// The kinds of faults, and the argument of each. Faults that change the body of the response carry the operation out.
// The others carry it out only with [Fault.After].
const (
	FaultLatency        FaultKind = "latency"         // the response is delayed by a duration, 1s by default
	FaultTLS            FaultKind = "tls"             // the TLS handshake fails: alert (default), reset or hang
	FaultReset          FaultKind = "reset"           // the connection is reset in place of a response
	FaultUnauthorized   FaultKind = "401"             // without a body
	FaultRefreshExpired FaultKind = "refresh-expired" // refresh tokens are refused; other grants work
	FaultRequestTimeout FaultKind = "408"             // Retry-After: 30 (seconds), 30s (as a date), a date, or none
	FaultBusy           FaultKind = "429"             // as above
	FaultServerError    FaultKind = "500"             // the body is json (default), html or empty
	FaultBadGateway     FaultKind = "502"             // with a proxy's page
	FaultUnavailable    FaultKind = "503"             // Retry-After, as above
	FaultGatewayTimeout FaultKind = "504"             // with a proxy's page
	FaultRedirect       FaultKind = "redirect"        // to another host (host, the default), to the same, or to http
	FaultWrongType      FaultKind = "wrong-type"      // 200 with an HTML page
	FaultWrongAnswer    FaultKind = "wrong-answer"    // 200 with another body, see [Fault]; message by default
	FaultGarbage        FaultKind = "garbage"         // 200 with truncated JSON
	FaultStall          FaultKind = "stall"           // the body stops after a number of bytes, 0 by default
	FaultTrickle        FaultKind = "trickle"         // the bytes are sent one by one, 1ms apart by default
	FaultCutLength      FaultKind = "cut-length"      // the connection closes after a number of bytes
	FaultCutChunked     FaultKind = "cut-chunked"     // the same, with chunked encoding
	FaultCutClose       FaultKind = "cut-close"       // the same, with neither length nor chunked encoding
	FaultShortLength    FaultKind = "short-length"    // the body and its length end after a number of bytes (0)
	FaultShortChunked   FaultKind = "short-chunked"   // the same, with chunked encoding, ended properly
	FaultPartial        FaultKind = "206"             // the same, 1 byte by default, as partial content
	FaultGzip           FaultKind = "gzip"            // the body is compressed, even if not accepted
	FaultLonger         FaultKind = "longer"          // the body is longer than its length
	FaultDuplicate      FaultKind = "duplicate"       // the response is sent twice
)

// Fault is a fault, and the requests that it affects. It does not affect requests that are refused anyway, for a wrong
// path or an invalid token for example.
//
// [FaultTLS] affects connections, not operations. With hang, the server does not respond to the handshake for up to ten
// seconds, or until the client closes the connection.
//
// [FaultWrongAnswer] sends JSON (message: an object with a message; object: an empty object; session: an object with an
// empty session id), a log-in page as plain text (login), or with the content type of an archive an HTML page (page) or
// an empty body (empty).
//
// A stall or cut does not affect a body that is not longer than its number of bytes. A save with chunked encoding
// ([Config].Chunked) keeps it, even with [FaultCutLength]. A client can detect a cut from HTTP. [FaultShortLength],
// [FaultShortChunked] and [FaultPartial] send valid HTTP. These three, [FaultGzip], [FaultLonger], [FaultDuplicate],
// and faults with After, buffer the response in memory.
type Fault struct {
	Kind FaultKind

	// Arg is the argument of the kind. The default depends on the kind.
	Arg string

	// Operation is an operationId of the OpenAPI document, or the name of an action such as save, in any letter case.
	// The name of an action matches it in all versions. The default is all operations.
	Operation string

	// After carries the operation out before the fault. By default, only faults that change the body of the response
	// do.
	After bool

	// Times is the number of requests that the fault affects: the first ones that match. The default is all.
	Times int

	// Probability, more than 0 and less than 1, affects a random part of the requests. Seed is the seed of the random
	// numbers. The default is all requests.
	Probability float64
	Seed        uint64
}

var faultText = regexp.MustCompile(
	`^([a-z0-9-]+?)(?::([^@~]+?))?(?:@([A-Za-z]+?))?(/after)?(?:x([0-9]+))?(?:~([0-9.]+))?$`)

// ParseFault parses the text form of a fault:
//
//	KIND[:ARG][@OPERATION][/after][xTIMES][~PROBABILITY]
//
// for example "503:30x2", "cut-length:1000@save", "reset@copyTo/after" or "latency:2s~0.1". Its errors list the valid
// values.
func ParseFault(text string) (Fault, error) {
	parts := faultText.FindStringSubmatch(text)
	if parts == nil {
		return Fault{}, fmt.Errorf("fault %q: must be KIND[:ARG][@OPERATION][/after][xTIMES][~PROBABILITY], "+
			"where KIND is one of %s", text, listFaults())
	}
	f := Fault{Kind: FaultKind(parts[1]), Arg: parts[2], Operation: parts[3], After: parts[4] != ""}
	var err error
	if parts[5] != "" {
		if f.Times, err = strconv.Atoi(parts[5]); err != nil || f.Times == 0 {
			return Fault{}, fmt.Errorf("fault %q: x must be followed by how many requests meet it, 1 or more", text)
		}
	}
	if parts[6] != "" {
		f.Probability, err = strconv.ParseFloat(parts[6], 64)
		if err != nil || f.Probability <= 0 || f.Probability >= 1 {
			return Fault{}, fmt.Errorf("fault %q: ~ must be followed by a probability between 0 and 1", text)
		}
	}
	if _, err := f.prepare(); err != nil {
		return Fault{}, err
	}
	return f, nil
}

// String returns the text form that [ParseFault] parses, without the seed.
func (f Fault) String() string {
	text := string(f.Kind)
	if f.Arg != "" {
		text += ":" + f.Arg
	}
	if f.Operation != "" {
		text += "@" + f.Operation
	}
	if f.After {
		text += "/after"
	}
	if f.Times > 0 {
		text += "x" + strconv.Itoa(f.Times)
	}
	if f.Probability > 0 {
		text += "~" + strconv.FormatFloat(f.Probability, 'f', -1, 64)
	}
	return text
}

// Inject adds a fault for the following requests. If several faults match a request, the one that was injected first
// affects it. If the fault is not valid, Inject returns an error.
func (s *Server) Inject(fault Fault) error {
	p, err := fault.prepare()
	if err != nil {
		return err
	}
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.list = append(s.faults.list, p)
	return nil
}

// RemoveFaults removes all faults. Requests that are already affected stay so.
func (s *Server) RemoveFaults() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.list = nil
}

// Faults returns the number of requests, or of connections, that a fault of each kind has affected. The caller may
// change the result.
func (s *Server) Faults() map[FaultKind]int {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	return maps.Clone(s.faults.struck)
}

// Executions returns how often each operation that is not read-only has started: by the name of the action
// (restoreToOriginalLocation, copyTo, sendTo, explore, stop), or else by operationId. Refused requests are not counted.
// The caller may change the result.
func (s *Server) Executions() map[string]int {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	return maps.Clone(s.faults.executions)
}

// execute counts that the operation of a request is being carried out.
func (s *Server) execute(e *exchange) {
	name := cmp.Or(e.action(), e.route.operation.OperationID)
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.executions[name]++
}

// faults is safe for concurrent use.
type faults struct {
	mu         sync.Mutex
	list       []*preparedFault
	struck     map[FaultKind]int
	executions map[string]int
}

// preparedFault is a fault that was checked.
type preparedFault struct {
	Fault
	kind     faultKind
	duration time.Duration
	bytes    int64
	left     int // of Times
	chance   *rand.Rand
}

// faultKind is how a fault is checked and carried out.
type faultKind struct {
	arg     string // the default
	readArg func(f *preparedFault, arg string) error
	answer  func(s *Server, e *exchange, f *preparedFault)
	spoils  bool // the answer itself
}

var errArg = errors.New("must be")

func durationArg(f *preparedFault, arg string) (err error) {
	if f.duration, err = time.ParseDuration(arg); err != nil || f.duration < 0 {
		return fmt.Errorf("%w a duration such as 2s or 100ms", errArg)
	}
	return nil
}

func bytesArg(least int64) func(*preparedFault, string) error {
	return func(f *preparedFault, arg string) (err error) {
		if f.bytes, err = strconv.ParseInt(arg, 10, 64); err != nil || f.bytes < least {
			return fmt.Errorf("%w a number of bytes, %d or more", errArg, least)
		}
		return nil
	}
}

func oneOfArg(words ...string) func(*preparedFault, string) error {
	return func(f *preparedFault, arg string) error {
		if !slices.Contains(words, arg) {
			return fmt.Errorf("%w one of %s", errArg, strings.Join(words, ", "))
		}
		f.Arg = arg
		return nil
	}
}

func retryAfterArg(f *preparedFault, arg string) error {
	_, notSeconds := strconv.ParseUint(arg, 10, 31)
	_, notDate := http.ParseTime(arg)
	if arg != "" && notSeconds != nil && notDate != nil && durationArg(f, arg) != nil {
		return fmt.Errorf("%w seconds, a duration such as 30s, or an HTTP date", errArg)
	}
	return nil
}

func noArg(_ *preparedFault, arg string) error {
	if arg != "" {
		return fmt.Errorf("%w left out", errArg)
	}
	return nil
}

// faultKinds has every kind. A function breaks the circle between it and what is in it.
func faultKinds() map[FaultKind]faultKind {
	return map[FaultKind]faultKind{
		FaultLatency:        {arg: "1s", readArg: durationArg, answer: answerLate},
		FaultTLS:            {arg: "alert", readArg: oneOfArg("alert", "reset", "hang")},
		FaultReset:          {readArg: noArg, answer: resetConnection},
		FaultUnauthorized:   {readArg: noArg, answer: answerStatus},
		FaultRefreshExpired: {readArg: noArg, answer: refuseRefresh},
		FaultRequestTimeout: {readArg: retryAfterArg, answer: answerStatus},
		FaultBusy:           {readArg: retryAfterArg, answer: answerStatus},
		FaultServerError:    {arg: "json", readArg: oneOfArg("json", "html", "empty"), answer: answerStatus},
		FaultBadGateway:     {readArg: noArg, answer: answerStatus},
		FaultUnavailable:    {readArg: retryAfterArg, answer: answerStatus},
		FaultGatewayTimeout: {readArg: noArg, answer: answerStatus},
		FaultRedirect:       {arg: "host", readArg: oneOfArg("host", "same", "http"), answer: redirect},
		FaultWrongType:      {readArg: noArg, answer: answerWrongType},
		FaultWrongAnswer: {
			arg: "message", readArg: oneOfArg(slices.Sorted(maps.Keys(wrongAnswers))...), answer: answerWrongly,
		},
		FaultGarbage:      {readArg: noArg, answer: answerGarbage},
		FaultStall:        {arg: "0", readArg: bytesArg(0), answer: spoilBody, spoils: true},
		FaultTrickle:      {arg: "1ms", readArg: durationArg, answer: spoilBody, spoils: true},
		FaultCutLength:    {arg: "0", readArg: bytesArg(0), answer: spoilBody, spoils: true},
		FaultCutChunked:   {arg: "0", readArg: bytesArg(0), answer: spoilBody, spoils: true},
		FaultCutClose:     {arg: "0", readArg: bytesArg(0), answer: spoilBody, spoils: true},
		FaultShortLength:  {arg: "0", readArg: bytesArg(0), answer: answerAltered, spoils: true},
		FaultShortChunked: {arg: "0", readArg: bytesArg(0), answer: answerAltered, spoils: true},
		FaultPartial:      {arg: "1", readArg: bytesArg(1), answer: answerAltered, spoils: true},
		FaultGzip:         {readArg: noArg, answer: answerAltered, spoils: true},
		FaultLonger:       {readArg: noArg, answer: answerTooMuch, spoils: true},
		FaultDuplicate:    {readArg: noArg, answer: answerTooMuch, spoils: true},
	}
}

func listFaults() string {
	var names []string
	for kind := range faultKinds() {
		names = append(names, string(kind))
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

func (f Fault) prepare() (*preparedFault, error) {
	kind, ok := faultKinds()[f.Kind]
	if !ok {
		return nil, fmt.Errorf("fault %q: there is no kind %q; the kinds are %s", f, f.Kind, listFaults())
	}
	p := &preparedFault{Fault: f, kind: kind, left: f.Times}
	if err := kind.readArg(p, cmp.Or(f.Arg, kind.arg)); err != nil {
		return nil, fmt.Errorf("fault %q: the argument of %s %w", f, f.Kind, err)
	}
	switch {
	case f.Times < 0 || f.Probability < 0 || f.Probability >= 1:
		return nil, fmt.Errorf("fault %q: times or probability is out of range", f)
	case f.Kind == FaultTLS && (f.Operation != "" || f.After):
		return nil, fmt.Errorf("fault %q: a connection does not know its operations yet", f)
	case f.Kind == FaultRefreshExpired && (f.Operation != "" || f.After):
		return nil, fmt.Errorf("fault %q: it is about tokens only, and a refused token cannot be given", f)
	}
	if f.Operation != "" {
		names := operationNames()
		known := func(name string) bool { return strings.EqualFold(name, f.Operation) }
		if !slices.ContainsFunc(names, known) {
			return nil, fmt.Errorf("fault %q: there is no operation %q; they are %s",
				f, f.Operation, strings.Join(names, ", "))
		}
	}
	if f.Probability > 0 {
		p.chance = rand.New(rand.NewPCG(f.Seed, 0)) //nolint:gosec // chance is to be repeatable here
	}
	return p, nil
}

// operationNames gives the actions and the operations of the document.
func operationNames() []string {
	actions := slices.Compact(slices.Sorted(maps.Values(pathActions)))
	return append(actions, slices.Sorted(maps.Keys(operations))...)
}

// fits tells whether a request, or a connection if there is none, can meet the fault.
func (f *preparedFault) fits(e *exchange) bool {
	if e == nil || f.Kind == FaultTLS {
		return e == nil && f.Kind == FaultTLS
	}
	if f.Kind == FaultRefreshExpired {
		form, err := url.ParseQuery(string(e.body))
		return err == nil && e.route.operation.OperationID == "createToken" && form.Get("grant_type") == "refresh_token"
	}
	return f.Operation == "" || strings.EqualFold(f.Operation, e.route.operation.OperationID) ||
		strings.EqualFold(f.Operation, e.action())
}

// strike gives the fault that a request or a new connection meets, nil if none.
func (fs *faults) strike(e *exchange) *preparedFault {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	for _, f := range fs.list {
		if f.Times > 0 && f.left == 0 || !f.fits(e) || f.chance != nil && f.chance.Float64() >= f.Probability {
			continue
		}
		f.left--
		fs.struck[f.Kind]++
		return f
	}
	return nil
}

// meet is for [tls.Config].GetConfigForClient.
func (fs *faults) meet(hello *tls.ClientHelloInfo) (*tls.Config, error) {
	f := fs.strike(nil)
	if f == nil {
		return nil, nil //nolint:nilnil // package tls takes that for no change
	}
	switch f.Arg {
	case "reset":
		reset(hello.Conn)
	case "hang":
		// A client that waits for the answer sends nothing. This ends when it closes the connection, and when the
		// server does: after readHeaderTimeout, or when it is closed itself.
		_, _ = io.Copy(io.Discard, hello.Conn)
	}
	return nil, errors.New("an injected fault")
}
