package policy_test

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ml-autoscaling/autoscaler/decider/policy"
	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/replay/sim"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// TestShadowTranscripts plays transcripts with shadows in them.
func TestShadowTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/shadow/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, file := range files {
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got := play(t, string(want), base())
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s: decisions differ (-recorded +now), see -update:\n%s", file, diff)
		}
	}
}

// shadowed gives a control some shadows, and leaves other events as they are.
func shadowed(t *rapid.T, ev streams.Event) streams.Event {
	k, ok := ev.(streams.Control)
	if !ok || k.Policy == nil {
		return ev
	}
	p := *k.Policy
	p.Shadows = map[string]streams.Shadow{}
	for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c"}), 0, 3, rapid.ID).Draw(t, "shadows") {
		s := streams.Shadow{Scaling: p.Scaling}
		s.Scaling.Min = min(rapid.IntRange(0, 2).Draw(t, "min of "+name), s.Scaling.Max)
		p.Shadows[name] = s
	}
	return streams.NewPolicyControl(k.GroupID, k.At, p)
}

// parted gives what the live policy decided, and what shadows did.
func parted(events []streams.Event) (live, shadows []streams.Event) {
	for _, ev := range events {
		if ev.(streams.Decision).Shadow() {
			shadows = append(shadows, ev)
			continue
		}
		live = append(live, ev)
	}
	return live, shadows
}

// TestShadowsChangeNothing holds, whatever comes, that the live policy decides
// byte for byte as if it had no shadows, and that these decide once a round,
// under their names and beside it.
func TestShadowsChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newStorm(t)
		alone, beside := policy.Stage{}.New(web), policy.Stage{}.New(web)
		decided := map[string]uint64{}
		for range rapid.IntRange(1, 60).Draw(t, "events") {
			ev := s.next(t)
			live, shadows := parted(beside.Step(shadowed(t, ev)))
			want, got := encode(t, alone.Step(ev)), encode(t, live)
			if !bytes.Equal(want, got) {
				t.Fatalf("alone:  %s\nbeside: %s", want, got)
			}
			encode(t, shadows)
			for _, ev := range shadows {
				d := ev.(streams.Decision)
				if d.Round <= decided[d.Policy] {
					t.Fatalf("%s decided round %d after round %d", d.Policy, d.Round, decided[d.Policy])
				}
				decided[d.Policy] = d.Round
			}
		}
	})
}

// TestShadowsRestored holds that a state with shadows, which is stored and
// loaded at any moments, decides byte for byte as one that is not, and is
// stored in the same bytes.
func TestShadowsRestored(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newStorm(t)
		stage := policy.Stage{}
		whole, cut := stage.New(web), stage.New(web)
		var parts []streams.Part
		for range rapid.IntRange(1, 60).Draw(t, "events") {
			ev := shadowed(t, s.next(t))
			want, got := encode(t, whole.Step(ev)), encode(t, cut.Step(ev))
			if !bytes.Equal(want, got) {
				t.Fatalf("whole: %s\nrestored: %s", want, got)
			}
			if rapid.IntRange(0, 3).Draw(t, "restart") > 0 {
				continue
			}
			if changed := cut.Changed(); changed != nil {
				parts = changed
			}
			if again := whole.Changed(); again != nil && !bytes.Equal(again[0].Data, parts[0].Data) {
				t.Fatalf("restored: %s\nwhole: %s", parts[0].Data, again[0].Data)
			}
			var err error
			if cut, err = stage.Load(web, parts); err != nil {
				t.Fatalf("load: %v", err)
			}
		}
	})
}

// TestShadowsStaySmall holds that a shadow adds no more to a state than the
// live policy has.
func TestShadowsStaySmall(t *testing.T) {
	p := base()
	p.Scaling.BootPrior = streams.Duration(time.Hour)
	p.Shadows = map[string]streams.Shadow{}
	for i := range streams.MaxShadows {
		s := streams.Shadow{Scaling: p.Scaling}
		s.Scaling.Min = i
		p.Shadows[fmt.Sprint("shadow-", i)] = s
	}
	state := policy.Stage{}.New(web)
	state.Step(streams.NewPolicyControl(web, noon, p))
	for i := 1; i <= 300; i++ {
		now := noon.Add(time.Duration(i) * time.Minute)
		value := 900 + 4*float64(i) + 300*math.Sin(float64(i))
		state.Step(streams.Metric{SeriesID: streams.SeriesID{GroupID: web, Series: "cpu"}, End: now.Truncate(5 * time.Minute),
			Period: p.Load.Period, Value: &value, Unit: streams.Percent, Revision: i, Seen: now})
		state.Step(streams.Group{GroupID: web, Round: uint64(i), Now: now, Capacity: &streams.Capacity{Desired: 12, InService: 12, Min: 1, Max: 100}})
		if size := len(state.Changed()[0].Data); size > 10_000*(1+len(p.Shadows)) {
			t.Fatalf("round %d: the state has %d bytes", i, size)
		}
	}
}

// TestShadowIsWhatWouldBe lives through a week under the bundled kind of load:
// a shadow with the live policy's own numbers decides as the live one does in
// a world that does what it is told, and boots as long as it is expected to.
func TestShadowIsWhatWouldBe(t *testing.T) {
	p := base()
	p.Scaling.Quantile = 0.5 // misses often, so that every rail has its say
	p.Shadows = map[string]streams.Shadow{"same": {Scaling: p.Scaling}}
	world, err := fleet.NewWorld(fleet.Lived("ours", waves(7), p.Scaling.BootPrior.Std()))
	if err != nil {
		t.Fatal(err)
	}
	player, err := sim.NewGroup(web, p, world)
	if err != nil {
		t.Fatal(err)
	}
	var live []streams.Event
	changes := 0
	err = sim.NewLoop(fold.Stage{}, policy.Stage{}).Run(player, func(ev streams.Event) error {
		d, ok := ev.(streams.Decision)
		if !ok {
			return nil
		}
		if !d.Shadow() {
			live = append(live, d)
			if d.Verdict != streams.Hold {
				changes++
			}
			return nil
		}
		d.Policy = ""
		if diff := cmp.Diff(live[len(live)-1], streams.Event(d)); diff != "" {
			return fmt.Errorf("(-live +shadow):\n%s", diff)
		}
		return nil
	})
	if err != nil || changes < 100 {
		t.Fatalf("%d changes: %v", changes, err)
	}
}

// waves is a load of some days with a daily wave, a faster one, and noise, of
// 2 to 12 instances.
func waves(days int) fleet.Load {
	l := fleet.Load{Start: noon.Truncate(24 * time.Hour), Period: 5 * time.Minute, Peak: 12}
	for bin := range days * 288 {
		x := 2 * math.Pi * float64(bin) / 288
		demand := 6 + 3*math.Sin(x) + math.Sin(17*x) + 0.7*math.Sin(float64(bin*bin))
		l.Missing = append(l.Missing, false)
		for range 5 {
			l.Demand = append(l.Demand, demand)
		}
	}
	return l
}
