package gen

import "fmt"

// Versions are the versions of the API that have something, From the first To the last of them. The zero value is all
// versions.
type Versions struct {
	// From is the number of the first version. 0 is the first one of the API.
	From int
	// To is the number of the last version. 0 means From and all later ones.
	To int
}

// Has reports whether a version is one of them.
func (v Versions) Has(version int) bool { return version >= v.From && (v.To == 0 || version <= v.To) }

// String returns "v6 and later", "v5 and earlier", "v3 to v5", "v4" or "all versions".
func (v Versions) String() string {
	switch {
	case v == Versions{}:
		return "all versions"
	case v.To == 0:
		return fmt.Sprintf("v%d and later", v.From)
	case v.From == 0:
		return fmt.Sprintf("v%d and earlier", v.To)
	case v.From == v.To:
		return fmt.Sprintf("v%d", v.From)
	}
	return fmt.Sprintf("v%d to v%d", v.From, v.To)
}
