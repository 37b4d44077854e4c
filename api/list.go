package api

import (
	"cmp"
	"context"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/vbo365/vbo365-go/gen"
)

// PageOptions selects a page of a list.
type PageOptions struct {
	// Offset is the number of items to skip.
	Offset int64
	// Limit is the maximum number of items of the page. If it is 0, the server chooses; its default is 30. The
	// documented maximum is 10,000.
	Limit int32

	setID string // that the server gave to the list with the pages before
}

// Page is a page of a list.
type Page[T any] struct {
	Items []T
	// More tells whether the list has another page after this one.
	More bool
}

// maxPageSize is the documented maximum of items of a page (spec/FACTS.md#4.2).
const maxPageSize = 10_000

// pageSize is the number of items that an iterator requests at once. It is large enough that the number of requests
// does not matter, and small enough that the memory of two pages does not.
const pageSize = 1000

// A list describes a list of the API. Its items are W in responses, and T for the caller.
type list[W, T any] struct {
	op      string
	session RestoreSession // that the list belongs to; without an id if there is none
	wrong   error          // of the ids; nil if they are valid
	request func(context.Context, wire, PageOptions) (*http.Response, error)
	id      func(W) string
	item    func(W) T
	// bare says that the server may send the whole list as an array without the envelope.
	bare bool
}

// wirePage is the envelope of all lists.
type wirePage[W any] struct {
	Offset  *int64    `json:"offset"`
	Limit   int64     `json:"limit"`
	Results []W       `json:"results"`
	SetID   string    `json:"setId"`
	Links   gen.Links `json:"_links"`
	more    bool
}

func (l list[W, T]) page(ctx context.Context, options PageOptions) (Page[T], error) {
	if options.Offset < 0 || options.Limit < 0 {
		return Page[T]{}, failed(l.op, invalid("the offset or the limit of the page is negative"))
	}
	wire, err := l.get(ctx, options)
	if err != nil {
		return Page[T]{}, err
	}
	page := Page[T]{Items: make([]T, len(wire.Results)), More: wire.more}
	for i, result := range wire.Results {
		page.Items[i] = l.item(result)
	}
	return page, nil
}

// all returns an iterator over the whole list. It requests the next page while the caller works on a page, and holds at
// most two.
func (l list[W, T]) all(ctx context.Context) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		reading, cancel := context.WithCancel(ctx)
		for results, err := range ahead(l.pages(reading), 0, cancel) {
			if err != nil {
				yield(none, err)
				return
			}
			for _, result := range results {
				if !yield(l.item(result), nil) {
					return
				}
			}
		}
		if err := ctx.Err(); err != nil {
			yield(none, failed(l.op, err))
		}
	}
}

// ahead runs an iterator in a goroutine, at most n+1 items ahead of the caller. When the caller leaves the iteration, it
// calls stop, which must end the iterator, and waits for the goroutine.
func ahead[T any](all iter.Seq2[T, error], n int, stop func()) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		type item struct {
			value T
			err   error
		}
		items := make(chan item, n)
		go func() {
			defer close(items)
			for value, err := range all {
				items <- item{value, err}
			}
		}()
		defer func() {
			stop()
			for range items { // until the goroutine has ended
			}
		}()
		for item := range items {
			if !yield(item.value, item.err) {
				return
			}
		}
	}
}

var errListChanged = unexpected("the list has changed while it was read, or the server repeats a page")

// pages requests page after page. If the list has changed, items could be missed or duplicated, so that is an error.
func (l list[W, T]) pages(ctx context.Context) iter.Seq2[[]W, error] {
	return func(yield func([]W, error) bool) {
		for c := l.start(); c.more; {
			results, moved, err := c.next(ctx, pageSize)
			if moved > 0 {
				err = failed(l.op, errListChanged)
			}
			if !yield(results, err) || err != nil {
				return
			}
		}
	}
}

// A cursor is a position in a list.
type cursor[W, T any] struct {
	list[W, T]
	length int64  // the number of items before the position
	last   string // the id of the last of them
	setID  string // that the server gave to the list; empty if it gave none
	more   bool   // whether the list has more
}

func (l list[W, T]) start() cursor[W, T] { return cursor[W, T]{list: l, more: true} }

