package api

import (
	"errors"
	"net/http"
	"strings"
	"testing"
)

func TestCredentialsOfSeveralStyles(t *testing.T) {
	t.Parallel()
	folder := newFolder(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("sent %s", r.URL) },
		WithAPIVersion(V7))
	for want, options := range map[string]RestoreToOriginalLocation{
		"userName and userCode exclude": {UserName: "u", UserPassword: canaryPassword, UserCode: "c"},
		"userCode and applicationId exclude": {
			UserCode: "c", ApplicationID: "a",
			ApplicationCertificate: canaryPassword,
		},
		"userName and userPassword belong":           {UserName: "u"},
		"userName and userPassword belong together":  {UserPassword: canaryPassword},
		"applicationId and applicationCertificate b": {ApplicationCertificatePassword: canaryPassword},
		"applicationId and applicationCertificate ":  {ApplicationID: "a"},
	} {
		_, restoreErr := folder.RestoreToOriginalLocation(t.Context(), options)
		_, copyErr := folder.CopyTo(t.Context(), CopyTo{
			UserName: options.UserName, UserPassword: options.UserPassword, UserCode: options.UserCode,
			ApplicationID: options.ApplicationID, ApplicationCertificate: options.ApplicationCertificate,
			ApplicationCertificatePassword: options.ApplicationCertificatePassword,
		})
		for _, err := range []error{restoreErr, copyErr} {
			if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), want) ||
				strings.Contains(err.Error(), canaryPassword) {
				t.Errorf("got %v, want %q in it", err, want)
			}
		}
	}
}
