package compare

import (
	"testing"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// TestVerifyShadows: decisions of a round are told apart by their policy, so
// that each is held against its own, and one that is lost or changed is named.
func TestVerifyShadows(t *testing.T) {
	shadowed := decider()
	alone := shadowed.step
	shadowed.step = func(c *count, ev streams.Event) []streams.Event {
		out := alone(c, ev)
		if len(out) > 0 {
			d := out[0].(streams.Decision)
			d.Policy = "bold"
			out = append(out, d)
		}
		return out
	}
	w := write(t)
	w.stages[1] = shadowed
	for n := uint64(1); n <= 8; n++ {
		w.round(web(), n)
	}
	w.commit(web())
	check := func(msgs []Message, want counts) {
		t.Helper()
		v := New(msgs[len(msgs)-1].Time.Add(life/24), life, forecaster(), shadowed)
		check(t, verified(t, v, msgs), counts{Compared: 8, Equal: 8}, want)
	}
	check(w.msgs, counts{Compared: 16, Equal: 16})
	of := func(n int, edit func(string) string) []Message {
		var out []Message
		for _, m := range w.msgs {
			ev, err := streams.Decode(m.Subject, m.Data)
			d, ok := ev.(streams.Decision)
			if err == nil && ok && d.Shadow() && d.Round == uint64(n) {
				if m.Data = []byte(edit(string(m.Data))); len(m.Data) == 0 {
					continue
				}
			}
			out = append(out, m)
		}
		return out
	}
	check(of(5, lost), counts{Compared: 15, Equal: 15, Different: 1})
	check(of(5, replaced(`"why":"5"`, `"why":"6"`)), counts{Compared: 16, Equal: 15, Different: 1})
}
