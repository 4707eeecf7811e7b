package fold

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// TestMembersChangeNothingThatIsPublished compares what is published beside
// members with what is without.
func TestMembersChangeNothingThatIsPublished(t *testing.T) {
	alone, beside := stage().New(id()), stage().New(id())
	drive(t, alone, inForce(policy()))
	drive(t, beside, inForce(forecastBy("naive", "mean", "rls", "oracle")))
	for n := range 700 {
		a, b := drive(t, alone, live(n, n+1, wave)...), drive(t, beside, live(n, n+1, wave)...)
		if diff := cmp.Diff(a, b); diff != "" {
			t.Fatalf("bin %d: %s", n, diff)
		}
	}
}

// TestAMemberIsAsIfItWerePublished wants of a member, asked for, the forecast
// and the score that it has where it is the policy's model.
func TestAMemberIsAsIfItWerePublished(t *testing.T) {
	beside, own := stage().New(id()).(*State), stage().New(id())
	drive(t, beside, inForce(forecastBy("naive", "rls", "mean")))
	drive(t, own, inForce(forecastBy("mean")))
	drive(t, beside, backfill(600, wave)...)
	drive(t, own, backfill(600, wave)...)
	for n := 600; n < 960; n++ {
		drive(t, beside, live(n, n+1, wave)...)
		want := drive(t, own, live(n, n+1, wave)...)[0]
		got, refusal := beside.Predict("mean", "", 1)
		if refusal != nil || got.Outsider != nil {
			t.Fatalf("bin %d: want an answer from the state, got %v", n, refusal)
		}
		want.Round = 0
		if diff := cmp.Diff(want, got.Forecast); diff != "" {
			t.Fatalf("bin %d: %s", n, diff)
		}
	}
	// The member becomes the model in force, and goes on with its score.
	drive(t, beside, inForce(forecastBy("mean", "naive")))
	want, got := drive(t, own, live(960, 961, wave)...), drive(t, beside, live(960, 961, wave)...)
	if diff := cmp.Diff(want, got); diff != "" || got[0].Score == nil {
		t.Errorf("in force: score %v, %s", got[0].Score, diff)
	}
}

// TestAMemberThatGoesLeavesNothing says that what it stored is replaced by
// next to nothing.
func TestAMemberThatGoesLeavesNothing(t *testing.T) {
	calm, never := stage().New(id()), store{}
	drive(t, calm, inForce(forecastBy("naive", "mean")))
	drive(t, calm, backfill(600, wave)...)
	drive(t, calm, live(600, 656, wave)...)
	never.put(calm.Changed())
	s, kept := stage().New(id()), store{}
	drive(t, s, inForce(forecastBy("naive", "rls", "mean")))
	drive(t, s, backfill(600, wave)...)
	drive(t, s, live(600, 640, wave)...)
	kept.put(s.Changed())
	drive(t, s, inForce(forecastBy("naive", "mean")))
	parts := s.Changed()
	kept.put(parts)
	emptied := 0
	for _, p := range parts {
		if len(p.Data) == 1 {
			emptied++
		}
	}
	if emptied != 1 {
		t.Errorf("want the part of rls emptied, got %d of %d parts", emptied, len(parts))
	}
	drive(t, s, live(640, 656, wave)...) // every forecast that waited is replaced
	kept.put(s.Changed())
	if alone := bytesOf(never); bytesOf(kept) > alone+alone/100 {
		t.Errorf("want the %d bytes that there are where it never was, got %d", alone, bytesOf(kept))
	}
	s = kept.load(t)
	if got := s.(*State).series["cpu"].named("mean"); got == nil || got.place != 2 {
		t.Errorf("want the other member where it was")
	}
	drive(t, s, inForce(forecastBy("naive", "mean", "rls")))
	drive(t, s, live(656, 666, wave)...)
	kept.put(s.Changed())
	again := kept.load(t).(*State).series["cpu"].named("rls")
	if again == nil || again.place != 1 || again.card.Score().Judged > 12*10 {
		t.Errorf("want a member that comes again to begin anew")
	}
}

func bytesOf(kept store) (n int) {
	for _, data := range kept {
		n += len(data)
	}
	return n
}

// TestAnOutsiderIsAFreshMember builds a model that does not run, and wants what
// one says that observed the window and was estimated at its end.
func TestAnOutsiderIsAFreshMember(t *testing.T) {
	s := stage().New(id()).(*State)
	drive(t, s, inForce(policy()))
	drive(t, s, backfill(600, wave)...)
	drive(t, s, live(600, 610, wave)...)
	s.Changed()
	for _, name := range []string{"mean", "rls", "panicky"} {
		a, refusal := s.Predict(name, "cpu", 1)
		if refusal != nil || a.Outsider == nil || a.Outsider.Key().Model != name {
			t.Fatalf("%s: want an outsider, got %+v (%v)", name, a, refusal)
		}
		answered(t, &a)
		past := s.series["cpu"].past
		o := s.series["cpu"].outlooks[0].terms
		o.model = name
		m := stage().kit().make(o, past.Grid())
		model.Build(m, past)
		if r, ok := m.(model.Refitter); ok && name != "panicky" {
			if err := r.Adopt(past, r.Estimation(past, past.Newest())(func(n int, task func(int)) {
				for i := range n {
					task(n - 1 - i)
				}
			})); err != nil {
				t.Fatal(err)
			}
		}
		want := streams.Forecast{}
		say(&want, m, o, seen{past, s.series["cpu"].tail()})
		if diff := cmp.Diff(want.Quantiles, a.Forecast.Quantiles); diff != "" || len(want.Quantiles) == 0 {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if parts := s.Changed(); len(parts) > 0 {
		t.Errorf("predictions changed %d parts", len(parts))
	}
}

// TestOutsiderKey says what makes a model be built again.
func TestOutsiderKey(t *testing.T) {
	s := stage().New(id()).(*State)
	drive(t, s, inForce(policy()))
	drive(t, s, live(0, 400, wave)...)
	key := func() OutsiderKey {
		a, refusal := s.Predict("mean", "", 1)
		if refusal != nil {
			t.Fatal(refusal)
		}
		return a.Outsider.Key()
	}
	before := key()
	drive(t, s, metric(400, 5, 1), metric(399, 7, 2))
	if key() != before {
		t.Error("a young bin is another key")
	}
	seen := map[OutsiderKey]string{before: "nothing"}
	for _, tc := range []struct {
		name   string
		events []streams.Event
	}{
		{"a bin settled", []streams.Event{group(401, 1)}},
		{"a settled bin revised", []streams.Event{metric(200, 9, 5)}},
		{"another horizon", []streams.Event{inForce(func() streams.Policy { p := policy(); p.Forecast.Horizon = 3; return p }())}},
	} {
		drive(t, s, tc.events...)
		if other, known := seen[key()]; known {
			t.Errorf("%s: the key is that of %s", tc.name, other)
		}
		seen[key()] = tc.name
	}
}
