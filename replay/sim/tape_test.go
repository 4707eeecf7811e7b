package sim

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Tapes are sorted by identity; a group without a round has none.
func TestTapes(t *testing.T) {
	var tapes Tapes
	if got := tapes.All(); len(got) != 0 {
		t.Errorf("%d tapes of nothing", len(got))
	}
	for _, name := range []string{"b", "a", "silent", "c"} {
		m, g := bin(5, 100, 1), poll(1, at(6))
		m.Group, g.Group = name, name
		tapes.Add(m)
		if name != "silent" {
			tapes.Add(g)
		}
	}
	var names []string
	for _, tape := range tapes.All() {
		names = append(names, tape.ID.Group)
		if len(tape.Beats) != 1 || len(tape.Beats[0].Before) != 1 {
			t.Errorf("%s: %+v", tape.ID, tape.Beats)
		}
	}
	if diff := cmp.Diff([]string{"a", "b", "c"}, names); diff != "" {
		t.Errorf("tapes (-want +got):\n%s", diff)
	}
}
