package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/vbo365/vbo365-go/api"
)

type doctorCommand struct {
	server
	output

	Org             string `placeholder:"NAME" xor:"org,transcript" help:"Name of the organization. Default: the first one."`
	OwnOrganization bool   `xor:"org" help:"The organization of the account, for accounts that are not administrators."`
	ManagedUser     string `placeholder:"ADDRESS" xor:"transcript" help:"User whom the restore operator of --login operator manages. Default: what is the operator's own (API v6 and later)."`
	ShowNames       bool   `help:"Show names, addresses, ids and messages of the server."`
	Transcript      string `xor:"transcript" type:"path" placeholder:"FILE" help:"Also call what only reads, and record all requests and responses in a new file, with replacements for names, addresses, ids and secrets. See spec/VERIFIED.md."`
	Save            bool   `help:"Also save a small document, without keeping it. A transcript has its size only."`
}

// Help describes the result.
func (c *doctorCommand) Help() string {
	return `Each line is ok, warn or FAIL with what to do, or - if it was not checked. The command changes nothing that stays:
it starts a restore session, and stops it also after a failure or Ctrl-C. It does not retry, unless --attempts says so.

The exit status is 0 if nothing is FAIL, otherwise that of the first FAIL.

By default, the output has no names and addresses, so that it can be published.`
}

// The results of a check.
const (
	resultOK   = "ok"
	resultWarn = "warn"
	resultFail = "fail"
	resultSkip = "skip"
)

// finding is the result of a check, and its JSON form.
type finding struct {
	Check   string `json:"check"`
	Result  string `json:"result"`
	Message string `json:"message"`
	Advice  string `json:"advice"` // what to do

	err     error  // of a failure
	because string // the check that this one needs, and that did not succeed
}

func fine(format string, args ...any) finding {
	return finding{Result: resultOK, Message: fmt.Sprintf(format, args...)}
}

func warning(advice, format string, args ...any) finding {
	return finding{Result: resultWarn, Message: fmt.Sprintf(format, args...), Advice: advice}
}

func skipped(format string, args ...any) finding {
	return finding{Result: resultSkip, Message: fmt.Sprintf(format, args...)}
}

// failing is the finding of an error, with the usual advice.
func failing(err error) finding { return finding{Result: resultFail, err: err, Advice: adviceFor(err)} }

// A check examines one thing.
type check struct {
	name  string
	needs string // the name of the check without whose success this one makes no sense
	run   func(context.Context) finding
}

// examination is one run of the command, with what its checks have found out.
type examination struct {
	*doctorCommand
	t       terminal
	names   names
	client  *api.Client
	witness *witness
	address *url.URL // of the server
	proxy   *url.URL // nil if there is none

	organization api.Organization
	session      *api.RestoreSession // until it is stopped
	started      time.Time           // by the clock of the server
	drive        api.OneDrive
	documents    []api.Document
	itemTimes    []api.Time
}

// checks returns the checks in their order.
func (e *examination) checks() []check {
	checks := []check{
		{"proxy", "", e.checkProxy},
		{"name", "", e.checkName},
		{"connection", "name", e.checkConnection},
		{"certificate", "connection", e.checkCertificate},
		{"versions", "certificate", e.checkVersions},
		{"clock", "certificate", e.checkClock},
		{"log-in", "versions", e.checkLogIn},
		{"build", "log-in", e.checkBuild},
		{"organizations", "log-in", e.checkOrganizations},
		{"session", "organizations", e.checkSession},
		{"drives", "session", e.checkDrives},
		{"content", "drives", e.checkContent},
		{"times", "session", e.checkTimes},
	}
	if e.Transcript != "" {
		checks = append(checks, check{"reads", "session", e.checkReads})
	}
	if e.Save {
		checks = append(checks, check{"save", "content", e.checkSave})
	}
	return append(checks, check{"mail", "log-in", e.checkMail}, check{nameStop, "session", e.checkStop})
}

const nameStop = "stop"

// Run examines the server.
func (c *doctorCommand) Run(ctx context.Context, t terminal) error {
	return c.observed(ctx, t, &witness{record: c.Transcript != ""})
}

// observed examines the server with the requests and responses passing a witness.
func (c *doctorCommand) observed(ctx context.Context, t terminal, w *witness) (err error) {
	if c.Attempts == nil {
		c.Attempts = new(1)
	}
	e := &examination{doctorCommand: c, t: t, witness: w}
	if e.client, err = c.newClient(ctx, t, api.WithTransport(e.witness.wrap)); err != nil {
		return err
	}
	defer e.client.CloseIdleConnections()
	if e.address, err = url.Parse(c.Server); err != nil {
		return err // which the client has reported
	}
	e.names.add("HOST", e.address.Hostname())
	e.names.add("USER", c.Username)
	for part := range strings.FieldsFuncSeq(c.Username, func(r rune) bool { return strings.ContainsRune(`\@/`, r) }) {
		if len(part) > 2 { // shorter ones are in words of this command
			e.names.add("USER", part)
		}
	}
	c.OwnOrganization = c.OwnOrganization || c.Login == "operator" // who may not list the organizations
	if c.Org == "" && !c.OwnOrganization && c.Transcript == "" {
		c.Org = c.org // of the profile
	}
	e.names.add("ORGANIZATION", c.Org)
	e.names.add("OWNER", c.ManagedUser)
	var lines []finding
	if c.Transcript != "" {
		file, createErr := createTranscript(c.Transcript)
		if createErr != nil {
			return createErr
		}
		defer func() {
			for i := range lines {
				lines[i] = e.published(ctx, lines[i])
			}
			err = both(err, e.witness.write(file, t, lines))
		}()
	}
	lines, err = e.examine(ctx)
	return err
}

