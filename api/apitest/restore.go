package apitest

import (
	"github.com/vbo365/vbo365-go/gen/server"
)

// restoreToOriginalLocation writes folders back to where they were. The defaults, documentVersion last and
// documentAction keep, are our choice (fact sheet 1.4).
func (o operations) restoreToOriginalLocation(
	e *exchange, chosen selection, options server.RestoreToOriginalLocationOptions,
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
	t := &transfer{conflict: keep}
	for _, f := range outermost(chosen.folders) {
		t.parts = append(t.parts, part{f, f.path})
	}
	if options.DocumentAction != nil && *options.DocumentAction == server.DocumentActionOverwrite {
		t.conflict = overwrite
	}
	t.allVersions = options.DocumentVersion != nil && *options.DocumentVersion == server.DocumentVersionAll

	location := chosen.Name
	if len(chosen.folders) == 1 {
		location = chosen.folders[0].location()
	}
	o.execute(e)
	t.event = chosen.begin(server.EventTypeRestore, "Restoring", location)
	return t.run(o.ctx, chosen.drive)
}
