// Command vbo365 restores, mails, copies and saves OneDrive folders that Veeam Backup for Microsoft 365 has backed up,
// and simulates a backup server.
//
//	vbo365 demo
//	vbo365 simulate --backup DIR
//	vbo365 save --server https://backup.example.com:4443 --username 'EXAMPLE\operator' --fingerprint 9f86d081… \
//		--session ID --drive ID --folder ID -o invoices.zip
//
// "vbo365 config add" keeps a server under a name, with its account and the fingerprint of its certificate, which it shows
// and asks for. Flags take precedence over environment variables, these over the profile of the server, and that over
// defaults [TestScripts/config]. "vbo365 completion" is for bash, zsh, fish [scripts/completion-test.sh] and PowerShell.
//
// Results go to standard output: text for people or, with --json, one JSON object per line for programs, also for
// errors [TestScripts/result]. The command schema prints the JSON Schema of these lines [TestSchemaIsStrict]. Messages
// and progress go to standard error. The exit status is one of these [TestExitStatus] [TestScripts/exit]
// [TestScripts/night]; any other number is a failure, too:
//
//	0    success
//	1    another failure, for example of this computer; also if the result could not be written: it is then on
//	     standard error
//	2    wrong usage
//	3    credentials or certificate refused
//	4    not found, the restore session has ended, or the server does not serve the API version
//	5    the server failed or cannot be reached, and nothing was restored, copied or sent: a retry may help
//	6    incomplete: a stream ended early, or some items were not written
//	7    outcome unknown: a restore, copy or send may or may not have been carried out; check before a retry
//	130  interrupted
//
// A restore that may replace more than 1000 documents asks on a terminal, and fails elsewhere, before anything is sent,
// unless --yes is given [TestScripts/terminal].
//
// After Ctrl-C, SIGTERM or SIGHUP, the command stops its session, removes incomplete files, and ends [TestSignals]. A
// second Ctrl-C ends it at once [TestSecondInterrupt]. If only the stop of the restore session fails, the command
// succeeds and prints a warning with the id of the session [TestScripts/left].
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/vbo365/vbo365-go/api"
)

func main() {
	os.Exit(Main(terminal{in: os.Stdin, out: os.Stdout, err: os.Stderr}))
}

// Main runs the command with the arguments of the process, until it is done or interrupted, and returns the exit
// status.
func Main(t terminal) int {
	// A reader such as head may close the pipe early. The command must still stop its session.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := interruptible(context.Background())
	defer stop()
	return run(ctx, os.Args[1:], t)
}

type commands struct {
	Demo     demoCommand     `cmd:"" help:"Show what the command can do, against a simulator in this process."`
	Simulate simulateCommand `cmd:"" help:"Serve a directory as a backed-up OneDrive."`
	Save     saveCommand     `cmd:"" help:"Save folders, documents or a whole OneDrive to a file."`
	Restore  restoreCommand  `cmd:"" help:"Restore folders, documents or a whole OneDrive to where they were backed up from."`
	Copy     copyCommand     `cmd:"" help:"Copy folders, documents or a whole OneDrive to another OneDrive."`
	Send     sendCommand     `cmd:"" help:"Mail folders, documents or a whole OneDrive as an attachment."`

	Verify verifyCommand `cmd:"" help:"Compare a saved file with its manifest."`

	Orgs     orgsCommand     `cmd:"" help:"List the organizations."`
	Drives   drivesCommand   `cmd:"" help:"List the backed-up OneDrives."`
	Ls       lsCommand       `cmd:"" help:"List a folder."`
	Tree     treeCommand     `cmd:"" help:"List a folder and its subfolders."`
	Find     findCommand     `cmd:"" help:"Search for folders and documents."`
	Versions versionsCommand `cmd:"" help:"List the previous versions of a folder or document (API v6 and later)."`

	RestorePoints restorePointsCommand `cmd:"" help:"List the restore points of an organization."`
	Sessions      sessionsCommand      `cmd:"" help:"List, start, stop and follow restore sessions."`
	MailSettings  mailCommand          `cmd:"" help:"Show or change how the server sends mail."`
	Doctor        doctorCommand        `cmd:"" help:"Check the connection, the account and the server, and say what to do."`

	Config     configCommand     `cmd:"" help:"Keep servers by name, with what is needed to log in."`
	Version    versionCommand    `cmd:"" help:"Print the version of this program."`
	Schema     schemaCommand     `cmd:"" help:"Print the JSON Schema of the lines that --json writes."`
	Completion completionCommand `cmd:"" help:"Print a script for a shell that completes commands, flags and values."`
	Man        manCommand        `cmd:"" help:"Write the manual pages."`
	Complete   completeCommand   `cmd:"" name:"__complete" hidden:"" help:"Print candidates for a shell."`
}

