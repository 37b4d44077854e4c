package main

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

const (
	// maxDepth bounds the levels of a name. A path in OneDrive has up to 400 characters, thus up to 200 levels.
	maxDepth = 256
	// maxNodes bounds the number of files and folders, with the folders that have no entry. Each takes some hundred
	// bytes of memory. OneDrive advises against more than 300,000.
	maxNodes = 1 << 20
)

var errTooManyNodes = fmt.Errorf("the archive has more than %d files and folders: "+
	"save it with --output and unpack it with another program", maxNodes)

// A node is a file or folder to make.
type node struct {
	parent  *node  // nil for the directory itself
	name    string // in the archive
	stored  string // on disk
	file    bool
	moved   bool // its path on disk differs from that in the archive
	skipped bool
	made    bool // a folder that exists
}

// path is the path on disk, with slashes.
func (p *node) path() string {
	var components []string
	for ; p.parent != nil; p = p.parent {
		components = append(components, p.stored)
	}
	if components == nil {
		return "."
	}
	slices.Reverse(components)
	return strings.Join(components, "/")
}

// child is a name in a folder.
type child struct {
	parent *node
	name   string
}

// A planner collects the nodes of the entries.
type planner struct {
	root  *node
	nodes []*node // a folder comes before its children
	seen  map[child]*node
}

// plan checks all entries of an archive before anything is written, and returns the node of each.
//
// The archive is not trusted. plan refuses an archive if a name in it is absolute or leads out of the directory, if two
// names are equal, if it has a link, or if it is too large. It replaces or skips a name that the file system cannot
// store, or considers equal to another. Time and memory are linear in the size of the archive's directory.
func (x extraction) plan(ctx context.Context, entries []*zip.File) ([]*node, error) {
	p := planner{root: &node{made: true}, seen: make(map[child]*node, len(entries))}
	targets := make([]*node, len(entries))
	total := uint64(0)
	for i, entry := range entries {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := checkName(entry.Name); err != nil {
			return nil, fmt.Errorf("the archive has the name %.300q: %w", entry.Name, err)
		}
		if mode := entry.Mode(); !mode.IsDir() && !mode.IsRegular() {
			return nil, fmt.Errorf("the archive has %.300q, which is neither a file nor a folder but %v",
				entry.Name, mode.Type())
		}
		if entry.UncompressedSize64 > x.limit-total {
			return nil, fmt.Errorf("the archive has more than %d bytes of content: see --max-extracted-bytes", x.limit)
		}
		total += entry.UncompressedSize64
		var err error
		if targets[i], err = p.add(entry.Name); err != nil {
			return nil, err
		}
	}
	return targets, p.store(ctx, x.system, x.skip)
}

// checkName refuses a name that leads out of the directory on any system.
func checkName(name string) error {
	depth := 0
	for component := range strings.SplitSeq(strings.TrimSuffix(name, "/"), "/") {
		depth++
		switch {
		case component == "":
			return errors.New("it is absolute or has an empty component")
		case component == ".", component == "..":
			return errors.New("it has a component that names another folder")
		case depth > maxDepth:
			return fmt.Errorf("it has more than %d levels", maxDepth)
		}
	}
	return nil
}

// add adds the node of a file or folder, and those of its parents.
func (p *planner) add(name string) (*node, error) {
	at, ok := p.root, true
	file := !strings.HasSuffix(name, "/")
	for component := range strings.SplitSeq(strings.TrimSuffix(name, "/"), "/") {
		if at.file {
			return nil, fmt.Errorf("the archive has %.300q twice: it is a file and a folder", at.path())
		}
		key := child{at, component}
		if at, ok = p.seen[key]; ok {
			continue
		}
		if len(p.nodes) == maxNodes {
			return nil, errTooManyNodes
		}
		at = &node{parent: key.parent, name: component, stored: component}
		p.seen[key] = at
		p.nodes = append(p.nodes, at)
	}
	if ok && (file || at.file) {
		return nil, fmt.Errorf("the archive has %.300q twice", name)
	}
	at.file = file
	return at, nil
}

// store sets the names of all nodes on disk. Names that can be stored unchanged come first, so that no replacement
// takes them.
func (p *planner) store(ctx context.Context, system fileSystem, skip bool) error {
	taken := make(map[child]bool, len(p.nodes))
	take := func(at *node, name string) bool {
		key := child{at.parent, system.key(name)}
		if taken[key] {
			return false
		}
		taken[key], at.stored = true, name
		return true
	}
	var others []*node
	for _, at := range p.nodes {
		if err := ctx.Err(); err != nil {
			return err
		}
		if system.safe(at.name, "") != at.name || !take(at, at.name) {
			others = append(others, at)
		}
	}
	number := 1 // shared by all names: one counter per name would take quadratic time for many equal replacements
	for _, at := range others {
		if err := ctx.Err(); err != nil {
			return err
		}
		at.moved, at.skipped = true, skip
		for name := system.safe(at.name, ""); !skip && !take(at, name); {
			number++
			name = system.safe(at.name, fmt.Sprintf(" (%d)", number))
		}
	}
	for _, at := range p.nodes {
		at.moved = at.moved || at.parent.moved
		at.skipped = at.skipped || at.parent.skipped
	}
	return nil
}
