package api

import (
	"context"
	"net/http"
)

// RestoreDeviceCode requests a device code. After the user has confirmed it, its UserCode is valid as the credentials
// of a restore or copy in this session. v4 and later support it. With v2 and v3, the error matches [ErrInvalid], and
// nothing is sent.
func (s RestoreSession) RestoreDeviceCode(
	ctx context.Context, options RestoreDeviceCodeOptions,
) (RestoreDeviceCode, error) {
	var code RestoreDeviceCode
	err := s.read(ctx, "get device code", s.check(), "userCode", &code, func(w wire) (*http.Response, error) {
		return w.CreateRestoreDeviceCode(ctx, s.id, options.body(), acceptJSON)
	})
	return code, err
}
