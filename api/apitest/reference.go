package apitest

import (
	"net/http"
	"strings"

	"github.com/vbo365/vbo365-go/spec"
)

// referencePath is where the product has its Swagger UI.
const referencePath = "/swagger/ui/index"

// referencePolicy goes with the policy in the page itself, which allows its scripts and styles only: the page talks to
// this server only, and no other page shows it in a frame, where clicks on it could be tricked out of a user.
const referencePolicy = "connect-src 'self'; frame-ancestors 'none'"

// isReference tells whether a request is for the reference page. Like all paths it is found in any letter case.
func isReference(r *http.Request) bool {
	return strings.EqualFold(strings.TrimSuffix(r.URL.Path, "/"), referencePath)
}

// serveReference answers the reference page of the API to anyone. It is not part of the API and not in the request log.
func serveReference(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", referencePolicy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cache-Control", "no-cache") // the next simulator at this address may be a newer one
	_, _ = w.Write(spec.Reference)          // if the client goes away, there is nobody to tell
}
