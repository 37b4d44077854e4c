package api

import (
	"slices"
	"strings"
)

// credentialStyles are the options that identify the Microsoft 365 account or application that a restore or copy writes
// with.
var credentialStyles = []struct {
	needed   []string
	optional string
}{
	{needed: []string{"userName", "userPassword"}},
	{needed: []string{"officeUsername", "officePassword"}}, // of several OneDrives
	{needed: []string{"userCode"}},
	{needed: []string{"applicationId", "applicationCertificate"}, optional: "applicationCertificatePassword"},
}

// checkCredentials refuses credentials of several styles in the options of an action, and incomplete ones. Options
// without credentials are valid here; the server may refuse them.
func checkCredentials(given map[string]any) error {
	isGiven := func(name string) bool { return given[name] != nil }
	var styles []string
	for _, style := range credentialStyles {
		missing := slices.DeleteFunc(slices.Clone(style.needed), isGiven)
		switch {
		case len(missing) == 0:
			styles = append(styles, style.needed[0])
		case len(missing) < len(style.needed) || isGiven(style.optional):
			return invalid("%s belong together", strings.Join(style.needed, " and "))
		}
	}
	if len(styles) > 1 {
		return invalid("%s exclude each other: use one style of credentials", strings.Join(styles, " and "))
	}
	return nil
}
