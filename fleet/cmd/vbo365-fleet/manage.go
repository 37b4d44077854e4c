package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/vbo365/vbo365-go/fleet"
)

type statusCommand struct {
	planName `embed:""`
	database `embed:""`
	JSON     bool `help:"Write JSON."`
}

// Run shows how far a plan is.
func (c statusCommand) Run(ctx context.Context, s streams) error {
	return c.with(ctx, func(engine *fleet.Engine) error {
		summary, err := engine.Summary(ctx, c.Plan)
		if err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(s.out).Encode(summary)
		}
		return printSummary(s.out, summary)
	})
}

// oneLine is a summary in a line.
func oneLine(summary fleet.Summary) string {
	parts := []string{}
	for _, state := range fleet.States() {
		if count := summary.States[state]; count > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count, state))
		}
	}
	line := fmt.Sprintf("plan %s: %s of %d items", summary.Plan.Name, strings.Join(parts, ", "), summary.Plan.Items)
	if summary.Bytes > 0 {
		line += ", " + bytes(summary.Bytes) + " saved"
	}
	return line
}

func printSummary(w io.Writer, summary fleet.Summary) error {
	lines := []string{oneLine(summary), "begun " + summary.Begun.Local().Format("2006-01-02 15:04")}
	if summary.Paused {
		lines = append(lines, "paused: no item begins until vbo365-fleet continue")
	}
	if summary.Sessions > 0 {
		lines = append(lines, fmt.Sprintf("%d restore sessions are open; run stops them at its end", summary.Sessions))
	}
	if _, err := fmt.Fprintln(w, strings.Join(lines, "\n")); err != nil {
		return err
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	head := "\nSERVER\tITEMS"
	for _, state := range fleet.States() {
		head += "\t" + strings.ToUpper(string(state))
	}
	_, _ = fmt.Fprintln(table, head)
	for _, counts := range summary.Servers {
		line := fmt.Sprintf("%s\t%d", counts.Server, counts.Items)
		for _, state := range fleet.States() {
			line += fmt.Sprintf("\t%d", counts.States[state])
		}
		_, _ = fmt.Fprintln(table, line)
	}
	_, _ = fmt.Fprintln(table, "\nEXECUTOR\tHOST\tSEEN")
	for _, executor := range summary.Executors {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s ago\n", executor.ID, executor.Host,
			time.Since(executor.Seen).Round(time.Second))
	}
	return table.Flush()
}

type listCommand struct {
	Failed    bool `help:"List those that have failed."`
	Unknown   bool `help:"List those whose outcome is unknown."`
	Done      bool `help:"List those that are done."`
	Waiting   bool `help:"List those that wait."`
	Running   bool `help:"List those that run."`
	Cancelled bool `help:"List those that were cancelled."`
	JSON      bool `help:"Write a line of JSON for each."`
	planName  `embed:""`
	database  `embed:""`
}

