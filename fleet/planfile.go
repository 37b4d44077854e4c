package fleet

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"os"
	"time"
)

// Plan is what a plan file says about itself. The file has a line with the head, a line for each item, and a line with
// the end. All are JSON. It has no secrets.
type Plan struct {
	// Name names the work. A database has one plan of a name.
	Name string `json:"name"`
	// Created is the time of the plan.
	Created time.Time `json:"created"`
	// Items is the number of items, Documents and Bytes their content as far as it was counted.
	Items     int   `json:"items"`
	Documents int64 `json:"documents,omitempty"`
	Bytes     int64 `json:"bytes,omitempty"`
	// Digest is the SHA-256 of the lines before the end, in hex.
	Digest string `json:"sha256"`
}

const planFormat, planVersion = "vbo365-fleet plan", 1

type planHead struct {
	Format  string    `json:"format"`
	Version int       `json:"version"`
	Name    string    `json:"name"`
	Created time.Time `json:"created"`
}

type planEnd struct {
	Items     int    `json:"items"`
	Documents int64  `json:"documents,omitempty"`
	Bytes     int64  `json:"bytes,omitempty"`
	Digest    string `json:"sha256"`
}

// ID returns the beginning of the digest, by which the database knows the plan.
func (p Plan) ID() string { return p.Digest[:16] }

// PlanWriter writes a plan file, one item after the other. It is not safe for concurrent use.
type PlanWriter struct {
	w    *bufio.Writer
	hash hash.Hash
	plan Plan
}

// NewPlanWriter starts a plan.
func NewPlanWriter(w io.Writer, name string, created time.Time) (*PlanWriter, error) {
	p := &PlanWriter{bufio.NewWriter(w), sha256.New(), Plan{Name: name, Created: created.UTC()}}
	return p, p.line(planHead{planFormat, planVersion, p.plan.Name, p.plan.Created})
}

func (p *PlanWriter) line(value any) error {
	line, err := json.Marshal(value)
	if err == nil {
		line = append(line, '\n')
		p.hash.Write(line)
		_, err = p.w.Write(line)
	}
	if err != nil {
		return fmt.Errorf("write plan: %w", err)
	}
	return nil
}

// Add adds an item, and sets its number.
func (p *PlanWriter) Add(item Item) error {
	p.plan.Items++
	item.Number = p.plan.Items
	p.plan.Documents += item.Documents
	p.plan.Bytes += item.Bytes
	return p.line(item)
}

// End writes the end. Without it, the file is no plan.
func (p *PlanWriter) End() (Plan, error) {
	p.plan.Digest = hex.EncodeToString(p.hash.Sum(nil))
	err := p.line(planEnd{p.plan.Items, p.plan.Documents, p.plan.Bytes, p.plan.Digest})
	if err := errors.Join(err, p.w.Flush()); err != nil {
		return Plan{}, fmt.Errorf("write plan: %w", err)
	}
	return p.plan, nil
}

// maxLine bounds a line of a plan.
const maxLine = 1 << 20

func planLines(r io.Reader) *bufio.Scanner {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	return lines
}

// OpenPlan reads a plan file to its end, and verifies its digest: a plan that was changed after it was made is refused,
// because nobody has checked what it says.
func OpenPlan(file string) (Plan, error) {
	plan := Plan{}
	f, err := os.Open(file)
	if err != nil {
		return plan, fmt.Errorf("read plan: %w", err)
	}
	defer func() { _ = f.Close() }()
	digest, number, ended := sha256.New(), 0, false
	fail := func(format string, values ...any) (Plan, error) {
		return Plan{}, &InputError{File: file, Line: max(number, 1), Text: fmt.Sprintf(format, values...)}
	}
	lines := planLines(f)
	for lines.Scan() {
		line := lines.Bytes()
		number++
		switch {
		case number == 1:
			var head planHead
			if err := json.Unmarshal(line, &head); err != nil || head.Format != planFormat {
				return fail("this is no plan; vbo365-fleet plan makes one from a list")
			}
			if head.Version > planVersion {
				return fail("the plan is of a newer vbo365-fleet (format %d; this one reads %d)", head.Version, planVersion)
			}
			plan.Name, plan.Created = head.Name, head.Created
		case ended:
			return fail("there is something after the end of the plan")
		case bytes.HasPrefix(line, []byte(`{"items":`)):
			var end planEnd
			if err := json.Unmarshal(line, &end); err != nil {
				return fail("the end of the plan cannot be read: %v", err)
			}
			if got := hex.EncodeToString(digest.Sum(nil)); got != end.Digest || end.Items != number-2 {
				return fail("the plan was changed after it was made; change the list, and make the plan again")
			}
			plan.Items, plan.Documents, plan.Bytes, plan.Digest = end.Items, end.Documents, end.Bytes, end.Digest
			ended = true
			continue
		}
		digest.Write(line)
		digest.Write([]byte{'\n'})
	}
	if err := lines.Err(); err != nil {
		return plan, fmt.Errorf("read plan %s: %w", file, err)
	}
	if !ended {
		return fail("the plan has no end: it was not written completely")
	}
	return plan, nil
}

// PlanItems reads the items of a plan file that [OpenPlan] has verified, from the item with a number on.
func PlanItems(file string, from int) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		f, err := os.Open(file)
		if err != nil {
			yield(Item{}, fmt.Errorf("read plan: %w", err))
			return
		}
		defer func() { _ = f.Close() }()
		lines := planLines(f)
		for number := 0; lines.Scan(); number++ {
			if number < from || number == 0 {
				continue
			}
			if bytes.HasPrefix(lines.Bytes(), []byte(`{"items":`)) {
				return
			}
			var item Item
			if err := json.Unmarshal(lines.Bytes(), &item); err != nil {
				yield(item, &InputError{File: file, Line: number + 1, Text: err.Error()})
				return
			}
			if !yield(item, nil) {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield(Item{}, fmt.Errorf("read plan %s: %w", file, err))
		}
	}
}
