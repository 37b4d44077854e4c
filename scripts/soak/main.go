// Command soak runs operations of package api from many goroutines against one simulator while faults strike by chance,
// and then checks what became of every single one: every file that was reported complete is the backup's, none is left
// of those that were reported failed, everything that was reported done happened once, and nothing happened twice. It
// prints the seed first and the counts, as JSON, last, and fails if something was corrupt, lost, duplicated or left
// over.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"os"
	"os/signal"
	"time"
)

// A summary is the last line of the output. The last four must be 0.
type summary struct {
	Seed       uint64         `json:"seed"`
	Seconds    float64        `json:"seconds"`
	Operations int64          `json:"operations"`
	Done       int64          `json:"done"`
	Failed     int64          `json:"failed"`
	Unknown    int64          `json:"unknown"` // restores, copies and messages whose outcome the client did not learn
	Faults     int            `json:"faults"`
	ByKind     map[string]int `json:"byKind"`
	Corrupt    int64          `json:"corrupt"`
	Lost       int64          `json:"lost"`
	Duplicated int64          `json:"duplicated"`
	Leftovers  int64          `json:"leftovers"`
}

func main() {
	duration := flag.Duration("duration", time.Minute, "how long to run")
	seed := flag.Uint64("seed", rand.Uint64(), "seed of the chance") //nolint:gosec // it is only to be repeatable
	workers := flag.Int("workers", 48, "how many goroutines")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, *seed, *workers, *duration); err != nil {
		stop()
		log.Fatal("soak: ", err)
	}
}

func run(ctx context.Context, out io.Writer, seed uint64, workers int, duration time.Duration) error {
	if _, err := fmt.Fprintf(out, "seed %d\n", seed); err != nil {
		return err
	}
	log.SetOutput(io.Discard) // package net/http tells there of answers that nobody has asked for
	s, err := newSoak(seed)   //nolint:contextcheck // the simulator ends with the run
	if err != nil {
		return err
	}
	began := time.Now()
	runErr := s.work(ctx, workers, duration)
	result, err := s.check(context.WithoutCancel(ctx))
	log.SetOutput(os.Stderr)
	if err := errors.Join(runErr, err); err != nil {
		return err
	}
	result.Seed, result.Seconds = seed, time.Since(began).Seconds()
	for _, problem := range s.problems {
		if _, err := fmt.Fprintln(out, problem); err != nil {
			return err
		}
	}
	if err := json.NewEncoder(out).Encode(result); err != nil {
		return err
	}
	if bad := result.Corrupt + result.Lost + result.Duplicated + result.Leftovers; bad > 0 {
		return fmt.Errorf("%d operations ended in a way that they must not", bad)
	}
	return nil
}
