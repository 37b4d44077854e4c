// Package gen holds the types and the client that oapi-codegen makes of spec/openapi.yaml.
//
// Most programs want package api, which adds tokens, streams and errors. A program that needs the bare protocol can use
// this package alone:
//
//	client, err := gen.NewClient("https://backup.example.com:4443/v2")
//	…
//	response, err := client.RunOneDriveFolderAction(ctx, sessionID, driveID, folderID, gen.SaveAction{})
//
// Files that end in .gen.go are generated, by `go generate` in the root of the repository. The others hold what the
// generator cannot express, such as [Secret]. There is no ClientWithResponses, which the generator makes otherwise: it
// would read whole responses into memory.
package gen
