package apitest

import (
	"cmp"
	"net/http"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/vbo365/vbo365-go/api/apitest/internal/tenant"
)

// copyTo copies folders into another OneDrive. The defaults, documentVersion last and documentLastVersionAction merge,
// are our choice.
func (s *Server) copyTo(e *exchange, chosen tenant.Selection, options options) (any, error) {
	if err := options.check("userName and userPassword"); err != nil {
		return nil, err
	}
	folder, err := targetFolder(e, options.Folder)
	if err != nil {
		return nil, err
	}
	drive, err := s.findTarget(e, options)
	if err != nil {
		return nil, err
	}
	t := chosen.CopyTo(drive, folder)
	t.AllVersions = options.ChangedItems || strings.EqualFold(options.DocumentVersion, "all")
	t.Deleted, t.Permissions = options.DeletedItems, options.RestorePermissions
	t.Conflict = tenant.Merge
	if strings.EqualFold(options.DocumentLastVersionAction, "overwrite") {
		t.Conflict = tenant.Overwrite
	}
	return s.carryOut(e, chosen, t, "Copying", path.Join(drive.Name, folder))
}

// findTarget finds the OneDrive to copy to: by the first of id, url and name that is given.
func (s *Server) findTarget(e *exchange, options options) (*tenant.Drive, error) {
	target := options.OneDrive
	var found []*tenant.Drive
	wanted := cmp.Or(target.ID, strings.TrimSuffix(target.URL, "/"), target.Name)
	for _, organization := range s.organizations {
		for _, d := range organization.Drives {
			name := d.Name
			switch {
			case target.ID != "":
				name = d.ID
			case target.URL != "":
				name = d.URL
			}
			if strings.EqualFold(wanted, name) && !d.UserDeleted {
				found = append(found, d)
			}
		}
	}
	switch {
	case wanted == "":
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
		case strings.EqualFold(component, tenant.VersionsFolder):
			return "", e.badOption("folder", tenant.VersionsFolder+" is reserved")
		case strings.ContainsAny(component, `"*:<>?|`), strings.ContainsFunc(component, unicode.IsControl),
			!utf8.ValidString(component):
			return "", e.badOption("folder", "has characters that a OneDrive does not allow")
		}
	}
	return name, nil
}
