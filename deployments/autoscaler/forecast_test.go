package main

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/combine"
	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/regarima"
)

// Every model that there is forecasts a load, in every form that is written.
func TestForecast(t *testing.T) {
	dir := t.TempDir()
	load := filepath.Join(dir, "load.csv")
	writeHours(t, load, 24*12)
	hourly, err := model.NewGrid(time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range fold.Models() {
		if name == combine.Name {
			continue // see TestForecastCombined
		}
		figures, plot := filepath.Join(dir, name+".json"), filepath.Join(dir, name+".svg")
		code, out, errs := autoscaler(t, "forecast", load, "--model", name, "--steps", "4", "--levels", "0.1,0.5,0.9", "--json", figures, "--plot", plot)
		if code != 0 {
			t.Fatalf("%s: exit %d: %s%s", name, code, out, errs)
		}
		for _, want := range []string{load + ": 288 values, one every 1h0m0s, 2026-01-05T00:00:00Z to 2026-01-17T00:00:00Z (12.0 days); 0 missing",
			name + ": ", "Tried on the last 24 hours", "q0.9", "4  2026-01-17T03:00:00Z"} {
			if !strings.Contains(out, want) {
				t.Errorf("%s: want %q in\n%s", name, want, out)
			}
		}
		var got fittingJSON
		if err := json.Unmarshal([]byte(contents(t, figures)), &got); err != nil {
			t.Fatal(err)
		}
		if got.Model != name || got.HeldOut == nil || got.HeldOut.Targets != 21*4 || len(got.Steps) != 4 ||
			len(got.Steps[3].Quantiles) != 3 || !got.Steps[0].Begins.Equal(time.Date(2026, 1, 17, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("%s: got %+v", name, got)
		}
		_, parametric := fold.NewModel(name, model.Config{Grid: hourly, Horizon: 1, Levels: []float64{0.5}}, nil).(*regarima.Model)
		if parametric != (got.Found != nil) {
			t.Fatalf("%s: its estimate is %+v", name, got.Found)
		}
		if parametric {
			checkEstimate(t, name, *got.Found, out)
		}
		wellFormed(t, contents(t, plot))
	}
}

// The combination learns on the way what its parts are worth, and says it.
func TestForecastCombined(t *testing.T) {
	dir := t.TempDir()
	load, figures := filepath.Join(dir, "load.csv"), filepath.Join(dir, "figures.json")
	writeHours(t, load, 4*24)
	code, out, errs := autoscaler(t, "forecast", load, "--model", "combined", "--steps", "4", "--held-out", "0s", "--json", figures)
	if code != 0 {
		t.Fatalf("exit %d: %s%s", code, out, errs)
	}
	wants(t, out, `combined: fitted in`, `^of [a-z_]+ 0\.\d\d, [a-z_]+ 0\.\d\d, `)
	var got fittingJSON
	readJSON(t, figures, &got)
	sum, least := 0.0, 1.0
	for _, name := range fold.Parts() {
		sum += got.Parts[name]
		least = min(least, got.Parts[name])
	}
	if len(got.Parts) != len(fold.Parts()) || math.Abs(sum-1) > 1e-9 || got.Found != nil {
		t.Errorf("got %+v", got)
	}
	// A part that was estimated at the end only would weigh as much as nothing.
	if got.Parts[regarima.DHR] <= least {
		t.Errorf("dhr weighs %v, as little as any part", got.Parts[regarima.DHR])
	}
}

// checkEstimate compares what was estimated with what was printed of it.
func checkEstimate(t *testing.T, name string, got foundJSON, out string) {
	t.Helper()
	o := got.Order
	want := []string{fmt.Sprintf("ARIMA(%d,%d,%d)", o.AR, o.Diff, o.MA), fmt.Sprintf(": %d values, log-likelihood %.4f, AICc %.4f, sigma %.5g", got.Values, got.LogLik, *got.AICc, math.Sqrt(got.Sigma2)),
		fmt.Sprintf("Ljung-Box of %d lags: %.4g, p = %.3g", got.LjungBox.Lags, got.LjungBox.Statistic, got.LjungBox.P)}
	for _, c := range got.Coefficients {
		want = append(want, fmt.Sprintf("%s  %.5g", c.Name, c.Estimate))
		if (c.Error == nil) != (got.NoErrors != "") || c.Error != nil && !(*c.Error > 0) {
			t.Errorf("%s: the standard error of %s is %v, and %q", name, c.Name, c.Error, got.NoErrors)
		}
	}
	flat := regexp.MustCompile(" {2,}").ReplaceAllString(out, "  ")
	for _, line := range want {
		if !strings.Contains(flat, line) {
			t.Errorf("%s: want %q in\n%s", name, line, out)
		}
	}
	if len(got.Coefficients) < o.AR+o.MA || (len(got.Seasons) > 0) != (name != regarima.ARIMA) {
		t.Errorf("%s: got %+v", name, got)
	}
}

func wellFormed(t *testing.T, text string) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Errorf("want well-formed SVG, got %v", err)
			return
		}
	}
}

// A load too short to try the model on, with a hole and off the grid, is
// forecast all the same.
func TestForecastOfLittle(t *testing.T) {
	load := filepath.Join(t.TempDir(), "load.csv")
	text := "timestamp,value\n2026-01-05T00:02:00Z,3\n2026-01-05T00:07:00Z,4\n2026-01-05T00:17:00Z,5\n"
	if err := os.WriteFile(load, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := autoscaler(t, "forecast", load, "--steps", "1")
	if code != 0 || strings.Contains(out, "Tried") || !strings.Contains(out, "1 missing") ||
		!strings.Contains(out, "nothing that it could be estimated from") || !strings.Contains(out, "too little") || !strings.Contains(out, "1  2026-01-05T00:22:00Z") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
}

func TestForecastRefuses(t *testing.T) {
	load := filepath.Join(t.TempDir(), "load.csv")
	writeHours(t, load, 48)
	for _, test := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"forecast"}, 2, "file"},
		{[]string{"forecast", load, "--model", "oracle"}, 2, "--model: want one of"},
		{[]string{"forecast", load, "--steps", "0"}, 2, "--steps: want 1 to 10000"},
		{[]string{"forecast", load, "--levels", "0.5,0.5"}, 2, "--levels: want levels above 0 and below 1, rising"},
		{[]string{"forecast", load, "--levels", "0.5,1"}, 2, "--levels: want levels above 0 and below 1, rising"},
		{[]string{"forecast", load, "--held-out=-1h"}, 2, "--held-out: must not be negative"},
		{[]string{"forecast", "/nowhere.csv"}, 1, "open trace: open /nowhere.csv"},
		{[]string{"forecast", load, "--aggregate", "sum5"}, 1, load + ": sum trace to 5 minutes: period: want 1m0s"},
		{[]string{"forecast", load, "--json", "/nowhere/f.json"}, 1, "write /nowhere/f.json"},
	} {
		if code, _, errs := autoscaler(t, test.args...); code != test.code || !strings.Contains(errs, test.want) {
			t.Errorf("%v: want exit %d with %q, got %d with %s", test.args, test.code, test.want, code, errs)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs bytes.Buffer
	if code := run(ctx, process{stdout: &out, stderr: &errs}, []string{"forecast", load}); code != 130 {
		t.Errorf("interrupted: want exit 130, got %d: %s", code, errs.String())
	}
}
