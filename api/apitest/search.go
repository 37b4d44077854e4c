package apitest

import (
	"strings"

	"github.com/vbo365/vbo365-go/api/apitest/internal/query"
	"github.com/vbo365/vbo365-go/api/apitest/internal/tenant"
	"github.com/vbo365/vbo365-go/gen/server"
)

// searched is an item as a query sees it.
type searched struct {
	item
	path, owner string
}

func (s searched) Path() string  { return s.path }
func (s searched) Owner() string { return s.owner }

// search gives a page of what a query matches in folders (spec/FACTS.md#14). Nobody keeps what was found: each page is
// searched for again. Our choice.
func (e *exchange) search(text string, in ...tenant.Folder) (any, error) {
	condition, err := query.Parse(text)
	if err != nil {
		return nil, e.badOption("query", err.Error())
	}
	folder := func(f tenant.Folder) (bool, error) { return condition.Match(searched{f, f.Path(), f.Drive.Name}) }
	document := func(d tenant.Document) (bool, error) { return condition.Match(searched{d, d.Path(), d.Drive.Name}) }
	if strings.EqualFold(e.ItemType, string(server.SearchItemTypeDocuments)) {
		folder = nil
	}
	if strings.EqualFold(e.ItemType, string(server.SearchItemTypeFolders)) {
		document = nil
	}
	var found []func() (any, error)
	for _, place := range in {
		folders, documents, err := place.Search(folder, document)
		if err != nil {
			return nil, err
		}
		for _, f := range folders {
			found = append(found, func() (any, error) { return e.folder(f) })
		}
		for _, d := range documents {
			found = append(found, func() (any, error) { return e.document(d) })
		}
	}
	at := func(i int64) (any, error) { return found[i]() }
	_, path, _ := strings.Cut(strings.ToLower(strings.Trim(e.r.URL.Path, "/")), "/") // without the version
	return e.page(int64(len(found)), at, path)
}

// searchOneDrives searches all OneDrives of a session, in the order of their list.
func (s *Server) searchOneDrives(e *exchange) (any, error) {
	sess, err := s.enterWorkingSession(e)
	if err != nil {
		return nil, err
	}
	var options options
	if err := e.readOptions(&options); err != nil {
		return nil, err
	}
	var roots []tenant.Folder
	for _, v := range sess.views() {
		if err := sess.readable(v); err != nil {
			return nil, err
		}
		roots = append(roots, v.Root())
	}
	return e.search(options.Query, roots...)
}
