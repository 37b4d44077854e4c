package api

import (
	"net/http"
	"strings"

	"github.com/vbo365/vbo365-go/gen"
)

// completeLinks makes the links of a resource absolute, as servers up to v5 write them: later ones leave out the server
// (spec/FACTS.md#4.2).
func completeLinks(asked *http.Request, resource any) {
	complete := func(address string) string {
		if asked == nil || !strings.HasPrefix(address, "/") {
			return address
		}
		return asked.URL.Scheme + "://" + asked.URL.Host + address
	}
	var links gen.Links
	switch r := resource.(type) {
	case *gen.Organization:
		links = r.Links
		for name, action := range r.Actions {
			action.URI = complete(action.URI)
			r.Actions[name] = action
		}
	case *gen.RestoreSession:
		links = r.Links
	case *gen.OneDrive:
		links = r.Links
	case *gen.Folder:
		links = r.Links
	case *gen.Document:
		links = r.Links
	}
	for name, link := range links {
		link.Href = complete(link.Href)
		links[name] = link
	}
}
