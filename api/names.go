package api

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
)

// maxSimilar is the maximum number of similar names in an error.
const maxSimilar = 3

// search returns the item with a name. Letter case does not count, as in OneDrive, unless several names differ only in
// it. With unique, it returns the first item with the name in the same letter case.
func search[T any](
	what, name string, unique bool, items iter.Seq2[T, error], names func(T) []string,
) (none T, err error) {
	var exact, folded []T
	var hints []string // quoted
	for item, err := range items {
		if err != nil {
			return none, err
		}
		names := names(item)
		switch {
		case name == "": // no item has an empty name
		case slices.Contains(names, name):
			if unique {
				return item, nil
			}
			exact = append(exact, item)
		case slices.ContainsFunc(names, func(other string) bool { return strings.EqualFold(other, name) }):
			folded = append(folded, item)
		default:
			for _, other := range names {
				if len(hints) < maxSimilar && similar(other, name) && !slices.Contains(hints, strconv.Quote(other)) {
					hints = append(hints, strconv.Quote(other))
				}
			}
		}
	}
	if len(exact) == 0 {
		exact = folded
	}
	switch {
	case len(exact) > 1:
		return none, fmt.Errorf("%w: %d items match %s %q", ErrAmbiguous, len(exact), what, name)
	case len(exact) == 1:
		return exact[0], nil
	case len(hints) > 0:
		similar := strings.Join(hints, ", ")
		return none, fmt.Errorf("%w: there is no %s %q; similar: %s", ErrNotFound, what, name, similar)
	}
	return none, fmt.Errorf("%w: there is no %s %q", ErrNotFound, what, name)
}

// similar reports whether name contains meant, or starts with the same three characters.
func similar(name, meant string) bool {
	name, meant = strings.ToLower(name), strings.ToLower(meant)
	begin := meant[:min(len(meant), 3)]
	return len(begin) == 3 && (strings.Contains(name, meant) || strings.HasPrefix(name, begin))
}

// names returns what a search for an owner compares: the owner itself, if the OneDrive belongs to it, else the name.
func (d OneDrive) names(owner string) []string {
	if d.belongsTo(owner) {
		return []string{owner}
	}
	return []string{d.Properties.Name}
}

// belongsTo reports whether owner is the e-mail address of the owner, or the URL of the OneDrive.
func (d OneDrive) belongsTo(owner string) bool {
	own := strings.TrimRight(d.Properties.URL, "/")
	switch {
	case own == "" || owner == "":
		return false
	case strings.Contains(owner, "://"):
		return strings.EqualFold(own, strings.TrimRight(owner, "/"))
	case strings.Contains(owner, "@"):
		address, err := url.Parse(own)
		return err == nil && strings.EqualFold(path.Base(address.Path), account(owner))
	}
	return false
}

// account returns the last segment of the URL of a OneDrive: the e-mail address of its owner, with an underscore in
// place of each character that is not a letter or digit.
func account(email string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r > 0x7f {
			return r
		}
		return '_'
	}, strings.ToLower(email))
}

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
