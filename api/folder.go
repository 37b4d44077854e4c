package api

import (
	"context"
	"strings"

	"github.com/vbo365/vbo365-go/gen"
)

// Time is a point in time of a response, with or without a time zone.
type Time = gen.Time

// FolderByPath returns the folder at a path such as "Documents/Invoices/2026". Backslashes are separators, too. Letter
// case does not count, as in OneDrive, unless several names differ only in it. FolderByPath lists the folders of each
// level until it finds the name in the same letter case.
//
// If a component does not exist, the error matches [ErrNotFound], and lists similar names. If several match in other
// letter cases only, the error matches [ErrAmbiguous].
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

// splitPath returns the components of a path. OneDrive names contain no slashes and no backslashes.
func splitPath(path string) ([]string, error) {
	path = strings.Trim(strings.ReplaceAll(path, `\`, "/"), "/")
	if path == "" {
		return nil, invalid("the path is empty: the root of a OneDrive is not a folder")
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
