package apitest

import (
	"cmp"
	"net/http"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/vbo365/vbo365-go/gen/server"
)

// copyTo prepares to copy folders into another OneDrive. The content of the root lands in the target folder itself, another
// folder keeps its name in there. The defaults, documentVersion last and documentLastVersionAction merge, are our choice.
func (s *Server) copyTo(e *exchange, chosen selection, options server.CopyToOptions) (*transfer, error) {
	applicationID := ""
	if options.ApplicationID != nil {
		applicationID = options.ApplicationID.String()
	}
	err := checkCredentials(text(options.UserName), text(options.UserPassword), text(options.UserCode),
		applicationID, text(options.ApplicationCertificate), text(options.ApplicationCertificatePassword))
	if err != nil {
		return nil, err
	}
	prefix, err := targetFolder(e, text(options.Folder))
	if err != nil {
		return nil, err
	}
	drive, err := s.findTarget(e, options.OneDrive)
	if err != nil {
		return nil, err
	}

	t := &transfer{
		drive: drive, verb: "Copying", location: path.Join(drive.Name, prefix), base: prefix, conflict: merge,
		allVersions: isTrue(options.ChangedItems) || is(options.DocumentVersion, server.DocumentVersionAll),
		deleted:     isTrue(options.DeletedItems),
		permissions: isTrue(options.RestorePermissions),
	}
	if is(options.DocumentLastVersionAction, server.DocumentLastVersionActionOverwrite) {
		t.conflict = overwrite
	}
	for i, f := range chosen.folders {
		name := cmp.Or(chosen.tops[i], f.name())
		if f.path == "." {
			name = "."
		}
		t.parts = append(t.parts, part{f, path.Join(prefix, name)})
	}
	return t, nil
}

func isTrue(p *bool) bool { return p != nil && *p }

// findTarget finds the OneDrive to copy to: by the first of id, url and name that is given.
func (s *Server) findTarget(e *exchange, target *server.OneDrive) (*drive, error) {
	if target == nil {
		target = &server.OneDrive{}
	}
	id, url, name := text(target.ID), text(target.URL), text(target.Name)
	var found []*drive
	for _, organization := range s.organizations {
		for _, d := range organization.drives {
			switch {
			case id != "":
				if strings.EqualFold(id, d.ID) {
					found = append(found, d)
				}
			case url != "":
				if strings.EqualFold(strings.TrimSuffix(url, "/"), d.URL) {
					found = append(found, d)
				}
			case name != "" && strings.EqualFold(name, d.Name):
				found = append(found, d)
			}
		}
	}
	switch {
	case id == "" && url == "" && name == "":
		return nil, e.badOption("oneDrive", "an id, a url or a name is needed")
	case len(found) > 1:
		return nil, e.badOption("oneDrive", "several OneDrives have this name; give the id")
	case len(found) == 0:
		return nil, failure{http.StatusNotFound, e.badOption("oneDrive", "there is no such OneDrive").Error()}
	}
	return found[0], nil
}

// targetFolder turns the folder of copyTo into a slash-separated path; "." is the root. It refuses what could lead out
// of the OneDrive or into the version history, and names that OneDrive does not know.
func targetFolder(e *exchange, name string) (string, error) {
	if name == "" {
		return ".", nil
	}
	name = strings.ReplaceAll(name, `\`, "/")
	for component := range strings.SplitSeq(name, "/") {
		switch {
		case component == "":
			return "", e.badOption("folder", "must be a relative path without empty components")
		case component == "." || component == "..":
			return "", e.badOption("folder", "must not have . or .. in it")
		case strings.EqualFold(component, versionsFolder):
			return "", e.badOption("folder", versionsFolder+" is reserved")
		case strings.ContainsAny(component, `"*:<>?|`), strings.ContainsFunc(component, unicode.IsControl),
			!utf8.ValidString(component):
			return "", e.badOption("folder", "has characters that a OneDrive does not allow")
		}
	}
	return name, nil
}
