package spec

import _ "embed"

// Reference is reference.html, the reference page of the document: one HTML file that loads nothing else. Served by a
// server of the API, it can send it requests. Callers must not change it. Programs that do not use it do not hold it.
//
//go:embed reference.html
var Reference []byte
