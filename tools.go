//go:build tools || generate

// Package tools pins the code generator and says how to run it.
package tools

import _ "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen"

//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config gen/types.cfg.yaml spec/openapi.yaml
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config gen/client.cfg.yaml spec/openapi.yaml
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config gen/server/server.cfg.yaml spec/openapi.yaml
//go:generate go run ./scripts/spec/editions
//go:generate go run ./scripts/spec/tables
//go:generate go run ./scripts/apigen
