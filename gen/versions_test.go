package gen_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vbo365/vbo365-go/gen"
)

func TestVersions(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		versions gen.Versions
		text     string
		has      []int
	}{
		{gen.Versions{}, "all versions", []int{2, 3, 4, 5, 6}},
		{gen.Versions{From: 5}, "v5 and later", []int{5, 6}},
		{gen.Versions{To: 3}, "v3 and earlier", []int{2, 3}},
		{gen.Versions{From: 3, To: 5}, "v3 to v5", []int{3, 4, 5}},
		{gen.Versions{From: 4, To: 4}, "v4", []int{4}},
	} {
		var has []int
		for version := 2; version <= 6; version++ {
			if test.versions.Has(version) {
				has = append(has, version)
			}
		}
		if diff := cmp.Diff(test.has, has); diff != "" || test.versions.String() != test.text {
			t.Errorf("%+v is %q: %s", test.versions, test.versions, diff)
		}
	}
}