// next requests the items after the position. The page starts with the item before it, to see whether the list has
// changed. moved is the number of items that were added before that item. If the item is not on the page, the list has
// changed in another way, or the server repeats a page: that is an error.
func (c *cursor[W, T]) next(ctx context.Context, limit int32) (results []W, moved int, err error) {
	at := c.length
	page, err := c.get(ctx, PageOptions{Offset: max(at-1, 0), Limit: limit, setID: c.setID})
	c.setID = page.SetID
	if err == nil && at > 0 {
		moved = slices.IndexFunc(page.Results, func(item W) bool { return c.id(item) == c.last })
		page.Results = page.Results[moved+1:]
		switch {
		case moved < 0:
			err = failed(c.op, errListChanged)
		case len(page.Results) == 0 && page.more:
			err = failed(c.op, unexpected("a page without items says that there are more"))
		}
	}
	c.moveTo(at, page)
	return page.Results, moved, err
}

// moveTo sets the position to the one after a page that starts at another position.
func (c *cursor[W, T]) moveTo(at int64, page wirePage[W]) {
	c.length, c.more = at+int64(len(page.Results)), page.more
	if n := len(page.Results); n > 0 {
		c.last = c.id(page.Results[n-1])
	}
}

// get requests one page.
func (l list[W, T]) get(ctx context.Context, options PageOptions) (page wirePage[W], err error) {
	err = l.session.read(ctx, l.op, l.wrong,
		func(response *http.Response) error {
			return failedWith(response.StatusCode, l.read(response, options, &page))
		},
		func(w wire) (*http.Response, error) { return l.request(ctx, w, options) })
	return page, err
}

// read decodes a page, or a bare list.
func (l list[W, T]) read(response *http.Response, options PageOptions, page *wirePage[W]) error {
	body, err := readText(response)
	if err != nil {
		return err
	}
	if l.bare && len(body) > 0 && body[0] == '[' {
		err = decodeJSON(response, body, '[', maxListed, &page.Results)
	} else {
		items := min(max(cmp.Or(options.Limit, maxPageSize), pageSize), maxPageSize)
		err = decodeJSON(response, body, '{', elementsPerItem*int(items), page)
		if err == nil {
			err = page.check(options)
		}
	}
	for i := range page.Results {
		completeLinks(response.Request, &page.Results[i])
	}
	return err
}

// check verifies that the page is the requested one, and sets more.
func (page *wirePage[W]) check(options PageOptions) error {
	if page.Limit <= 0 {
		page.Limit = int64(options.Limit)
	}
	count := int64(len(page.Results))
	switch {
	case page.Offset == nil || page.Results == nil:
		return unexpected("the response is not a page of a list")
	case *page.Offset != options.Offset:
		return unexpected("the page begins at item %d, not %d", *page.Offset, options.Offset)
	case options.Limit == 0 && count > maxPageSize:
		return unexpected("the page has %d items, more than the %d that one can have", count, maxPageSize)
	case options.Limit > 0 && count > int64(options.Limit):
		return unexpected("the page has %d items, not the %d that were requested", count, options.Limit)
	}
	next, linked := page.Links["next"]
	// Without links, a full page may or may not be the last one.
	page.more = linked || len(page.Links) == 0 && count > 0 && count >= page.Limit
	if linked {
		return checkNext(next.Href, page.Links["self"].Href, *page.Offset, count)
	}
	return nil
}

// checkNext verifies that the link to the next page has the expected offset, and the same host as the page's own link.
// Links are not followed, because their host may differ from the address of the server (spec/FACTS.md#4.2).
func checkNext(next, self string, offset, count int64) error {
	link, err := url.Parse(next)
	if err != nil {
		return unexpected("the link to the next page is not a URL")
	}
	own, err := url.Parse(self)
	if err == nil && own.Host != "" && link.Host != "" && !strings.EqualFold(own.Host, link.Host) {
		return unexpected("the link to the next page goes to another host, %s", oneLine(link.Host))
	}
	if count == 0 {
		return unexpected("a page without items says that there are more")
	}
	query, _ := url.ParseQuery(strings.ToLower(link.RawQuery))
	if begin := query.Get("offset"); query.Has("offset") && begin != strconv.FormatInt(offset+count, 10) {
		return unexpected("the link to the next page goes to item %s, not %d", oneLine(begin), offset+count)
	}
	return nil
}
