package modeltest

import (
	"bytes"
	"slices"
	"testing"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// fixed folds a series with two adoptions, and wants that the first Fixed bytes
// of a snapshot are those after the last adoption, that other bytes change, and
// that both together restore the model.
func fixed(t *testing.T, mk Make, c model.Config) {
	m, past := mk(c).(model.Refitter), model.NewHistory(c.Grid, 0)
	parameters, first, moved := fixedPart(t, m), m.Snapshot(nil), false
	drive(m, past, Series()["weekly"], func(i int) {
		if i == 15*24 || i == 22*24 {
			moved = false
			if err := m.Adopt(past, m.Estimation(past, past.Newest())(model.InLine)); err != nil {
				t.Fatalf("bin %d: adopt: %v", i, err)
			}
			parameters, first = fixedPart(t, m), m.Snapshot(nil)
		}
		if got := fixedPart(t, m); !bytes.Equal(parameters, got) {
			t.Fatalf("bin %d: %d fixed bytes changed, and are %d", i, len(parameters), len(got))
		}
		moved = moved || !bytes.Equal(first, m.Snapshot(nil))
	})
	if len(parameters) < 8 || !moved {
		t.Errorf("want parameters and a state that moves, got %d fixed bytes, moved: %v", len(parameters), moved)
	}
	snapshot := m.Snapshot(nil)
	twin := mk(c).(model.Refitter)
	if err := twin.Restore(copied(past), append(slices.Clone(parameters), snapshot[m.Fixed():]...)); err != nil {
		t.Fatalf("restore: %v", err)
	}
	if twin.Fixed() != m.Fixed() || !bytes.Equal(snapshot, twin.Snapshot(nil)) {
		t.Error("the fixed bytes and the others do not give the model back")
	}
}

// fixedPart gives the bytes of a snapshot that only an adoption may change,
// taken behind other bytes.
func fixedPart(t *testing.T, m model.Refitter) []byte {
	t.Helper()
	n, snapshot := m.Fixed(), m.Snapshot([]byte("ahead"))[len("ahead"):]
	if n < 0 || n > len(snapshot) {
		t.Fatalf("%d fixed bytes of %d", n, len(snapshot))
	}
	return snapshot[:n]
}
