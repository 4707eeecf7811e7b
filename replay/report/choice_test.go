package report

import (
	"strings"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/backtest"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

func run(policy string, knob float64, violations int, hours float64, before float64) backtest.Run {
	return backtest.Run{Policy: policy, Knob: knob,
		Score:  fleet.Score{Minutes: 1440, Violations: violations, InstanceHours: hours},
		Before: fleet.Score{Minutes: 720, InstanceHours: before}}
}

// J at 8 by hand: ours 1870 + 96 = 1966, tt.7@60 2310 + 360 = 2670, tt.7@40
// 2400, step@70 1900 + 80 = 1980.
func TestChoice(t *testing.T) {
	runs := []backtest.Run{
		run("ours", 2, 40, 1700, 1), run("ours", 8, 12, 1870, 1), run("oracle", 0, 0, 900, 1),
		run("tt.7", 40, 0, 2400, 800), run("tt.7", 60, 45, 2310, 900), run("step", 70, 10, 1900, 1000),
	}
	r := Report{Incumbent: "tt.7", Traces: []Trace{{Runs: runs}}, Policies: []Policy{
		{Name: "ours", Role: Ours, Unit: "instance-hours", Default: 8}, {Name: "tt.7", Unit: "%", Default: 60}, {Name: "step", Unit: "%", Default: 70},
	}}
	b := newBook(r)
	c := b.choose(runs, 8, "tt.7")
	for what, got := range map[string]*backtest.Run{"ours 8": c.ours, "step 70": c.best, "tt.7 40": c.beforehand, "tt.7 60": c.incumbent} {
		if got == nil || got.Policy+" "+short(got.Knob) != what {
			t.Errorf("want %s, got %+v", what, got)
		}
	}
	if c.rivals != 2 || c.knobs != 3 {
		t.Errorf("%d rivals at %d knobs, want 2 at 3", c.rivals, c.knobs)
	}
	const want = "ours: 12 violation minutes and 1,870 instance-hours; target tracking .7 at 60 %: 45 and 2,310." +
		" Ours is 26 % cheaper, and 0.7 % cheaper than the best rival in hindsight."
	if got := plain(b.headline(c)); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// The same loss is told wherever the same win would be.
func TestHeadlineTellsOfLosses(t *testing.T) {
	runs := []backtest.Run{run("ours", 0, 100, 1000, 1), run("step", 0, 0, 1200, 1)}
	b := newBook(Report{Traces: []Trace{{Runs: runs}}})
	const want = "ours: 100 violation minutes and 1,000 instance-hours; step scaling, chosen beforehand: 0 and 1,200." +
		" Ours is 50 % dearer."
	if got := plain(b.headline(b.choose(runs, 8, ""))); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestMonth(t *testing.T) {
	runs := []backtest.Run{run("ours", 0, 1, 240, 1), run("step", 0, 2, 480, 1)}
	r := Report{Price: 0.5, Weights: []float64{8, 2}, Traces: []Trace{{Runs: runs}}}
	b := newBook(r)
	got := b.newCosts(r, r.Weights, runs, b.choose(runs, 8, "")).Rows
	if len(got) != 2 || got[0].Tag != "ours" {
		t.Fatalf("got %+v", got)
	}
	// A day was scored, and 730 hours are 30.4167 days: 240 × 30.4167 × $0.5.
	if got[0].Money != "$3,650" || got[0].Year != "$43,800" || got[0].Violations != "30" || got[0].J != "7,543" || got[0].Others[0] != "7,361" {
		t.Errorf("got %+v", got[0])
	}
	if plain(got[1].Against) != "ours 50 % cheaper" {
		t.Errorf("got %q", got[1].Against)
	}
}

// A price that nobody named is named as an assumption.
func TestAssumedPriceIsNamed(t *testing.T) {
	r := full(t, tried(t, "waves", waves(t, 4, 5*time.Minute)))
	const told = "at $0.10 for an instance-hour"
	for assumed, want := range map[bool][2]string{false: {told + ". The bar", "<dd>$0.10</dd>"}, true: {told + " (an assumption: ", "<dd>$0.10, assumed</dd>"}} {
		r.Assumed = assumed
		page := written(t, r)
		for _, text := range want {
			if !strings.Contains(page, text) {
				t.Errorf("assumed %v: the page lacks %q", assumed, text)
			}
		}
	}
}
