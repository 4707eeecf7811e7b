package evaluation

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestContrast compares x with y and z: on a, y is the best of them and x has
// half its loss; on b, z is and x has three times its; on flat nobody has any; on
// short z is missing.
func TestContrast(t *testing.T) {
	entry := func(id, method string, pinAll float64) Entry {
		return Entry{ID: id, Method: method, Scores: Scores{PinAll: pinAll}}
	}
	entries := []Entry{
		entry("a", "x", 1), entry("a", "y", 2), entry("a", "z", 4),
		entry("b", "x", 6), entry("b", "y", 3), entry("b", "z", 2),
		entry("flat", "x", 0), entry("flat", "y", 0), entry("flat", "z", 0),
		entry("short", "x", 1), entry("short", "y", 9),
	}
	want := Contrast{
		Method: "x", Others: []string{"y", "z"},
		Series: []Versus{{"b", "z", 3}, {"flat", "y", 1}, {"a", "y", 0.5}},
		Better: 1, Ratio: math.Cbrt(3 * 1 * 0.5),
	}
	got := NewContrast(entries, "x", []string{"y", "z"})
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(1e-12, 0)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got.Above(2) != 1 || got.Above(3) != 0 {
		t.Errorf("above twice: %d, above three times: %d", got.Above(2), got.Above(3))
	}
	for name, empty := range map[string]Contrast{"no others": NewContrast(entries, "x", nil), "unknown": NewContrast(entries, "x", []string{"w"})} {
		if len(empty.Series) > 0 || !math.IsNaN(empty.Ratio) {
			t.Errorf("%s: got %+v", name, empty)
		}
	}
}

// Where the best other has no loss and the method has some, it counts as worse
// and is not in the mean.
func TestContrastWithNoLoss(t *testing.T) {
	entries := []Entry{{ID: "a", Method: "x", Scores: Scores{PinAll: 1}}, {ID: "a", Method: "y"}, {ID: "b", Method: "x", Scores: Scores{PinAll: 1}}, {ID: "b", Method: "y", Scores: Scores{PinAll: 2}}}
	got := NewContrast(entries, "x", []string{"y"})
	if got.Ratio != 0.5 || got.Better != 1 || got.Above(2) != 1 || !math.IsInf(got.Series[0].Ratio, 1) {
		t.Errorf("got %+v", got)
	}
}