// Run lists items.
func (c listCommand) Run(ctx context.Context, s streams) error {
	var states []fleet.State
	for i, given := range []bool{c.Waiting, c.Running, c.Done, c.Failed, c.Unknown, c.Cancelled} {
		if given {
			states = append(states, fleet.States()[i])
		}
	}
	return c.with(ctx, func(engine *fleet.Engine) error {
		encoder := json.NewEncoder(s.out)
		for result, err := range engine.Results(ctx, c.Plan, states...) {
			if err != nil {
				return err
			}
			if c.JSON {
				err = encoder.Encode(result)
			} else {
				_, err = fmt.Fprintln(s.out, describe(result))
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// describe writes an item in a line, and what was looked up below it.
func describe(result fleet.Result) string {
	text := fmt.Sprintf("%-9s %s", result.State, result.Item)
	if result.Error != "" {
		text += ": " + result.Error
	}
	if result.Resolved != "" {
		text += " (resolved by hand: " + result.Resolved + ")"
	}
	if result.State == fleet.Unknown {
		if result.Session != "" {
			text += "; restore session " + result.Session
		}
		for _, event := range result.LookedUp {
			text += "\n          server: " + event
		}
		text += fmt.Sprintf("\n          say which: vbo365-fleet resolve %d --done, or --again", result.Number)
	}
	return text
}

type retryCommand struct {
	Cancelled bool `help:"Those that were cancelled, in place of those that have failed."`
	planName  `embed:""`
	database  `embed:""`
}

// Run begins items again.
func (c retryCommand) Run(ctx context.Context, s streams) error {
	state := fleet.Failed
	if c.Cancelled {
		state = fleet.Cancelled
	}
	return c.with(ctx, func(engine *fleet.Engine) error {
		count, err := engine.Retry(ctx, c.Plan, state)
		if err == nil {
			_, err = fmt.Fprintf(s.out, "%d items wait again\n", count)
		}
		return err
	})
}

type pauseCommand struct {
	planName `embed:""`
	database `embed:""`
}

// Run pauses a plan.
func (c pauseCommand) Run(ctx context.Context) error {
	return c.with(ctx, func(engine *fleet.Engine) error { return engine.Pause(ctx, c.Plan) })
}

type cancelCommand struct {
	planName `embed:""`
	database `embed:""`
}

// Run cancels a plan.
func (c cancelCommand) Run(ctx context.Context) error {
	return c.with(ctx, func(engine *fleet.Engine) error { return engine.Cancel(ctx, c.Plan) })
}

type continueCommand struct {
	planName `embed:""`
	database `embed:""`
}

// Run undoes pause and cancel.
func (c continueCommand) Run(ctx context.Context) error {
	return c.with(ctx, func(engine *fleet.Engine) error { return engine.Continue(ctx, c.Plan) })
}

type resolveCommand struct {
	Item     int  `arg:"" help:"Number of the item, as list --unknown shows it."`
	Done     bool `xor:"what" help:"It was carried out."`
	Again    bool `xor:"what" help:"It was not carried out, or does no harm twice: do it again."`
	planName `embed:""`
	database `embed:""`
}

// Run resolves an unknown outcome.
func (c resolveCommand) Run(ctx context.Context) error {
	if !c.Done && !c.Again {
		return usageError{errors.New("say --done or --again")}
	}
	return c.with(ctx, func(engine *fleet.Engine) error { return engine.Resolve(ctx, c.Plan, c.Item, c.Again) })
}

type adoptCommand struct {
	Executor string `arg:"" help:"Name of the dead executor, as status shows it."`
	database `embed:""`
}

// Run adopts what an executor left.
func (c adoptCommand) Run(ctx context.Context) (err error) {
	engine, err := fleet.Open(ctx, fleet.Config{Database: c.Database, Executor: c.Executor})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	return engine.Adopt(ctx)
}

type reportCommand struct {
	CSV      string `name:"csv" type:"path" placeholder:"FILE" help:"Write all items as CSV."`
	JSON     string `name:"json" type:"path" placeholder:"FILE" help:"Write the summary and all items as JSON."`
	HTML     string `name:"html" type:"path" placeholder:"FILE" help:"Write a page that needs nothing else."`
	planName `embed:""`
	database `embed:""`
}

// Run writes reports.
func (c reportCommand) Run(ctx context.Context, s streams) error {
	if c.CSV+c.JSON+c.HTML == "" {
		return usageError{errors.New("name a file: --csv, --json or --html")}
	}
	return c.with(ctx, func(engine *fleet.Engine) error {
		for _, report := range []struct {
			file  string
			write func(context.Context, io.Writer, string) error
		}{{c.CSV, engine.WriteCSV}, {c.JSON, engine.WriteJSON}, {c.HTML, engine.WriteHTML}} {
			if report.file == "" {
				continue
			}
			if err := create(report.file, func(w io.Writer) error { return report.write(ctx, w, c.Plan) }); err != nil {
				return err
			}
			if _, err := fmt.Fprintln(s.out, report.file); err != nil {
				return err
			}
		}
		return nil
	})
}
