package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/vbo365/vbo365-go/api"
)

// rehearse counts what an action would touch.
func (c chosen) rehearse(ctx context.Context, r *result) (err error) {
	r.TotalItemsCount, r.Size, err = c.count(ctx, 0)
	if err != nil {
		return err
	}
	documents := "documents"
	if r.TotalItemsCount == 1 {
		documents = "document"
	}
	r.summary = fmt.Sprintf("dry run, nothing was done: %d %s with %s", r.TotalItemsCount, documents, bytesOf(r.Size))
	if _, ok := c.target.(api.PreviousFolder); ok {
		r.summary += " in the current version of the folder"
	}
	if r.Target != "" {
		r.summary += ", to " + r.Target
	}
	return nil
}

// errEnough ends a count.
var errEnough = errors.New("enough")

// count returns the number of the documents and their size in bytes. It stops when there are more than limit documents,
// unless limit is 0. Of a previous version of a folder, it counts what the folder has now.
func (c chosen) count(ctx context.Context, limit int64) (documents, bytes int64, err error) {
	add := func(size int64) error {
		documents++
		bytes += size
		if limit > 0 && documents > limit {
			return errEnough
		}
		return nil
	}
	err = c.each(ctx, add)
	if errors.Is(err, errEnough) {
		err = nil
	}
	return documents, bytes, err
}

// each calls add with the size of each document.
func (c chosen) each(ctx context.Context, add func(size int64) error) error {
	if version, ok := c.target.(api.PreviousDocument); ok {
		return add(version.Size())
	}
	if len(c.items) == 0 {
		for document, err := range c.drive.AllDocuments(ctx) {
			if err != nil {
				return err
			}
			if err := add(document.Size()); err != nil {
				return err
			}
		}
		return nil
	}
	items := func(yield func(api.Item, error) bool) {
		for _, item := range c.items {
			var err error
			if item.Document != nil && item.Document.Properties.ID == "" { // known by its id only
				var read api.Document
				read, err = item.Document.Get(ctx)
				item.Document = &read
			}
			if !yield(item, err) {
				return
			}
		}
	}
	return walk(ctx, items, "", nil, -1, func(item api.Item, _ string, _ int) error {
		if item.Document == nil {
			return nil
		}
		return add(item.Document.Size())
	})
}
