package records_test

import (
	"reflect"
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

func TestTable(t *testing.T) {
	got, err := records.Table("x.toml", []byte("a = [\"b\"]\n[c]\nd = 1\n"))
	want := map[string]any{"a": []any{"b"}, "c": map[string]any{"d": int64(1)}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Table = %v, %v, want %v", got, err, want)
	}
	if _, err := records.Table("x.toml", []byte("a = 1\nb =")); err == nil || !strings.Contains(err.Error(), "x.toml: line 2") {
		t.Errorf("Table = %v, want an error naming the file and line 2", err)
	}
}
