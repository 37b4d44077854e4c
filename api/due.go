package api

import (
	"encoding/json"

	"github.com/vbo365/vbo365-go/gen"
)

// checkDue refuses an object that is not the one that was asked for, a message for example: all its properties would be zero, and
// nothing of that is true.
func checkDue(value any, body []byte) error {
	due := true
	switch v := value.(type) {
	case *gen.Organization:
		due = v.ID != ""
	case *gen.RestoreSession:
		due = v.ID != ""
	case *gen.OneDrive:
		due = v.ID != ""
	case *gen.Folder:
		due = v.ID != ""
	case *gen.Document:
		due = v.ID != ""
	case *gen.RestoreDeviceCode:
		due = v.UserCode != ""
	case *gen.RestoreSessionStatistics:
		var required struct {
			Total *int64 `json:"totalItemsCount"`
		}
		due = json.Unmarshal(body, &required) == nil && required.Total != nil
	}
	if !due {
		return unexpected("the answer is not what was asked for: %s", message("", body))
	}
	return nil
}
