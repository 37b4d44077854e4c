package api

import (
	"context"
	"iter"
	"net/http"
	"net/url"
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

	setID string // of the pages before
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
		return Page[T]{}, failed(l.op, l.session.explain(ctx, err))
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
		type fetched struct {
			results []W
			err     error
		}
		var none T
		ctx, cancel := context.WithCancel(ctx)
		pages := make(chan fetched)
		go func() {
			defer close(pages)
			for results, err := range l.pages(ctx) {
				select {
				case pages <- fetched{results, err}:
				case <-ctx.Done():
					return
				}
			}
		}()
		defer func() {
			cancel()
			for range pages { // until the goroutine has ended
			}
		}()
		for page := range pages {
			if page.err != nil {
				yield(none, failed(l.op, l.session.explain(ctx, page.err)))
				return
			}
			for _, result := range page.results {
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

var errListChanged = unexpected("the list has changed while it was read, or the server repeats a page")

// pages requests page after page. Each page starts with the last item of the one before. If another item is there, the
// list has changed, or the server repeats a page: items could be missed or duplicated, so that is an error.
func (l list[W, T]) pages(ctx context.Context) iter.Seq2[[]W, error] {
	return func(yield func([]W, error) bool) {
		options := PageOptions{Limit: pageSize}
		last := ""
		for first := true; ; first = false {
			page, err := l.get(ctx, options)
			if err != nil {
				yield(nil, err)
				return
			}
			results := page.Results
			if !first {
				if len(results) == 0 || l.id(results[0]) != last {
					yield(nil, errListChanged)
					return
				}
				results = results[1:]
			}
			if page.more && len(results) == 0 {
				yield(nil, unexpected("a page without items says that there are more"))
				return
			}
			if len(results) > 0 && !yield(results, nil) || !page.more {
				return
			}
			last, options.setID = l.id(results[len(results)-1]), page.SetID
			options.Offset = *page.Offset + int64(len(page.Results)) - 1
		}
	}
}

// get requests one page.
func (l list[W, T]) get(ctx context.Context, options PageOptions) (wirePage[W], error) {
	var page wirePage[W]
	if l.wrong != nil {
		return page, l.wrong
	}
	response, err := l.session.client.exchange(ctx, call{}, func(w wire) (*http.Response, error) {
		return l.request(ctx, w, options)
	})
	if err == nil {
		err = l.read(response, options, &page)
	}
	for i := range page.Results {
		completeLinks(response.Request, &page.Results[i])
	}
	return page, err
}

// read decodes a page, or a bare list.
func (l list[W, T]) read(response *http.Response, options PageOptions, page *wirePage[W]) error {
	body, err := readText(response)
	if err != nil {
		return err
	}
	if l.bare && len(body) > 0 && body[0] == '[' {
		return failedWith(response.StatusCode, decodeJSON(response, body, '[', maxListed, &page.Results))
	}
	items := maxPageSize
	if options.Limit > 0 {
		items = int(min(max(options.Limit, pageSize), maxPageSize))
	}
	if err := decodeJSON(response, body, '{', elementsPerItem*items, page); err != nil {
		return failedWith(response.StatusCode, err)
	}
	return page.check(options)
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
	for name, values := range link.Query() {
		if !strings.EqualFold(name, "offset") {
			continue
		}
		if begin, err := strconv.ParseInt(values[0], 10, 64); err != nil || begin != offset+count {
			return unexpected("the link to the next page goes to item %s, not %d", oneLine(values[0]), offset+count)
		}
	}
	return nil
}
