package apitest

import (
	"fmt"
	"math"

	"github.com/google/uuid"

	"github.com/vbo365/vbo365-go/gen/server"
)

// page is a part of a list that a request wants.
type page struct {
	e      *exchange
	offset int64
	limit  int32
	total  int64  // of items in the list
	href   string // of the list
}

// newPage gives the page that a request wants of a list of total items. path is that of the list.
func newPage(e *exchange, total int64, path ...string) page {
	return page{e: e, offset: e.query.Offset, limit: e.query.Limit, total: total, href: e.href(path...)}
}

// window gives the part of a list that is wanted.
func (p page) window() (from, to int64) {
	from = min(p.offset, p.total)
	return from, from + min(int64(p.limit), p.total-from)
}

// pageOf cuts the page out of a list.
func pageOf[T any](p page, list []T) []T {
	from, to := p.window()
	return list[from:to]
}

// list is the address of the list, with the parameters of the query that choose what is in it.
func (p page) list() string {
	query := p.e.r.URL.Query()
	query.Del("limit")
	query.Del("offset")
	address := p.href + "?"
	if len(query) > 0 {
		address += query.Encode() + "&"
	}
	return address
}

// of gives the page with its results. Its links are those to itself and, where there are such, to the pages before and after
// it (spec/FACTS.md#4.2). The id names the list, and is the same for all of its pages. Nobody keeps the list: our choice.
func (p page) of(results any) any {
	link := func(offset int64, limit int32) server.Link {
		return server.Link{Href: fmt.Sprintf("%soffset=%d&limit=%d", p.list(), offset, limit)}
	}
	from, to := p.window()
	links := server.Links{"self": link(p.offset, p.limit)}
	if from > 0 {
		before := max(from-int64(p.limit), 0)
		links["first"] = link(0, p.limit)
		links["prev"] = link(before, int32(from-before)) //nolint:gosec // not more than the limit
	}
	if to < p.total {
		links["next"] = link(to, p.limit)
	}
	resource := map[string]any{
		"offset": p.offset, "limit": p.limit, "results": results, "_links": links,
		"setId": uuid.NewSHA1(namespace, []byte("set\x00"+p.list())),
	}
	if p.total <= math.MaxInt32 {
		resource["totalCount"] = p.total
	}
	return resource
}
