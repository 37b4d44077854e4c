package fleet

import (
	"context"
	_ "embed"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// reportColumns are the columns of a report: those of a list, so that a report can be cut down to a new list, and what
// has become of the item.
var reportColumns = []struct {
	name string
	of   func(Result) string
}{
	{"server", func(r Result) string { return r.Server }},
	{"organization", func(r Result) string { return r.Organization }},
	{"owner", func(r Result) string { return r.Owner }},
	{"path", func(r Result) string { return r.Path }},
	{"at", func(r Result) string { return clock(r.At) }},
	{"action", func(r Result) string { return string(r.Action) }},
	{"target", func(r Result) string { return r.Target }},
	{"options", func(r Result) string {
		options := []string{}
		for _, name := range slices.Sorted(maps.Keys(r.Options)) {
			options = append(options, name+"="+r.Options[name])
		}
		return strings.Join(options, ";")
	}},
	{"item", func(r Result) string { return r.ID() }},
	{"state", func(r Result) string { return string(r.State) }},
	{"error", func(r Result) string { return r.Error }},
	{"looked up", func(r Result) string { return strings.Join(r.LookedUp, "; ") }},
	{"resolved", func(r Result) string { return r.Resolved }},
	{"session", func(r Result) string { return r.Session }},
	{"began", func(r Result) string { return clock(r.Began) }},
	{"ended", func(r Result) string { return clock(r.Ended) }},
	{"attempts", func(r Result) string { return strconv.Itoa(r.Attempts) }},
	{"executor", func(r Result) string { return r.Executor }},
	{"object", func(r Result) string { return r.Object }},
	{"size", func(r Result) string { return strconv.FormatInt(r.Size, 10) }},
	{"sha256", func(r Result) string { return r.SHA256 }},
	{"restored", func(r Result) string { return strconv.FormatInt(r.Restored, 10) }},
	{"skipped", func(r Result) string { return strconv.FormatInt(r.Skipped, 10) }},
	{"failed items", func(r Result) string { return strconv.FormatInt(r.FailedItems, 10) }},
}

func clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// WriteCSV writes all items of a plan with what has become of them. A value that a spreadsheet would take for a formula
// has an apostrophe before it.
func (e *Engine) WriteCSV(ctx context.Context, w io.Writer, plan string) error {
	rows := csv.NewWriter(w)
	row := make([]string, len(reportColumns))
	for i, column := range reportColumns {
		row[i] = column.name
	}
	err := rows.Write(row)
	for result, failed := range e.Results(ctx, plan) {
		if failed != nil {
			return failed
		}
		for i, column := range reportColumns {
			if row[i] = column.of(result); row[i] != "" && strings.ContainsRune("=+-@\t\r", rune(row[i][0])) {
				row[i] = "'" + row[i]
			}
		}
		if err = rows.Write(row); err != nil {
			break
		}
	}
	if rows.Flush(); err == nil {
		err = rows.Error()
	}
	if err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// WriteJSON writes an object with the summary and all items of a plan, one a line.
func (e *Engine) WriteJSON(ctx context.Context, w io.Writer, plan string) error {
	summary, err := e.Summary(ctx, plan)
	if err != nil {
		return err
	}
	head, err := json.Marshal(summary)
	if err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	if _, err := fmt.Fprintf(w, "{\"summary\": %s,\n\"items\": [", head); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	separator := "\n"
	for result, err := range e.Results(ctx, plan) {
		if err != nil {
			return err
		}
		line, err := json.Marshal(result)
		if err == nil {
			_, err = fmt.Fprintf(w, "%s%s", separator, line)
		}
		if err != nil {
			return fmt.Errorf("write report: %w", err)
		}
		separator = ",\n"
	}
	if _, err := io.WriteString(w, "\n]}\n"); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

//go:embed report.html
var reportPage string

var reportTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
	"bytes": func(n int64) string {
		value, unit := float64(n), 0
		units := []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB"}
		for ; value >= 1024 && unit < len(units)-1; unit++ {
			value /= 1024
		}
		if unit == 0 {
			return fmt.Sprintf("%d B", n)
		}
		return fmt.Sprintf("%.1f %s", value, units[unit])
	},
	"time":   func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") },
	"took":   func(o Outcome) string { return o.Ended.Sub(o.Began).Round(10 * time.Millisecond).String() },
	"states": States,
	"share": func(part, all int) string {
		return strconv.FormatFloat(100*float64(part)/float64(max(all, 1)), 'f', 2, 64)
	},
}).Parse(reportPage))

