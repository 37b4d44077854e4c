package fleet_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vbo365/vbo365-go/fleet"
)

func read(list string) (items []fleet.Item, failed []string) {
	for item, err := range fleet.ReadCSV("list.csv", strings.NewReader(list)) {
		if err != nil {
			failed = append(failed, err.Error())
			continue
		}
		items = append(items, item)
	}
	return items, failed
}

func TestReadCSV(t *testing.T) {
	t.Parallel()
	for name, list := range map[string]string{
		"commas": "server,owner,action,target,options\n\nb1,alice@example.com,Restore,,documentAction=keep; documentVersion=all\n",
		"semicolons and a mark": "\ufeffServer;Owner;Action;Target;Options\r\n" +
			"b1;alice@example.com;restore;;\"documentAction=keep; documentVersion=all\"\r\n;;;;\r\n",
		"tabs, another order": "owner\taction\tserver\toptions\nalice@example.com\trestore\tb1\tdocumentAction=keep;documentVersion=all\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			items, failed := read(list)
			if len(items) != 1 || failed != nil {
				t.Fatalf("got %+v, %v", items, failed)
			}
			if i := items[0]; i.Server != "b1" || i.Owner != "alice@example.com" || i.Action != fleet.Restore ||
				i.Options["documentAction"] != "keep" || i.Options["documentVersion"] != "all" {
				t.Errorf("got %+v", i)
			}
		})
	}
}

func TestTimesOfAList(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Time{
		"2026-01-31T02:00:00Z":      time.Date(2026, 1, 31, 2, 0, 0, 0, time.UTC),
		"2026-01-31T02:00:00+02:00": time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC),
		"2026-01-31 02:00":          time.Date(2026, 1, 31, 2, 0, 0, 0, time.Local).UTC(),
		"2026-01-31":                time.Date(2026, 1, 31, 23, 59, 59, 0, time.Local).UTC(),
	} {
		items, failed := read("server,owner,at,action\nb1,alice," + text + ",restore\n")
		if len(items) != 1 || !items[0].At.Equal(want) {
			t.Errorf("%s: got %+v, %v", text, items, failed)
		}
	}
	items, _ := read("server,owner,at,action\nb1,alice,restore-point:17,restore\n")
	if len(items) != 1 || items[0].RestorePoint != "17" || !items[0].At.IsZero() {
		t.Errorf("got %+v", items)
	}
}

func TestErrorsOfAList(t *testing.T) {
	t.Parallel()
	const head = "server,owner,path,at,action,target,options\n"
	for name, test := range map[string]struct{ list, want string }{
		"empty":            {"", "list.csv:1: the list is empty"},
		"unknown column":   {"server,owner,acton\n", `list.csv:1:14: unknown column "acton"; the columns are server,`},
		"column twice":     {"server,owner,server,action\n", `list.csv:1:14: the column "server" is there twice`},
		"no owner":         {"server,action\n", `list.csv:1:1: the column "owner" is missing`},
		"broken quote":     {head + "b1,\"alice,,,restore,,\n", `list.csv:2:23: extraneous or missing " in quoted-field`},
		"too many fields":  {head + "b1,alice,,,restore,,,x\n", "list.csv:2:22: the row has 8 fields"},
		"no server":        {head + ",alice,,,restore,,\n", "list.csv:2:1: server: a value is needed"},
		"action":           {head + "b1,alice,,,destroy,,\n", `list.csv:2:12: action: "destroy" is not save,`},
		"time":             {head + "b1,alice,,yesterday,restore,,\n", `list.csv:2:11: at: "yesterday" is no time`},
		"unknown option":   {head + "b1,alice,,,restore,,overwrite=true\n", `list.csv:2:21: options: restore has no option "overwrite"`},
		"value of option":  {head + "b1,alice,,,restore,,documentAction=merge\n", "the value is one of keep, overwrite"},
		"no option of it":  {head + "b1,alice,,,save,file:///x,a=b\n", "save has no options"},
		"form of option":   {head + "b1,alice,,,restore,,overwrite\n", `"overwrite" is not of the form name=value`},
		"target of a save": {head + "b1,alice,,,save,/backup,\n", `list.csv:2:17: target: "/backup" is not the address of a directory`},
		"secret in target": {head + "b1,alice,,,save,s3://a:b@bucket,\n", "list.csv:2:17: target: an address with a user name"},
		"target of copy":   {head + "b1,alice,,,copy,,\n", "list.csv:2:17: target: the owner of the other OneDrive is needed"},
		"target of restore": {
			head + "b1,alice,,,restore,bob,\n",
			"list.csv:2:20: target: a restore goes to the original location",
		},
		"target of send": {head + "b1,alice,,,send,bob,\n", `list.csv:2:17: target: "bob" is not an e-mail address`},
		"a drive twice, with different actions": {
			head + "b1,alice,,,restore,,\n\"b1\",\"Alice\",,,copy,bob,\n",
			"list.csv:3:1: Alice on b1 is in line 2 with another action, time, target or options",
		},
		"a drive twice": {
			head + "b1,alice,a,,restore,,\nb1,alice,/A/,,restore,,\n", "list.csv:3:1: alice, /A/ on b1 is in line 2 already",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, failed := read(test.list)
			if len(failed) != 1 || !strings.Contains(failed[0], test.want) {
				t.Errorf("got %q, want %q", failed, test.want)
			}
		})
	}
}

// TestAllErrorsOfAList has two wrong rows between right ones.
func TestAllErrorsOfAList(t *testing.T) {
	t.Parallel()
	items, failed := read("server,owner,action,target\nb1,a,restore,\nb1,b,save,x\nb1,c,restore,\nb1,d,x,\nb1,e,save,mem://\n")
	if len(items) != 2 || len(failed) != 3 {
		t.Errorf("got %+v, %q", items, failed)
	}
	owners := []string{}
	for _, item := range items {
		owners = append(owners, item.Owner)
	}
	if !slices.Equal(owners, []string{"a", "c"}) {
		t.Errorf("got %v", owners)
	}
}

func TestInputErrorIsFoundInTheChain(t *testing.T) {
	t.Parallel()
	for _, err := range fleet.ReadCSV("list.csv", strings.NewReader("server,owner,action\nb1,,save\n")) {
		var input *fleet.InputError
		if !errors.As(err, &input) || input.Line != 2 || input.Column != 4 || input.Field != "owner" {
			t.Errorf("got %#v", err)
		}
	}
}

func FuzzReadCSV(f *testing.F) {
	f.Add("server,owner,action\nb1,alice,restore\n")
	f.Add("server;owner;action;options\nb1;\"alice\";restore;a=b\n")
	f.Fuzz(func(t *testing.T, list string) {
		for item, err := range fleet.ReadCSV("list.csv", strings.NewReader(list)) {
			if err == nil && (item.Server == "" || item.Owner == "" || item.Line < 2) {
				t.Errorf("got %+v", item)
			}
			var input *fleet.InputError
			if err != nil && (!errors.As(err, &input) || input.Line < 1) {
				t.Errorf("got %v", err)
			}
		}
	})
}
