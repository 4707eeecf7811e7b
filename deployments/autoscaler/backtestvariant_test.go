package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/replay/backtest"
)

// J is shown with the forecasts of each model: in the table of a trace, over all
// of them, in the JSON and in the report.
func TestBacktestShowsEachModel(t *testing.T) {
	dir := t.TempDir()
	page, figures := filepath.Join(dir, "page.html"), filepath.Join(dir, "figures.json")
	policies := []string{"ours", "step"}
	for _, model := range fold.Models() {
		policies = append(policies, backtest.On(model))
	}
	code, out, errs := autoscaler(t, "backtest", shortTrace(t, 3*288), shortTrace(t, 288), "--policies", strings.Join(policies, ","),
		"--incumbent", "step", "--report", page, "--json", figures)
	if code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	var told backtestJSON
	readJSON(t, figures, &told)
	if len(told.Variants) != len(fold.Models()) {
		t.Errorf("variants %+v", told.Variants)
	}
	wants(t, out, `^J of ours on another forecast over that of ours`)
	for _, v := range told.Variants {
		wants(t, out, `^ +`+v.Policy+`@8 +\d`, `^ +`+v.Policy+` +8 +\d+\.\d{3} +2$`)
		wants(t, contents(t, page), v.Policy)
		if v.Price != backtest.Headline || v.Traces != 2 || !(v.Ratio > 0) {
			t.Errorf("%+v", v)
		}
	}
	wants(t, contents(t, page), "ours on the DHR forecast")
}

// What is said of policies names the models that there are.
func TestBacktestHelpNamesEachModel(t *testing.T) {
	for _, model := range fold.Models() {
		if !strings.Contains((backtestVerb{}).Help(), backtest.On(model)) {
			t.Errorf("want %s", backtest.On(model))
		}
	}
}
