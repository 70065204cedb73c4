package records_test

import (
	"strings"
	"testing"

	"lessonguard/assets/records"
)

func TestDecode(t *testing.T) {
	for _, tt := range []struct{ data, want string }{
		{`name = "Zoom"`, ""},
		{`nmae = "Zoom"`, `"nmae"`},
		{"name = \"Zoom\"\nname = ", "line 2"},
		{`name = 7`, "x.toml"},
	} {
		var v struct {
			Name string `toml:"name"`
		}
		err := records.Decode("x.toml", []byte(tt.data), &v)
		if tt.want == "" {
			if err != nil || v.Name != "Zoom" {
				t.Errorf("Decode(%q) = %v, %v", tt.data, v, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "x.toml") {
			t.Errorf("Decode(%q) = %v, want an error naming x.toml and %s", tt.data, err, tt.want)
		}
	}
}
