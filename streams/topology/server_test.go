package topology

import "testing"

func TestCheckServer(t *testing.T) {
	for _, test := range []struct {
		level   int
		version string
		want    string
	}{
		{5, "2.15.2", ""},
		{4, "2.14.4", ""},
		{4, "2.14.4-preview.1", ""},
		{4, "2.14.3", "server version: found 2.14.3, want 2.14.4 or later"},
		{4, "2.14.0-RC.2", "server version: found 2.14.0-RC.2, want 2.14.4 or later"},
		{2, "2.12.8", "server api level: found 2 (version 2.12.8), want at least 4 (version 2.14.4)"},
	} {
		got := ""
		if err := checkServer(test.level, test.version); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("level %d, version %s: got %q, want %q", test.level, test.version, got, test.want)
		}
	}
}