// examine runs the checks, and reports each as soon as it has ended. The error is that of the first failure.
func (e *examination) examine(ctx context.Context) (lines []finding, err error) {
	results := make(map[string]string)
	var failed, idle []string
	var first, outputErr error
	for _, check := range e.checks() {
		var f finding
		switch {
		case check.name == nameStop && e.session != nil:
			f = check.run(ctx)
		case ctx.Err() != nil:
			f = skipped("interrupted")
			first = cmp.Or(first, context.Cause(ctx))
		case results[check.needs] == resultFail, results[check.needs] == resultSkip:
			f = skipped("not checked, because of %s", check.needs)
			f.because = check.needs
		default:
			f = check.run(ctx)
		}
		f.Check = check.name
		results[check.name] = f.Result
		if f.Result == resultFail {
			failed = append(failed, check.name)
			first = cmp.Or(first, f.err)
		}
		lines = append(lines, f)
		if f.because != "" && !e.JSON {
			idle = append(idle, f.Check) // one line for all
			continue
		}
		outputErr = cmp.Or(outputErr, e.print(ctx, f))
	}
	if len(idle) > 0 {
		outputErr = cmp.Or(outputErr, outputError(printf(e.t.out, "-     not checked: %s\n", strings.Join(idle, ", "))))
	}
	switch {
	case len(failed) > 0:
		err = checksFailed{failed, first}
	case first != nil:
		err = first
	}
	return lines, both(err, outputErr)
}

// checksFailed says which checks have failed. The exit status is that of the first.
type checksFailed struct {
	checks []string
	first  error
}

func (e checksFailed) Error() string { return "failed: " + strings.Join(e.checks, ", ") }

// Is and As find what decides on the exit status in the first failure. Nothing else is shown of it, such as names.
func (e checksFailed) Is(target error) bool { return errors.Is(e.first, target) }

func (e checksFailed) As(target any) bool {
	_, ok := target.(**api.Error)
	return ok && errors.As(e.first, target)
}

// shown returns a finding with the text of its error.
func (f finding) shown() finding {
	if f.err != nil {
		f.Message = f.err.Error()
	}
	return f
}

// published returns a finding without names, and without what the server says, which may be anything.
func (e *examination) published(ctx context.Context, f finding) finding {
	f = f.shown()
	if failed, ok := errors.AsType[*api.Error](f.err); ok && failed.StatusCode != 0 {
		kind, _ := classify(ctx, f.err)
		f.Message = fmt.Sprintf("%s: %d %s (%s); --show-names says more", step(f.err), failed.StatusCode,
			http.StatusText(failed.StatusCode), kind)
	}
	f.Message, f.Advice = e.names.replace(f.Message), e.names.replace(f.Advice)
	return f
}

// step returns the innermost operation of an error: "log in", for example.
func step(err error) string {
	failed, ok := errors.AsType[*api.Error](err)
	if !ok {
		return ""
	}
	return cmp.Or(step(failed.Err), failed.Op)
}

func (e *examination) print(ctx context.Context, f finding) error {
	if e.ShowNames {
		f = f.shown()
	} else {
		f = e.published(ctx, f)
	}
	if e.JSON {
		return outputError(e.t.encode("check", f))
	}
	mark := map[string]string{resultOK: "ok", resultWarn: "warn", resultFail: "FAIL", resultSkip: "-"}[f.Result]
	err := printf(e.t.out, "%-4s  %-13s  %s\n", mark, f.Check, f.Message)
	if f.Advice != "" && err == nil {
		err = printf(e.t.out, "%21s%s\n", "-> ", f.Advice)
	}
	return outputError(err)
}

// adviceFor returns what to do about an error.
func adviceFor(err error) string {
	switch text := hint(err); {
	case text != "":
		return text
	case errors.Is(err, api.ErrCertificate):
		return "compare the certificate with that of the server: it was replaced, or something else responds"
	case strings.Contains(err.Error(), `malformed HTTP response "\x15\x03`):
		return "the server speaks https at this port, not http: begin the address with https"
	case errors.Is(err, api.ErrUnauthorized):
		return `check the user name (DOMAIN\user, or the account that a tenant was added with), the password and --login`
	case errors.Is(err, api.ErrForbidden):
		return "check that the account is an administrator of the backup server; others need --own-organization"
	case errors.Is(err, api.ErrAPIVersion), errors.Is(err, api.ErrUnexpected):
		return "check that this is the address of the REST service, port 4443 by default, and that nothing is in between"
	case errors.Is(err, api.ErrServer), isBusy(err):
		return "try again later, and look into the logs of the backup server"
	case errors.Is(err, api.ErrNoAnswer), errors.Is(err, api.ErrTimeout), errors.Is(err, context.DeadlineExceeded):
		return "check that the server runs, and that nothing between this computer and the server drops the connection"
	}
	return ""
}
