package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
)

// asking holds the flag of actions that may replace much.
type asking struct {
	Yes bool `help:"Do not ask before more than 1000 documents may be replaced. Needed for that where there is no terminal."`
}

// askAbove is the number of documents that may be replaced without a question.
const askAbove = 1000

// allow counts what may be replaced, and asks if it is much. Without a terminal, much is an error.
func (a asking) allow(ctx context.Context, t terminal, targets []chosen) error {
	if a.Yes {
		return nil
	}
	var documents int64
	for _, items := range targets {
		if documents > askAbove {
			break
		}
		n, _, err := items.count(ctx, askAbove-documents+1)
		if err != nil {
			return err
		}
		documents += n
	}
	if documents <= askAbove {
		return nil
	}
	if !isTerminal(t.in) {
		return usageError{fmt.Errorf("more than %d documents may be replaced: to do that, use --yes; "+
			"to see what they are, --dry-run", askAbove)}
	}
	point := "the backup"
	if shown := t.job.base.RestorePoint; shown != nil {
		point += " of " + shown.Time.Format(stampLayout)
	}
	_ = printf(t.err, "More than %d documents of %s may be replaced by %s.\nContinue? [y/N] ", askAbove,
		cmp.Or(targets[0].owner, targets[0].drive.ID()), point)
	answer, err := readLine(ctx, t)
	if err != nil {
		return err
	}
	if answer = strings.ToLower(answer); answer != "y" && answer != "yes" {
		return usageError{errors.New("nothing was done: the question was not answered with y")}
	}
	return nil
}

// readLine reads a line from the input, without the spaces around it. Its error is io.EOF if the input has ended.
func readLine(ctx context.Context, t terminal) (string, error) {
	type line struct {
		text string
		err  error
	}
	lines := make(chan line, 1)
	go func() {
		text, err := bufio.NewReader(t.in).ReadString('\n')
		if text = strings.TrimSpace(text); text != "" {
			err = nil
		}
		lines <- line{text, err}
	}()
	select {
	case line := <-lines:
		return line.text, line.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
