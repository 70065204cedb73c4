package engine_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestDamagedLesson: a lesson that cannot be read is set aside, and the filter
// starts.
func TestDamagedLesson(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "lesson.json"), []byte(`{"lesson":{"on":tr`), 0o600); err != nil {
		t.Fatal(err)
	}
	e, err := open(dir, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if s, err := e.Status(t.Context()); err != nil || s.Lesson.On {
		t.Errorf("%+v, %v", s.Lesson, err)
	}
	if aside, _ := filepath.Glob(filepath.Join(dir, "lesson.json.damaged-*")); len(aside) != 1 {
		t.Errorf("set aside: %v", aside)
	}
}
