// Command conformance proves that clients in other languages, generated from the OpenAPI document, work on the wire.
// For each row of the matrix, which is a generator and an API version, it generates a client, compiles it with a short
// program written by hand, runs that program against the simulator, and looks at what arrived there and what became of
// it. The outcome is spec/GENERATORS.md and spec/generators.json; nothing in them is typed by hand but the known
// limits.
//
// It is run in the root of the module:
//
//	go run ./scripts/conformance                  # all rows
//	go run ./scripts/conformance -fast            # some that need only Go, Node.js and Python
//	go run ./scripts/conformance -row go-ogen     # those of one generator
//	go run ./scripts/conformance -row go-ogen-v8  # one
//
// Rows that were not run stay as they are in the files. It needs Linux with bash, and the toolchain of each row: Go,
// Node.js, Python; Java with Maven, Rust, and those for which .ci/full names the Debian packages. It fails if a row does
// not do what is expected of it, for better or worse.
//
// # Rows
//
// The rows of a generator are a folder of rows/. It is copied to .cache/conformance, where everything else about it
// happens for one API version after the other, in this order. A folder in it that is named after an API version has the
// files that rows of this version and later have, up to the next such folder.
//
//	row.sh install   what the row needs, versions pinned; skipped if nothing in the row has changed since the last time
//	row.sh version   prints the version of the generator
//	row.sh generate  makes the folder client of the document $DOCUMENT
//	row.sh patch     only if row.json says so: repairs the client, and fails if there is nothing to repair any more
//	row.sh compile   compiles or type-checks the client and the program
//	row.sh run       becomes the program, with exec
//
// row.json has the language, the tool, the document for each API version, what had to be repaired, the limits that
// users should know, which checks are expected to fail and why, and which version's row is fast.
//
// # Programs
//
// A program gets VBO365_URL with the API version, VBO365_USERNAME, VBO365_PASSWORD, and VBO365_CA_FILE, the certificate
// to trust. It reads commands from standard input, one a line:
//
//	login
//	token TOKEN
//	restoreToOriginalLocation SESSION ONEDRIVE FOLDER
//	sendTo SESSION ONEDRIVE FOLDER
//	copyTo SESSION ONEDRIVE FOLDER TARGETONEDRIVE
//	save SESSION ONEDRIVE FOLDER FILE
//	saveDocument SESSION ONEDRIVE DOCUMENT FILE
//	saveOneDrive SESSION ONEDRIVE FILE
//
// and answers each with a line of JSON: the HTTP status; after a restore or copy the restoredItemsCount that the server
// gave; after a failure the message, as the generated client has decoded it. A document is saved as it is, not as an
// archive. In v8, it follows the session of a restore or copy until that is Stopped, and reads its statistics. It ends
// with its input.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

const (
	rowsFolder     = "scripts/conformance/rows"
	documentFolder = "spec"
	cacheFolder    = ".cache/conformance"
)

// largeSize is the number of bytes in the folder whose save has to be a stream.
const largeSize = 256 << 20

func main() {
	log.SetFlags(log.Ltime)
	log.SetPrefix("conformance: ")
	only := flag.String("row", "", "run only the rows of this `name`")
	fast := flag.Bool("fast", false, "run only the fast rows, which need no more than Go, Node.js and Python")
	parallel := flag.Int("parallel", 2, "run the rows of `n` generators side by side")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *only, *fast, *parallel)
	stop()
	if err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, only string, fast bool, parallel int) error {
	all, err := readRows(rowsFolder)
	if err != nil {
		return err
	}
	rows := all
	if fast {
		rows = rows.fast()
	}
	if only != "" {
		if rows, err = rows.named(only); err != nil {
			return err
		}
	}
	cache, err := filepath.Abs(cacheFolder)
	if err != nil {
		return err
	}
	backup := filepath.Join(cache, "backup")
	if err := makeBackup(backup, largeSize); err != nil {
		return fmt.Errorf("make backup: %w", err)
	}

	results := make([]result, len(rows))
	failed := make([]string, len(rows))
	var wg sync.WaitGroup
	slots := make(chan struct{}, max(1, parallel))
	for first, next := 0, 0; first < len(rows); first = next {
		for next < len(rows) && rows[next].Name == rows[first].Name {
			next++
		}
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			for i := first; i < next; i++ { // in the same workspace
				w := workspace{row: rows[i], dir: filepath.Join(cache, rows[i].Name), backup: backup}
				var err error
				if results[i], err = w.prove(ctx); err != nil {
					log.Printf("%s: %v", rows[i], err)
					failed[i] = rows[i].String()
				}
			}
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := writeReport("spec", results, len(rows) < len(all)); err != nil {
		return err
	}
	failed = slices.DeleteFunc(failed, func(name string) bool { return name == "" })
	if len(failed) > 0 {
		return fmt.Errorf("%d of %d rows are not as expected: %s", len(failed), len(rows), strings.Join(failed, ", "))
	}
	return nil
}
