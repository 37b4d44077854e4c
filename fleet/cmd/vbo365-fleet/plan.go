package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/vbo365/vbo365-go/fleet"
)

func dir(name string) string { return filepath.Dir(name) }

type planCommand struct {
	List string `arg:"" optional:"" type:"path" placeholder:"LIST.csv" help:"List with the columns server, organization, owner, path, at, action, target, options. The first line names them."`

	Server       []string `sep:"none" placeholder:"SERVER" help:"Without a list: server, by address or name. It can be repeated."`
	Organization []string `sep:"none" placeholder:"NAME" help:"Without a list: organization. Default: all of the servers."`
	AllOwners    bool     `xor:"owners" help:"Without a list: all OneDrives of the organizations."`
	OwnersFrom   string   `xor:"owners" type:"path" placeholder:"FILE" help:"Without a list: the OneDrives of these owners, one a line, wherever they are."`
	Action       string   `enum:"save,restore,copy,send," default:"" help:"Without a list: save, restore, copy or send."`
	Target       string   `placeholder:"TARGET" help:"Without a list: where to."`
	At           string   `placeholder:"TIME" help:"Without a list: point in time, or restore-point:ID. Default: now."`
	Options      string   `placeholder:"NAME=VALUE;…" help:"Without a list: options of the action."`

	Output   string `short:"o" type:"path" required:"" placeholder:"FILE" help:"File to write the plan to."`
	Name     string `placeholder:"NAME" help:"Name of the plan. Default: that of the file."`
	Count    bool   `help:"Count the documents and bytes of each item. It lists all documents."`
	LeaveOut bool   `help:"Leave out the rows with errors, and write the plan of the others."`

	account `embed:""`
}

// Run makes a plan.
func (c planCommand) Run(ctx context.Context, s streams) (err error) {
	servers, err := c.servers(slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer servers.Close()
	checker := fleet.NewChecker(servers, time.Now())
	checker.Count = c.Count
	defer func() { err = errors.Join(err, checker.Close(ctx)) }()
	items, name, err := c.items(ctx, checker)
	if err != nil {
		return err
	}
	if closer, ok := items.closer.(io.Closer); ok {
		defer func() { _ = closer.Close() }()
	}
	if c.Name == "" {
		base := filepath.Base(c.Output)
		c.Name = strings.TrimSuffix(base, filepath.Ext(base))
	}
	var plan fleet.Plan
	wrong := 0
	err = create(c.Output, func(file io.Writer) error {
		w, err := fleet.NewPlanWriter(file, c.Name, time.Now())
		if err != nil {
			return err
		}
		for item, err := range checker.All(ctx, name, items.list) {
			var input *fleet.InputError
			switch {
			case ctx.Err() != nil:
				return ctx.Err()
			case errors.As(err, &input):
				wrong++
				s.say("%v", err)
				continue
			case err != nil:
				return err
			}
			if err := w.Add(item); err != nil {
				return err
			}
		}
		if plan, err = w.End(); err != nil {
			return err
		}
		switch {
		case wrong > 0 && !c.LeaveOut:
			return usageError{fmt.Errorf("%d of %d rows have errors; no plan was written (--leave-out plans the others)",
				wrong, wrong+plan.Items)}
		case plan.Items == 0:
			return usageError{errors.New("there is nothing to do; no plan was written")}
		}
		return nil
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "plan %s: %d items%s in %s\n", plan.Name, plan.Items, size(plan), c.Output)
	if wrong > 0 {
		s.say("%d rows were left out", wrong)
	}
	return err
}

func size(plan fleet.Plan) string {
	if plan.Documents == 0 {
		return ""
	}
	return fmt.Sprintf(", %d documents of %s", plan.Documents, bytes(plan.Bytes))
}

type source struct {
	list   iter.Seq2[fleet.Item, error]
	closer any
}

// items returns the list, and its name in messages.
func (c planCommand) items(ctx context.Context, checker *fleet.Checker) (source, string, error) {
	if c.List != "" {
		if len(c.Server) > 0 || c.AllOwners || c.OwnersFrom != "" || c.Action != "" {
			return source{}, "", usageError{errors.New("a list has its own servers, owners and actions: leave out the flags")}
		}
		f, err := os.Open(c.List)
		if err != nil {
			return source{}, "", usageError{err}
		}
		return source{fleet.ReadCSV(c.List, f), f}, c.List, nil
	}
	if len(c.Server) == 0 || c.Action == "" || !c.AllOwners && c.OwnersFrom == "" {
		return source{}, "", usageError{
			errors.New("name a list, or --server, --action, and --all-owners or --owners-from"),
		}
	}
	pattern, err := fleet.ParseItem(map[string]string{
		"action": c.Action, "target": c.Target, "at": c.At, "options": c.Options,
	})
	if err != nil {
		return source{}, "", usageError{err}
	}
	var places []fleet.Place
	for _, server := range c.Server {
		organizations := c.Organization
		if len(organizations) == 0 {
			if organizations, err = checker.Organizations(ctx, server); err != nil {
				return source{}, "", err
			}
		}
		for _, organization := range organizations {
			places = append(places, fleet.Place{Server: server, Organization: organization})
		}
	}
	if c.AllOwners {
		return source{list: allOwners(ctx, checker, pattern, places)}, "all owners", nil
	}
	f, err := os.Open(c.OwnersFrom)
	if err != nil {
		return source{}, "", usageError{err}
	}
	return source{ownersFrom(ctx, checker, pattern, places, c.OwnersFrom, f), f}, c.OwnersFrom, nil
}

func allOwners(
	ctx context.Context, checker *fleet.Checker, pattern fleet.Item, places []fleet.Place,
) iter.Seq2[fleet.Item, error] {
	return func(yield func(fleet.Item, error) bool) {
		line := 0
		for _, place := range places {
			pattern.Server, pattern.Organization = place.Server, place.Organization
			for item, err := range checker.Owners(ctx, pattern) {
				line++
				item.Line = line
				if err != nil {
					err = fmt.Errorf("server %s, organization %s: %w", place.Server, place.Organization, err)
				}
				if !yield(item, err) {
					return
				}
			}
		}
	}
}

func ownersFrom(
	ctx context.Context, checker *fleet.Checker, pattern fleet.Item, places []fleet.Place, name string, r io.Reader,
) iter.Seq2[fleet.Item, error] {
	return func(yield func(fleet.Item, error) bool) {
		lines := bufio.NewScanner(r)
		for number := 1; lines.Scan(); number++ {
			item := pattern
			item.Owner, item.Line = strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff")), number
			if item.Owner == "" {
				continue
			}
			item, err := checker.Locate(ctx, item, places)
			if err != nil {
				err = &fleet.InputError{File: name, Line: number, Text: err.Error()}
			}
			if !yield(item, err) {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield(fleet.Item{}, fmt.Errorf("read %s: %w", name, err))
		}
	}
}
