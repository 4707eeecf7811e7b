package modeltest

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

const (
	// often is how many bins lie between refits where the checks are cheap,
	// seldom where they repeat often.
	often, seldom = 7 * 24, 13 * 24
)

// refits checks what a Refitter promises beside what every model does.
func refits(t *testing.T, mk Make, c model.Config) {
	for _, name := range []string{"weekly", "noisy with holes", "level shift", "three days gone", "constant", "huge", "begins late"} {
		t.Run("estimations of "+name, func(t *testing.T) {
			values := Series()[name]
			for _, n := range []int{5, 4 * 24, 27*24 + 7} {
				estimations(t, mk, c, values[:n])
			}
		})
	}
	t.Run("adopting", func(t *testing.T) { adopting(t, mk, c) })
	t.Run("only adopting changes what is fixed", func(t *testing.T) { fixed(t, mk, c) })
	t.Run("no bytes change nothing", func(t *testing.T) { nothingAdopted(t, mk, c) })
	for name, values := range Series() {
		t.Run("refitted "+name, func(t *testing.T) { soundThroughout(t, refitting(mk, often), c, values) })
	}
	for name, other := range configs(c.Grid) {
		t.Run("refitted "+name, func(t *testing.T) {
			soundThroughout(t, refitting(mk, often), other, Series()["noisy with holes"][:16*24])
		})
	}
	t.Run("restored and undisturbed twins agree over refits", func(t *testing.T) { twins(t, refitting(mk, seldom), c) })
	t.Run("nothing is known over refits before it came", func(t *testing.T) { noLookAhead(t, refitting(mk, often), c) })
}

// estimations takes the estimation at the last of the values in many ways, and
// wants the same bytes of all.
func estimations(t *testing.T, mk Make, c model.Config, values []float64) {
	m, past := mk(c).(model.Refitter), model.NewHistory(c.Grid, 0)
	drive(m, past, values, func(int) {})
	through := past.Newest()
	before := m.Snapshot(nil)
	estimation := m.Estimation(past, through)
	want := estimation(model.InLine)
	same := func(how string, got []byte) {
		t.Helper()
		if !bytes.Equal(want, got) {
			t.Errorf("%d bins, estimated %s: want %d bytes, got %d that differ", len(values), how, len(want), len(got))
		}
	}
	same("again", estimation(model.InLine))
	same("in another order", estimation(backwards))
	same("side by side", estimation(sideBySide))
	same("from the same bin", m.Estimation(past, through)(model.InLine))
	if !bytes.Equal(before, m.Snapshot(nil)) {
		t.Errorf("%d bins: an estimation changed the model", len(values))
	}
	loaded, twin := copied(past), mk(c).(model.Refitter)
	if err := twin.Restore(loaded, before); err != nil {
		t.Fatalf("%d bins: restore: %v", len(values), err)
	}
	same("by a restored model", twin.Estimation(loaded, through)(model.InLine))
	for i, v := range []float64{1e12, math.NaN(), 0}[:delay(c.Grid)] {
		past.Append(through+1+int64(i), v, 1)
		m.Observe(past)
		past.Revise(through-int64(i), 7, 2)
	}
	same("later, from what it had read", estimation(model.InLine))
	same("three bins later", m.Estimation(past, through)(model.InLine))
}

// backwards runs the tasks from last to first.
func backwards(n int, task func(i int)) {
	for i := range n {
		task(n - 1 - i)
	}
}

// sideBySide runs the tasks at once, begun in no order.
func sideBySide(n int, task func(i int)) {
	var all sync.WaitGroup
	for _, i := range rand.New(rand.NewPCG(uint64(n), 3)).Perm(n) {
		all.Go(func() { task(i) })
	}
	all.Wait()
}

// adopting wants an estimate of a long series, and that it is adopted whole or
// not at all.
func adopting(t *testing.T, mk Make, c model.Config) {
	m, past := mk(c).(model.Refitter), model.NewHistory(c.Grid, 0)
	drive(m, past, Series()["noisy with holes"], func(int) {})
	estimate := m.Estimation(past, past.Newest())(model.InLine)
	if len(estimate) == 0 {
		t.Fatal("no estimate from 30 days of a daily wave")
	}
	for range 2 { // before the first estimate is in force, and after
		for name, wrong := range map[string][]byte{
			"nonsense":   []byte("\xff\x00 nonsense"),
			"cut off":    estimate[:len(estimate)-1],
			"a byte":     estimate[:1],
			"and more":   append(slices.Clone(estimate), 0),
			"one of 255": bytes.Repeat([]byte{255}, len(estimate)),
		} {
			unchanged(t, c, m, past, name, func() {
				if m.Adopt(past, wrong) == nil {
					t.Errorf("%s: want an error", name)
				}
			})
		}
		given := slices.Clone(estimate)
		if err := m.Adopt(past, given); err != nil {
			t.Fatalf("adopt: %v", err)
		}
		clear(given) // they are the caller's
		bands := unwritten(c)
		if !m.Forecast(past, nil, bands) || !bands.Sound() {
			t.Fatalf("adopted: got no sound forecast, %v", bands.Steps)
		}
		m.Alarmed()
	}
	twin := mk(c).(model.Refitter)
	loaded := copied(past)
	if err := twin.Restore(loaded, m.Snapshot(nil)); err != nil {
		t.Fatalf("restore: %v", err)
	}
	if a, b := m.Estimation(past, past.Newest())(model.InLine), twin.Estimation(loaded, past.Newest())(model.InLine); !bytes.Equal(a, b) {
		t.Error("after an adoption a restored model estimates something else")
	}
}

// nothingAdopted adopts no bytes, before and after there was an estimate.
func nothingAdopted(t *testing.T, mk Make, c model.Config) {
	m, past := mk(c).(model.Refitter), model.NewHistory(c.Grid, 0)
	none := func() {
		for _, nothing := range [][]byte{nil, {}} {
			if err := m.Adopt(past, nothing); err != nil {
				t.Errorf("adopt no bytes: %v", err)
			}
		}
	}
	drive(m, past, Series()["weekly"], func(int) {})
	unchanged(t, c, m, past, "none in force", none)
	if err := m.Adopt(past, m.Estimation(past, past.Newest())(model.InLine)); err != nil {
		t.Fatal(err)
	}
	unchanged(t, c, m, past, "one in force", none)
}

// unchanged wants the same snapshot and forecast before and after.
func unchanged(t *testing.T, c model.Config, m model.Refitter, past *model.History, name string, do func()) {
	t.Helper()
	snapshot, alarmed, before := m.Snapshot(nil), m.Alarmed(), unwritten(c)
	m.Forecast(past, []float64{3}, before)
	do()
	after := unwritten(c)
	m.Forecast(past, []float64{3}, after)
	same := bytes.Equal(snapshot, m.Snapshot(nil)) && alarmed == m.Alarmed()
	for h := range before.Steps {
		same = same && equal(before.Steps[h], after.Steps[h]) && equal(before.Peaks[h], after.Peaks[h])
	}
	if !same {
		t.Errorf("%s: the model changed", name)
	}
}