// The page has at most so many failures and slow items; the CSV has all.
const (
	maxFailures = 1000
	maxSlowest  = 20
	buckets     = 60
)

type reportData struct {
	Summary  Summary
	Made     time.Time
	Ended    int
	First    time.Time
	Last     time.Time
	Bucket   time.Duration
	Timeline []reportBucket
	Highest  int
	Slowest  []Result
	Failures []Result
	Unknown  []Result
	Hidden   int // failures and unknown outcomes that are not on the page
}

// A reportBucket counts the items that ended in a part of the time.
type reportBucket struct {
	X, Done, Failed int
	Began           time.Time
}

// WriteHTML writes a page for a browser. It loads nothing: the page can be sent by mail.
func (e *Engine) WriteHTML(ctx context.Context, w io.Writer, plan string) error {
	summary, err := e.Summary(ctx, plan)
	if err != nil {
		return err
	}
	data := reportData{Summary: summary, Made: time.Now()}
	results := func() iter.Seq2[Result, error] { return e.Results(ctx, plan) }
	for result, err := range results() {
		if err != nil {
			return err
		}
		data.add(result)
	}
	if err := data.draw(results()); err != nil {
		return err
	}
	if err := reportTemplate.Execute(w, data); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

func (d *reportData) add(result Result) {
	if !result.State.Ended() {
		return
	}
	d.Ended++
	if !result.Ended.IsZero() {
		if d.First.IsZero() || result.Began.Before(d.First) {
			d.First = result.Began
		}
		if result.Ended.After(d.Last) {
			d.Last = result.Ended
		}
		d.Slowest = append(d.Slowest, result)
		slices.SortStableFunc(d.Slowest, func(a, b Result) int {
			return int(b.Ended.Sub(b.Began) - a.Ended.Sub(a.Began))
		})
		d.Slowest = d.Slowest[:min(len(d.Slowest), maxSlowest)]
	}
	list := &d.Failures
	switch result.State {
	case Unknown:
		list = &d.Unknown
	case Failed:
	default:
		return
	}
	if len(*list) == maxFailures {
		d.Hidden++
		return
	}
	*list = append(*list, result)
}

// draw counts the items that ended in each part of the time.
func (d *reportData) draw(results iter.Seq2[Result, error]) error {
	if d.First.IsZero() {
		return nil
	}
	d.Bucket = (d.Last.Sub(d.First)/buckets + time.Second).Truncate(time.Second)
	d.Timeline = make([]reportBucket, buckets)
	for i := range d.Timeline {
		d.Timeline[i].X, d.Timeline[i].Began = i, d.First.Add(time.Duration(i)*d.Bucket)
	}
	for result, err := range results {
		if err != nil {
			return err
		}
		if !result.State.Ended() || result.Ended.IsZero() {
			continue
		}
		bucket := &d.Timeline[min(max(int(result.Ended.Sub(d.First)/d.Bucket), 0), buckets-1)]
		if result.State == Done {
			bucket.Done++
		} else {
			bucket.Failed++
		}
		d.Highest = max(d.Highest, bucket.Done+bucket.Failed)
	}
	return nil
}

// height is that of a bar of the timeline, in percent of the highest.
func (d reportData) height(count int) float64 {
	return 100 * float64(count) / float64(max(d.Highest, 1))
}

// Bars are the rectangles of the timeline.
func (d reportData) Bars() (bars []reportBar) {
	for _, bucket := range d.Timeline {
		done, failed := d.height(bucket.Done), d.height(bucket.Failed)
		title := fmt.Sprintf("%s: %d done, %d failed or unknown",
			bucket.Began.UTC().Format("2006-01-02 15:04:05"), bucket.Done, bucket.Failed)
		if done > 0 {
			bars = append(bars, reportBar{bucket.X * 10, 100 - done, done, "done", title})
		}
		if failed > 0 {
			bars = append(bars, reportBar{bucket.X * 10, 100 - done - failed, failed, "failed", title})
		}
	}
	return bars
}

type reportBar struct {
	X      int
	Y      float64
	Height float64
	Class  string
	Title  string
}
