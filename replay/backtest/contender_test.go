package backtest_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/replay/backtest"
	"github.com/ml-autoscaling/autoscaler/replay/rivals"
)

func TestParse(t *testing.T) {
	for list, want := range map[string]string{
		"ours":                        "ours@8",
		"ours@4,ours,ours@0":          "ours@4 ours@8 ours@0",
		"step,step@70, step@55.5":     "step@70 step@55.5",
		"oracle,static-peak":          "oracle static-peak@1",
		"ours-perfect,ours-naive@0.5": "ours-perfect@8 ours-naive@0.5",
		"ours-stl_arima,ours-dhr@2":   "ours-stl_arima@8 ours-dhr@2",
		"incumbent,incumbent*":        "incumbent incumbent*",
	} {
		got, err := backtest.Parse(list, 8)
		var names []string
		for _, c := range got {
			names = append(names, c.String())
		}
		if diff := cmp.Diff(want, strings.Join(names, " ")); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", list, err, diff)
		}
	}
}

func TestParseAll(t *testing.T) {
	got, err := backtest.Parse("step@50,all", 8)
	if err != nil || len(got) != len(backtest.Names())+1-len(fold.Models())+1 || got[0].String() != "step@50" {
		t.Errorf("%v: %v", err, got)
	}
	for _, c := range got {
		if kinds := [3]bool{backtest.IsOurs(c.Policy), backtest.IsRival(c.Policy), c.Policy == backtest.Oracle}; kinds != [3]bool{true} && kinds != [3]bool{false, true} && kinds != [3]bool{2: true} {
			t.Errorf("%s is %v", c, kinds)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for list, want := range map[string]string{
		"":            `policy "": want one of ours, ours-arima, ours-combined, ours-dhr, ours-lstm, ours-naive, ours-rls, ours-stl_arima, ours-perfect, oracle, `,
		"ours,theirs": `policy "theirs": want one of ours, ours-arima, ours-combined, ours-dhr, ours-lstm, ours-naive, ours-rls, ours-stl_arima, ours-perfect, oracle, `,
		"ours-oracle": `policy "ours-oracle": want one of ours, ours-arima, ours-combined, ours-dhr, `,
		"ours-":       `policy "ours-": want one of ours, ours-arima, ours-combined, ours-dhr, `,
		"step@x":      `policy "step@x": knob: want a number, got "x"`,
		"step@0":      "policy step: knob: want above 0 and below 100, got 0",
		"step@100":    "policy step: knob: want above 0 and below 100, got 100",
		"step@NaN":    "policy step: knob: want above 0 and below 100, got NaN",
		"ours@-1":     "policy ours: price: want 0 to 1e+06 instance-hours, got -1",
		"oracle@3":    "policy oracle: has no knob",
		"incumbent@3": "policy incumbent: has no knob",
	} {
		if _, err := backtest.Parse(list, 8); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", list, err, want)
		}
	}
}

func TestSweep(t *testing.T) {
	named, err := backtest.Parse("step@55.5,oracle,ours,ours-perfect", 8)
	if err != nil {
		t.Fatal(err)
	}
	swept := backtest.SweepRivals(named)
	// T from 20 to 92 in steps of 2, and the knob that was named.
	if len(swept) != len(named)+37 || swept[0].Knob != 55.5 || swept[len(named)].Knob != 20 || swept[len(swept)-1].Knob != 92 {
		t.Errorf("%d contenders: %v", len(swept), swept)
	}
	all, err := backtest.SweepOurs(named, []float64{1, 8})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range all[len(named):] {
		got = append(got, c.String())
	}
	if diff := cmp.Diff([]string{"ours@2", "ours@1", "ours-perfect@2"}, got); diff != "" {
		t.Errorf("prices (-want +got):\n%s", diff)
	}
	if _, err := backtest.SweepOurs(named, []float64{-1}); err == nil {
		t.Error("a price of -1 is played")
	}
}

// Each model that the fold has is one that ours can forecast with, and nothing
// else is.
func TestModelOf(t *testing.T) {
	for _, model := range fold.Models() {
		policy := backtest.On(model)
		if got, ok := backtest.ModelOf(policy); !ok || got != model || !backtest.IsOurs(policy) || !slices.Contains(backtest.Names(), policy) {
			t.Errorf("%s: %q, %v, ours %v", policy, got, ok, backtest.IsOurs(policy))
		}
	}
	for _, policy := range []string{"ours", "ours-perfect", "ours-", "ours-ets", "naive", "oracle", "hpa"} {
		if model, ok := backtest.ModelOf(policy); ok {
			t.Errorf("%s: of the model %q", policy, model)
		}
	}
}

// An incumbent is a rival without a knob, and its star is told once.
func TestIncumbent(t *testing.T) {
	for policy, emulation := range map[string]bool{backtest.Incumbent: false, backtest.PartialIncumbent: true} {
		c := backtest.Contender{Policy: policy}
		if !backtest.IsRival(policy) || backtest.IsEmulation(policy) != emulation || c.Label() != policy || backtest.Starred(policy) != policy {
			t.Errorf("%s: label %s, an emulation %v", policy, c.Label(), backtest.IsEmulation(policy))
		}
		if swept := backtest.SweepRivals([]backtest.Contender{c}); len(swept) != 1 {
			t.Errorf("%s is swept: %v", policy, swept)
		}
	}
	if got := backtest.Starred("tt-fast") + " " + backtest.Starred("tt.7"); got != "tt-fast* tt.7" {
		t.Error(got)
	}
}

// The bench plays what it was told that the group scales by, and nothing else in
// its name.
func TestBenchPlaysTheIncumbent(t *testing.T) {
	b := bench()
	task := backtest.Task{Case: day("one", time.Minute), Contender: backtest.Contender{Policy: backtest.Incumbent}, Told: true}
	if _, err := b.Play(task); err == nil || err.Error() != "there is nothing that it scales by" {
		t.Errorf("without one: %v", err)
	}
	seven := 7
	b.Incumbent = rivals.Incumbent{Min: 7, Max: 9, Scheduled: []rivals.ScheduledAction{{Recurrence: "0 0 1 1 *", Desired: &seven}}}
	story := play(t, b, []backtest.Task{task}, oneByOne)[0]
	for _, r := range story.Rows {
		if r.Desired < 7 || r.Desired > 9 {
			t.Fatalf("%s: %d instances", r.Time, r.Desired)
		}
	}
	if story.Label() != "incumbent" || len(story.Rows) != 3*1440 {
		t.Errorf("%s, %d minutes", story.Label(), len(story.Rows))
	}
}