const about = `Restore, mail, copy and save backed-up OneDrive folders.

A flag takes precedence over its environment variable, that over the profile of the server, and that over the default.
"vbo365 config add" makes a profile. Passwords come from a file, a program, the environment (VBO365_PASSWORD,
VBO365_USER_PASSWORD), or a prompt.`

const description = about + "\n\nExit status: " + exitStatuses

const exitStatuses = `0 success, 1 other failure, 2 wrong usage, 3 credentials or certificate refused, 4 not found,
5 server failed or unreachable, 6 incomplete, 7 outcome unknown: check before a retry, 130 interrupted.`

// exitRequest is the panic that carries kong's request to exit, after --help.
type exitRequest int

func run(ctx context.Context, args []string, t terminal) (status int) {
	var cli commands
	t.job = newJob()
	t.job.json = slices.Contains(args, "--json") // also if the arguments cannot be parsed
	parser, err := newParser(&cli, t, kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(t))
	if err != nil {
		t.say("%v", err)
		return exitFailure
	}
	defer func() {
		if r := recover(); r != nil {
			request, ok := r.(exitRequest)
			if !ok {
				panic(r)
			}
			status = int(request)
		}
	}()
	command, err := parser.Parse(args)
	if failed, ok := errors.AsType[*kong.ParseError](err); ok {
		command = failed.Context
	}
	t.job.base.Action = nameOf(command)
	if err == nil {
		err = cmp.Or(checkRepeated(command), checkZone())
	}
	if errors.Is(err, syscall.EPIPE) { // of --help
		return exitFailure
	}
	if err != nil && !isUsage(err) {
		err = usageError{fmt.Errorf("%w; try: %s --help", err, strings.TrimSpace("vbo365 "+t.job.base.Action))}
	}
	if err != nil {
		return t.finish(ctx, err)
	}
	return t.finish(ctx, command.Run())
}

// nameOf returns the name of a command, such as "sessions stop".
func nameOf(command *kong.Context) string {
	var names []string
	if command != nil {
		for _, part := range command.Path {
			if part.Command != nil {
				names = append(names, part.Command.Name)
			}
		}
	}
	return strings.Join(names, " ")
}

func newParser(cli *commands, t terminal, more ...kong.Option) (*kong.Kong, error) {
	return kong.New(cli, append(more,
		kong.Name("vbo365"),
		kong.Description(description),
		kong.Writers(t.out, t.err),
		kong.Exit(func(code int) { panic(exitRequest(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		variables(),
		kong.PostBuild(addExamples),
	)...)
}

// checkRepeated refuses a second value of a flag that takes one value: kong silently takes the last.
func checkRepeated(command *kong.Context) error {
	given := make(map[*kong.Flag]bool)
	for _, part := range command.Path {
		if part.Flag == nil || part.Flag.IsSlice() {
			continue
		}
		if given[part.Flag] {
			return fmt.Errorf("--%s is given twice", part.Flag.Name)
		}
		given[part.Flag] = true
	}
	return nil
}

// variables are for the flags: the versions of the API and the ways to log in that there are.
func variables() kong.Vars {
	versions := api.Versions()
	names := make([]string, len(versions))
	for i, version := range versions {
		names[i] = version.String()
	}
	return kong.Vars{
		"apiVersions": strings.Join(names, ","), "oldestAPI": names[0], "newestAPI": names[len(names)-1],
		"logins": strings.Join(slices.Sorted(maps.Keys(logins)), ","),
	}
}
