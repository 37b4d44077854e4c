package api

import (
	"context"
	"net/url"
	"path"
	"strings"
)

// FindOneDrive returns the OneDrive of an owner, who is given by name, by e-mail address, or by the address of the
// OneDrive; letter case does not count. An e-mail address is compared with the last part of the OneDrives' addresses,
// which Microsoft 365 makes of it. If there is none, the error matches [ErrNotFound] and names similar ones; if there
// are several, [ErrAmbiguous].
func (s RestoreSession) FindOneDrive(ctx context.Context, owner string) (OneDrive, error) {
	drive, err := search("OneDrive of", owner, false, s.OneDrives(ctx), func(d OneDrive) []string {
		if d.belongsTo(owner) {
			return []string{owner}
		}
		return []string{d.Properties.Name}
	})
	return drive, failed("find OneDrive", err)
}

// belongsTo tells whether an e-mail address is that of the owner, or an address that of the OneDrive.
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

// account returns the last part of a OneDrive's address, which is made of its owner's e-mail address: every character
// but letters and digits becomes a low line.
func account(email string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r > 0x7f {
			return r
		}
		return '_'
	}, strings.ToLower(email))
}
