package api

import (
	"context"
	"strings"
)

// FolderByPath returns the folder at a path such as "Documents/Invoices/2026". Backslashes are separators, too. Letter
// case does not count, as in OneDrive, unless several names differ only in it. FolderByPath lists the folders of each
// level until it finds the name in the same letter case.
//
// If a component does not exist, the error matches [ErrNotFound], and lists similar names. If several match in other
// letter cases only, the error matches [ErrAmbiguous].
func (d OneDrive) FolderByPath(ctx context.Context, path string) (Folder, error) {
	item, err := d.itemByPath(ctx, path, "folder")
	if err != nil {
		return Folder{}, failed("find folder", err)
	}
	return *item.Folder, nil
}

// ItemByPath returns the folder or document at a path. It is as FolderByPath, but the last component can be the name of
// a document.
func (d OneDrive) ItemByPath(ctx context.Context, path string) (Item, error) {
	item, err := d.itemByPath(ctx, path, "folder or document")
	return item, failed("find item", err)
}

func (d OneDrive) itemByPath(ctx context.Context, path, last string) (item Item, err error) {
	components, err := splitPath(path)
	folders, children := d.Folders(ctx), d.Children(ctx)
	for i, name := range components {
		what, level := "folder", items(folders, nil)
		if i == len(components)-1 && last != what {
			what, level = last, children
		}
		if i > 0 {
			what += " " + strings.Join(components[:i], "/") + "/"
		}
		if item, err = search(what, name, true, level, func(i Item) []string { return []string{i.Name()} }); err != nil {
			return item, err
		}
		if item.Folder != nil {
			folders, children = item.Folder.Folders(ctx), item.Folder.Children(ctx)
		}
	}
	return item, err
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
