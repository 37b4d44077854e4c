package apitest

import (
	"context"
	"crypto/rand"

	"github.com/vbo365/vbo365-go/gen/server"
)

const (
	deviceLogin        = "https://microsoft.com/devicelogin"
	deviceCodeLifetime = 900 // seconds
)

// CreateRestoreDeviceCode implements POST …/Organization/restoreDeviceCode. There is no Microsoft here that would know the
// code, and a restore or copy takes any: our choice.
func (o operations) CreateRestoreDeviceCode(
	ctx context.Context, request server.CreateRestoreDeviceCodeRequestObject,
) (server.CreateRestoreDeviceCodeResponseObject, error) {
	if _, err := o.enterWorkingSession(exchangeOf(ctx), request.RestoreSessionID); err != nil {
		return nil, err
	}
	code := rand.Text()[:9]
	return server.CreateRestoreDeviceCode200JSONResponse{RestoreDeviceCodeJSONResponse: server.RestoreDeviceCodeJSONResponse{
		UserCode:        &code,
		VerificationURL: new(deviceLogin),
		ExpiresIn:       new(int64(deviceCodeLifetime)),
		Message:         new("To sign in, open " + deviceLogin + " and enter the code " + code + "."),
	}}, nil
}
