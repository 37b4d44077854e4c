package apitest

import (
	"crypto/rand"

	"github.com/vbo365/vbo365-go/gen/server"
)

const (
	deviceLogin        = "https://microsoft.com/devicelogin"
	deviceCodeLifetime = 900 // seconds
)

// createRestoreDeviceCode makes up a code. There is no Microsoft here that would know it, and a restore or copy takes
// any: our choice.
func (s *Server) createRestoreDeviceCode(e *exchange) (any, error) {
	if _, err := s.enterWorkingSession(e); err != nil {
		return nil, err
	}
	code := rand.Text()[:9]
	return server.RestoreDeviceCode{
		UserCode:        &code,
		VerificationURL: new(deviceLogin),
		ExpiresIn:       new(int64(deviceCodeLifetime)),
		Message:         new("To sign in, open " + deviceLogin + " and enter the code " + code + "."),
	}, nil
}
