package api

import (
	"context"
	"net/http"

	"github.com/vbo365/vbo365-go/gen"
)

// A device code that a user confirms at Microsoft, and what it is for.
type (
	// RestoreDeviceCodeOptions says which application is to write, and for a copy to another organization, which.
	RestoreDeviceCodeOptions = gen.RestoreDeviceCodeOptions
	// RestoreDeviceCode is a code, and where the user enters it. ExpiresIn is in seconds.
	RestoreDeviceCode = gen.RestoreDeviceCode
)

// RestoreDeviceCode asks for a device code. When the user has confirmed it, its UserCode is good as the credentials of a restore or
// copy in this session. v4 and later know it; with v2 and v3, the error matches [ErrInvalid] and nothing is sent.
func (s RestoreSession) RestoreDeviceCode(ctx context.Context, options RestoreDeviceCodeOptions) (RestoreDeviceCode, error) {
	var code RestoreDeviceCode
	err := s.read(ctx, "get device code", s.check(), &code,
		func(w wire) (*http.Response, error) {
			if err := w.knows(option{"restoreDeviceCode", true, V4, V8}); err != nil {
				return nil, err
			}
			return w.CreateRestoreDeviceCode(ctx, s.id, options, acceptJSON)
		})
	return code, err
}
