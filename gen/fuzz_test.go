package gen

import (
	"encoding/json"
	"testing"
)

func FuzzTime(f *testing.F) {
	for _, text := range []string{
		`"2026-11-23T12:05:31.1234567Z"`, `"2026-11-23T15:06:02+03:00"`, `"2018.08.08 12:00"`, `null`, `""`, `5`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var got, again Time
		if json.Unmarshal(data, &got) != nil || got.Year() > 9999 {
			return
		}
		encoded, err := json.Marshal(got)
		if err != nil {
			t.Fatalf("%s: %v", data, err)
		}
		if err := json.Unmarshal(encoded, &again); err != nil || !again.Equal(got.Time) {
			t.Errorf("%s: %s, %v", data, encoded, err)
		}
	})
}
