package api

import "mime"

// isJSON reports whether a content type is JSON. Servers have been seen to name it in two ways.
func isJSON(contentType string) bool {
	mediaType, _, _ := mime.ParseMediaType(contentType)
	return mediaType == "application/json" || mediaType == "application/json-stream"
}
