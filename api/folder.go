package api

import (
	"context"
	"strings"

	"github.com/vbo365/vbo365-go/gen"
)

// Time is a point in time as servers write it, with or without a zone.
type Time = gen.Time

// FolderByPath returns the folder at a path such as "Documents/Invoices/2026". It reads one level after the other, and
// of each only until the name is found in the letter case that was given. Names in another letter case match, too, as
// in OneDrive.
//
// If a component is missing, the error matches [ErrNotFound], names the component, and lists similar names; if only the
// letter case tells several apart, it matches [ErrAmbiguous].
func (d OneDrive) FolderByPath(ctx context.Context, path string) (Folder, error) {
	folder, err := d.folderByPath(ctx, path)
	return folder, failed("find folder", err)
}

func (d OneDrive) folderByPath(ctx context.Context, path string) (Folder, error) {
	components, err := splitPath(path)
	if err != nil {
		return Folder{}, err
	}
	level := d.Folders(ctx)
	var folder Folder
	for i, name := range components {
		what := "folder"
		if i > 0 {
			what = "folder " + strings.Join(components[:i], "/") + "/"
		}
		folder, err = search(what, name, true, level, func(f Folder) []string { return []string{f.Properties.Name} })
		if err != nil {
			return Folder{}, err
		}
		level = folder.Folders(ctx)
	}
	return folder, nil
}

// splitPath returns the components of a path. OneDrive names have neither slashes nor backslashes.
func splitPath(path string) ([]string, error) {
	path = strings.Trim(strings.ReplaceAll(path, `\`, "/"), "/")
	if path == "" {
		return nil, invalid("the path names no folder: the root of a OneDrive is none")
	}
	components := strings.Split(path, "/")
	for _, component := range components {
		switch component {
		case "":
			return nil, invalid("the path %q has an empty component", path)
		case ".", "..":
			return nil, invalid("the path %q has the component %q", path, component)
		}
	}
	return components, nil
}
