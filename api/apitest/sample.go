package apitest

import (
	"os"
	"path/filepath"
	"strings"
	"time"
)

// SampleOrganization creates a small organization in the directory dir, which should be empty. It has two users: Alice,
// whose OneDrive was backed up twice and has changed since, and Bob, who has an empty OneDrive to copy to. [Load] can
// read the directory, without the display names. The files of Alice are in
// dir/example.onmicrosoft.com/alice@example.com; those of Bob are in bob@example.com next to it.
//
// Alice has restore points of 2026-01-10 and 2026-01-11, 02:00 UTC. Between them, Documents/Report.txt was changed,
// Documents/Draft.txt was deleted, and Pictures/Holiday.txt was added. After them, Documents/Report.txt was changed,
// and Documents/Invoices and Music were deleted.
func SampleOrganization(dir string) (Organization, error) {
	first := time.Date(2026, 1, 10, 2, 0, 0, 0, time.UTC)
	second := first.AddDate(0, 0, 1)
	both := map[string]string{
		"Documents/Invoices/2025/Invoice 1001.txt":        "Invoice 1001\nTwelve chairs\n",
		"Documents/Invoices/2025/Invoice 1002 (café).txt": "Invoice 1002\nOne espresso machine\n",
		"Documents/Invoices/2026/":                        "",
		"Documents/Empty.txt":                             "",
		"Music/Scales.bin":                                strings.Repeat("do re mi fa so la ti ", 10_000),
		"Start.txt":                                       "Welcome, Alice\n",
	}
	dir = filepath.Join(dir, "example.onmicrosoft.com")
	trees := []struct {
		name    string
		time    time.Time
		content map[string]string
	}{
		{"alice@example.com/backup/2026-01-10T02-00-00Z", first, map[string]string{
			"Documents/Report.txt": "Report, first version\n",
			"Documents/Draft.txt":  "A draft that was thrown away\n",
		}},
		{"alice@example.com/backup/2026-01-11T02-00-00Z", second, map[string]string{
			"Documents/Report.txt": "Report, second version, somewhat longer\n",
			"Pictures/Holiday.txt": "A picture of the sea\n",
		}},
		{"alice@example.com/production", second.AddDate(0, 0, 1), map[string]string{
			"Documents/Report.txt": "Report, spoiled\n",
			"Documents/Empty.txt":  "",
			"Pictures/Holiday.txt": "A picture of the sea\n",
			"Start.txt":            "Welcome, Alice\n",
		}},
		{"bob@example.com/production", second, nil},
	}
	for _, tree := range trees {
		root := filepath.Join(dir, filepath.FromSlash(tree.name))
		if err := writeTree(root, tree.time, tree.content); err != nil {
			return Organization{}, err
		}
		if strings.Contains(tree.name, "/backup/") {
			if err := writeTree(root, first.AddDate(-1, 0, 0), both); err != nil {
				return Organization{}, err
			}
		}
	}
	organization, err := loadOrganization(dir)
	if err != nil {
		return Organization{}, err
	}
	names := map[string]string{"alice@example.com": "Alice Example", "bob@example.com": "Bob Example"}
	for i := range organization.OneDrives {
		drive := &organization.OneDrives[i]
		drive.Name = names[drive.Owner]
	}
	return organization, nil
}

// writeTree writes files below root. A name that ends in a slash is a folder.
func writeTree(root string, modified time.Time, content map[string]string) error {
	if err := os.MkdirAll(root, 0o755); err != nil {
		return err
	}
	for name, text := range content {
		path := filepath.Join(root, filepath.FromSlash(name))
		if strings.HasSuffix(name, "/") {
			if err := os.MkdirAll(path, 0o755); err != nil {
				return err
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
		if err := os.Chtimes(path, modified, modified); err != nil {
			return err
		}
	}
	return nil
}
