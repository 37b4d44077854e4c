// Package spec embeds the OpenAPI document, the one source of truth about the wire.
//
//	doc, err := openapi3.NewLoader().LoadFromData(spec.OpenAPI)
//
// The package imports nothing else, so that importing it costs its bytes only.
package spec

import _ "embed"

// OpenAPI is openapi.yaml as it stands beside this file: an OpenAPI 3.0.3 document in YAML. Callers must not change it.
//
//go:embed openapi.yaml
var OpenAPI []byte
