package api

import (
	"context"
	"net/url"
	"path"
	"strings"
)

// FindOneDrive returns the OneDrive of an owner: a name, an e-mail address, or the URL of the OneDrive. Letter case
// does not count. An e-mail address is compared with the last segment of the URL of each OneDrive, which Microsoft 365
// derives from it. If there is no such OneDrive, the error matches [ErrNotFound], and lists similar names. If there are
// several, it matches [ErrAmbiguous].
func (s RestoreSession) FindOneDrive(ctx context.Context, owner string) (OneDrive, error) {
	drive, err := search("OneDrive of", owner, false, s.OneDrives(ctx), func(d OneDrive) []string {
		if d.belongsTo(owner) {
			return []string{owner}
		}
		return []string{d.Properties.Name}
	})
	return drive, failed("find OneDrive", err)
}

// belongsTo reports whether owner is the e-mail address of the owner, or the URL of the OneDrive.
func (d OneDrive) belongsTo(owner string) bool {
	own := strings.TrimRight(d.Properties.URL, "/")
	switch {
	case own == "" || owner == "":
		return false
	case strings.Contains(owner, "://"):
		return strings.EqualFold(own, strings.TrimRight(owner, "/"))
	case strings.Contains(owner, "@"):
		address, err := url.Parse(own)
		return err == nil && strings.EqualFold(path.Base(address.Path), account(owner))
	}
	return false
}

// account returns the last segment of the URL of a OneDrive: the e-mail address of its owner, with an underscore in
// place of each character that is not a letter or digit.
func account(email string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r > 0x7f {
			return r
		}
		return '_'
	}, strings.ToLower(email))
}
