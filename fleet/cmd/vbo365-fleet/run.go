package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/vbo365/vbo365-go/fleet"
)

// work holds the flags of what works.
type work struct {
	Concurrency int           `default:"4" placeholder:"N" help:"Saves at once on each server (default ${default}). Restores, copies and messages run one after another for each organization."`
	Total       int           `default:"64" placeholder:"N" help:"Items at once in this process (default ${default})."`
	Attempts    int           `default:"3" placeholder:"N" help:"Attempts for each item (default ${default})."`
	Patience    time.Duration `default:"1h" placeholder:"DURATION" help:"How long the items of a server wait that cannot be reached or refuses the credentials, before they fail (default ${default})."`
	Executor    string        `env:"VBO365_FLEET_EXECUTOR" placeholder:"NAME" help:"Name of this process among those of a PostgreSQL database. It goes on with what a process of this name left. Default: the name of the host."`
	Log         string        `type:"path" placeholder:"FILE" help:"Add a line of JSON for each item, session and warning to this file."`
	JSON        bool          `help:"Write a line of JSON for each item that has ended to standard output."`

	account  `embed:""`
	database `embed:""`
}

type runCommand struct {
	Plan string `arg:"" type:"path" placeholder:"PLAN" help:"File with the plan."`
	work `embed:""`
}

type workerCommand struct {
	work `embed:""`
}

// Run carries out a plan.
func (c runCommand) Run(ctx context.Context, s streams) error { return c.do(ctx, s, c.Plan) }

// Run works on all plans.
func (c workerCommand) Run(ctx context.Context, s streams) error {
	err := c.do(ctx, s, "")
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil // that is how a worker ends
	}
	return err
}

func (w work) do(ctx context.Context, s streams, file string) (err error) {
	logger := slog.New(slog.DiscardHandler)
	if w.Log != "" {
		f, err := os.OpenFile(w.Log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return usageError{err}
		}
		defer func() { _ = f.Close() }()
		logger = slog.New(slog.NewJSONHandler(f, nil))
	}
	if w.Concurrency < 1 || w.Total < 1 || w.Attempts < 1 {
		return usageError{errors.New("--concurrency, --total and --attempts are at least 1")}
	}
	servers, err := w.servers(logger)
	if err != nil {
		return err
	}
	progress := newProgress(s, w.JSON)
	engine, err := fleet.Open(ctx, fleet.Config{
		Database: w.Database, Servers: servers, Logger: logger, Executor: w.Executor,
		PerServer: w.Concurrency, Total: w.Total, Attempts: w.Attempts, OnItem: progress.item, Patience: w.Patience,
		OnServerDown: progress.down,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	if file == "" {
		progress.start(nil)
		defer progress.stop()
		return engine.Run(ctx, fleet.Plan{})
	}
	plan, err := engine.Begin(ctx, file)
	if err != nil {
		return err
	}
	summary, err := engine.Summary(ctx, plan.Name)
	if err != nil {
		return err
	}
	progress.start(&summary)
	err = engine.Run(ctx, plan)
	progress.stop()
	if err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	always := context.WithoutCancel(ctx)
	summary, summaryErr := engine.Summary(always, plan.Name)
	if summaryErr != nil {
		return errors.Join(err, summaryErr)
	}
	if err == nil {
		manifests, manifestErr := engine.WriteManifests(always, plan.Name)
		for _, manifest := range manifests {
			s.say("digests of what was saved: %s", manifest)
		}
		if manifestErr != nil {
			return manifestErr
		}
	}
	if !w.JSON {
		if _, printErr := fmt.Fprintln(s.out, oneLine(summary)); printErr != nil {
			return errors.Join(err, printErr)
		}
	}
	switch {
	case err != nil:
		return err
	case summary.States[fleet.Unknown] > 0:
		return status(exitUnknown)
	case summary.States[fleet.Failed]+summary.States[fleet.Cancelled] > 0:
		return status(exitFailed)
	}
	return nil
}
