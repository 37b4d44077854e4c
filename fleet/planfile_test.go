package fleet_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vbo365/vbo365-go/fleet"
)

func writePlan(t *testing.T, name string, items ...fleet.Item) (string, fleet.Plan) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "plan.jsonl")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	w, err := fleet.NewPlanWriter(f, name, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range items {
		if err := w.Add(item); err != nil {
			t.Fatal(err)
		}
	}
	plan, err := w.End()
	if err != nil {
		t.Fatal(err)
	}
	return file, plan
}

func TestPlanFile(t *testing.T) {
	t.Parallel()
	file, want := writePlan(t, "attack",
		fleet.Item{Server: "b1", Owner: "alice", Action: fleet.Restore, Bytes: 3, Documents: 1},
		fleet.Item{Server: "b2", Owner: "bob", Action: fleet.Copy, Target: "carol", Bytes: 4, Documents: 2})
	got, err := fleet.OpenPlan(file)
	if err != nil || got != want || got.Items != 2 || got.Bytes != 7 || got.Documents != 3 || got.Name != "attack" {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	for from, owners := range map[int]string{0: "alice bob", 1: "alice bob", 2: "bob", 3: ""} {
		var found []string
		for item, err := range fleet.PlanItems(file, from) {
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, item.Owner)
		}
		if strings.Join(found, " ") != owners {
			t.Errorf("from %d: got %v", from, found)
		}
	}
}

func TestPlansThatAreRefused(t *testing.T) {
	t.Parallel()
	file, _ := writePlan(t, "attack", fleet.Item{Server: "b1", Owner: "alice", Action: fleet.Restore})
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(whole, []byte("\n"))
	for name, test := range map[string]struct{ content, want string }{
		"changed":       {strings.Replace(string(whole), "alice", "bob", 1), "plan was changed after it was made"},
		"other version": {strings.Replace(string(whole), `"version":1`, `"version":2`, 1), "of a newer vbo365-fleet"},
		"line removed":  {string(lines[0]) + string(lines[2]), "plan was changed after it was made"},
		"line added":    {string(whole) + string(lines[1]), "something after the end"},
		"cut":           {string(lines[0]) + string(lines[1]), "has no end"},
		"a list":        {"server,owner,action\n", "this is no plan"},
		"empty":         {"", "has no end"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "plan.jsonl")
			if err := os.WriteFile(file, []byte(test.content), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := fleet.OpenPlan(file); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}
