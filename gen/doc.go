// Package gen has the types and the client that oapi-codegen generates from spec/openapi.yaml.
//
// Most programs use package api, which adds tokens, retries, streams and errors. A program that needs only the protocol
// can use this package alone:
//
//	client, err := gen.NewClient("https://backup.example.com:4443/v2")
//	…
//	response, err := client.RunOneDriveFolderAction(ctx, sessionID, driveID, folderID, nil, gen.SaveAction{})
//
// `go generate ./...` in the root of the repository writes the files that end in .gen.go. The others have what the
// generator cannot express, such as [Secret]. The generator's ClientWithResponses is omitted, because it reads whole
// responses into memory.
package gen
