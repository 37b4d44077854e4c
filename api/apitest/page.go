package apitest

import (
	"fmt"
	"net/url"

	"github.com/vbo365/vbo365-go/gen/server"
)

// defaultLimit is how many items a page has that nobody asked for otherwise (fact sheet 4.2). The spec has the maximum.
const defaultLimit = 30

// pageRequest says which part of a list is wanted.
type pageRequest struct {
	offset int64
	limit  int32
}

func newPageRequest(limit *server.Limit, offset *server.Offset) pageRequest {
	p := pageRequest{limit: defaultLimit}
	if limit != nil {
		p.limit = *limit
	}
	if offset != nil {
		p.offset = *offset
	}
	return p
}

// window gives the part of a list of total items that is wanted.
func (p pageRequest) window(total int64) (from, to int64) {
	from = min(p.offset, total)
	return from, from + min(int64(p.limit), total-from)
}

// of cuts the page out of a list.
func pageOf[T any](p pageRequest, list []T) []T {
	from, to := p.window(int64(len(list)))
	return list[from:to]
}

// links are those of a page of a list of total items: itself and, where there are such, the pages before and after it
// (fact sheet 4.2). parentID is the parameter of that name, if there is one.
func (p pageRequest) links(href string, parentID *server.ParentID, total int64) *server.Links {
	link := func(offset int64, limit int32) server.Link {
		query := fmt.Sprintf("offset=%d&limit=%d", offset, limit)
		if parentID != nil {
			query = "parentId=" + url.QueryEscape(*parentID) + "&" + query
		}
		return server.Link{Href: href + "?" + query}
	}
	from, to := p.window(total)
	links := server.Links{"self": link(p.offset, p.limit)}
	if from > 0 {
		before := max(from-int64(p.limit), 0)
		links["first"] = link(0, p.limit)
		links["prev"] = link(before, int32(from-before)) //nolint:gosec // not more than the limit
	}
	if to < total {
		links["next"] = link(to, p.limit)
	}
	return &links
}
