package apitest

import (
	"fmt"

	"github.com/vbo365/vbo365-go/gen/server"
)

// restoreToOriginalLocation writes the folder back to where it was. The defaults, documentVersion last and
// documentAction keep, are our choice (fact sheet 1.4).
func (o operations) restoreToOriginalLocation(
	f folder, options server.RestoreToOriginalLocationOptions,
) (server.RestoreStatistics, error) {
	applicationID := ""
	if options.ApplicationID != nil {
		applicationID = options.ApplicationID.String()
	}
	err := checkCredentials(text(options.UserName), text(options.UserPassword), text(options.UserCode),
		applicationID, text(options.ApplicationCertificate), text(options.ApplicationCertificatePassword))
	if err != nil {
		return server.RestoreStatistics{}, err
	}
	target, release, err := openProduction(f.drive)
	if err != nil {
		return server.RestoreStatistics{}, fmt.Errorf("restore: %w", err)
	}
	defer release()
	t := &transfer{source: f, target: target, prefix: f.path, conflict: keep}
	if options.DocumentAction != nil && *options.DocumentAction == server.DocumentActionOverwrite {
		t.conflict = overwrite
	}
	t.allVersions = options.DocumentVersion != nil && *options.DocumentVersion == server.DocumentVersionAll
	return t.run(o.ctx)
}
