// Command vbo365-fleet saves, restores, copies and sends thousands of OneDrives that are backed up on many servers of
// Veeam Backup for Microsoft 365.
//
//	vbo365-fleet plan list.csv -o attack.plan
//	vbo365-fleet run attack.plan
//	vbo365-fleet report --html report.html
//
// The exit status is one of these [TestCommand]:
//
//	0    success: all items are done
//	1    another failure
//	2    wrong usage, or a list or plan with errors
//	6    some items failed or were cancelled
//	7    the outcome of some items is unknown
//	130  interrupted: run goes on when it is started again
//
// The first Ctrl-C lets the items that have begun end; a second one ends the process at once.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/vbo365/vbo365-go/fleet"
)

// The exit status.
const (
	exitDone        = 0
	exitFailure     = 1
	exitUsage       = 2
	exitFailed      = 6
	exitUnknown     = 7
	exitInterrupted = 130
)

// A status is an error that needs no message, because what it is about has been printed.
type status int

func (s status) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// usageError is a mistake in the arguments or the input.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

type commands struct {
	Plan     planCommand     `cmd:"" help:"Make a plan: check a list against its servers, without changing anything there."`
	Run      runCommand      `cmd:"" help:"Carry out a plan, or go on with it."`
	Worker   workerCommand   `cmd:"" help:"Work on all plans of a database until it is interrupted."`
	Status   statusCommand   `cmd:"" help:"Show how far a plan is."`
	List     listCommand     `cmd:"" help:"List items."`
	Retry    retryCommand    `cmd:"" help:"Begin the items that have failed again, when run or a worker goes on."`
	Pause    pauseCommand    `cmd:"" help:"Keep items from beginning, until continue. What has begun is not interrupted."`
	Cancel   cancelCommand   `cmd:"" help:"Keep the items that have not begun from beginning at all."`
	Continue continueCommand `cmd:"" help:"Undo pause or cancel."`
	Resolve  resolveCommand  `cmd:"" help:"Say what you have found out about an item whose outcome is unknown."`
	Adopt    adoptCommand    `cmd:"" help:"Hand the items of a dead executor to those that live (PostgreSQL)."`
	Report   reportCommand   `cmd:"" help:"Write a report: CSV, JSON, or a page of HTML."`
}

// streams are those of the process.
type streams struct{ out, err *os.File }

func (s streams) say(format string, values ...any) { _, _ = fmt.Fprintf(s.err, format+"\n", values...) }

func main() { os.Exit(Main()) }

// Main runs the command with the arguments and streams of the process, and returns the exit status.
func Main() int {
	signal.Ignore(syscall.SIGPIPE)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s := streams{os.Stdout, os.Stderr}
	caught := make(chan os.Signal, 2)
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(sig) {
			signal.Notify(caught, sig)
		}
	}
	go func() {
		<-caught
		s.say("vbo365-fleet: waiting for the items that have begun; Ctrl-C again ends at once, " +
			"and leaves restores with an unknown outcome")
		cancel()
		for sig := range caught {
			if sig == os.Interrupt {
				os.Exit(exitInterrupted)
			}
		}
	}()
	return run(ctx, os.Args[1:], s)
}

func run(ctx context.Context, args []string, s streams) (code int) {
	parser, err := kong.New(&commands{}, kong.Name("vbo365-fleet"), kong.Writers(s.out, s.err),
		kong.Description("Thousands of OneDrives on many backup servers: save, restore, copy and send."),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(s), kong.UsageOnError(),
		kong.Exit(func(code int) { panic(status(code)) }))
	if err != nil {
		panic(err)
	}
	defer func() {
		if stopped, ok := recover().(status); ok {
			code = int(stopped)
		}
	}()
	command, err := parser.Parse(args)
	if err != nil {
		s.say("vbo365-fleet: %v; see vbo365-fleet --help", err)
		return exitUsage
	}
	err = command.Run()
	var done status
	var input *fleet.InputError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &done):
		return int(done)
	}
	s.say("vbo365-fleet: %v", err)
	var usage usageError
	switch {
	case errors.As(err, &usage), errors.As(err, &input):
		return exitUsage
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		return exitInterrupted
	}
	return exitFailure
}

// account holds the flags for the credentials.
type account struct {
	Credentials string `type:"path" env:"VBO365_FLEET_CREDENTIALS" placeholder:"FILE" help:"File with the credentials of the servers, which only you can read. Otherwise VBO365_USERNAME, VBO365_PASSWORD and others, or the same with _SERVER at the end."`
}

func (a account) servers(logger *slog.Logger) (*fleet.Servers, error) {
	servers, err := fleet.NewServers(a.Credentials, logger)
	if err != nil {
		return nil, usageError{err}
	}
	return servers, nil
}

// database holds the flag for the database.
type database struct {
	Database string `env:"VBO365_FLEET_DATABASE" default:"sqlite:vbo365-fleet.db" placeholder:"ADDRESS" help:"sqlite:FILE, or postgres://… for several machines (default ${default})."`
}

func (d database) open(ctx context.Context) (*fleet.Engine, error) {
	return fleet.Open(ctx, fleet.Config{Database: d.Database})
}

// with opens the database for a function.
func (d database) with(ctx context.Context, work func(*fleet.Engine) error) (err error) {
	engine, err := d.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	return work(engine)
}

// plan holds the flag for the name of a plan.
type planName struct {
	Plan string `placeholder:"NAME" help:"Name of the plan, if the database has several."`
}

// create writes a file that is complete or absent.
func create(name string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(dir(name), ".vbo365-fleet-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}
