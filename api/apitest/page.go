package apitest

import (
	"fmt"
	"math"

	"github.com/vbo365/vbo365-go/api/apitest/internal/tenant"
	"github.com/vbo365/vbo365-go/gen/server"
)

// page gives the part of a list of total items that a request wants. at describes an item of it, nil if it is gone, and
// path is that of the list. The links of the page are those to itself and, where there are such, to the pages before
// and after it (spec/FACTS.md#4.2). The id of the set is the same for all pages. Nobody keeps the set: our choice.
func (e *exchange) page(total int64, at func(i int64) (any, error), path ...string) (any, error) {
	offset, limit := e.Offset, e.Limit
	query := e.r.URL.Query() // what chooses the items of the list
	query.Del("limit")
	query.Del("offset")
	query.Del("setId")
	list := e.href(path...) + "?"
	if len(query) > 0 {
		list += query.Encode() + "&"
	}
	link := func(offset int64, limit int32) server.Link {
		return server.Link{Href: fmt.Sprintf("%soffset=%d&limit=%d", list, offset, limit)}
	}

	links := server.Links{"self": link(offset, limit)}
	from, to := e.window(total)
	if from > 0 {
		before := max(from-int64(limit), 0)
		links["first"] = link(0, limit)
		links["prev"] = link(before, int32(from-before)) //nolint:gosec // not more than the limit
	}
	if to < total {
		links["next"] = link(to, limit)
	}
	results := []any{}
	for i := from; i < to; i++ {
		result, err := at(i)
		if err != nil {
			return nil, err
		}
		if result != nil {
			results = append(results, result)
		}
	}
	page := map[string]any{
		"offset": offset, "limit": limit, "results": results, "_links": links, "setId": tenant.ID("set", list+string(e.content)),
	}
	if total <= math.MaxInt32 {
		page["totalCount"] = total
	}
	return page, nil
}

// window is the part of a list of total items that a request wants.
func (e *exchange) window(total int64) (from, to int64) {
	from = min(e.Offset, total)
	return from, from + min(int64(e.Limit), total-from)
}
