package apitest

import (
	"github.com/vbo365/vbo365-go/gen/server"
)

// restoreToOriginalLocation prepares to write folders back to where they were. The defaults, documentVersion last and
// documentAction keep, are our choice (spec/FACTS.md#1.4).
func (s selection) restoreToOriginalLocation(options server.RestoreToOriginalLocationOptions) (*transfer, error) {
	applicationID := ""
	if options.ApplicationID != nil {
		applicationID = options.ApplicationID.String()
	}
	err := checkCredentials(text(options.UserName), text(options.UserPassword), text(options.UserCode),
		applicationID, text(options.ApplicationCertificate), text(options.ApplicationCertificatePassword))
	if err != nil {
		return nil, err
	}
	t := &transfer{
		drive: s.drive, verb: "Restoring", location: s.Name, conflict: keep,
		allVersions: is(options.DocumentVersion, server.DocumentVersionAll),
	}
	for _, f := range outermost(s.folders) {
		t.parts = append(t.parts, part{f, f.path})
	}
	if is(options.DocumentAction, server.DocumentActionOverwrite) {
		t.conflict = overwrite
	}
	if len(s.folders) == 1 {
		t.location = s.folders[0].location()
	}
	return t, nil
}
