package generate

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/trace"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// written gives the CSV of a trace, and checks that it reads back.
func written(t testing.TB, tr trace.Trace) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := tr.Write(&out); err != nil {
		t.Fatal(err)
	}
	back, err := trace.Read(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if !back.Start.Equal(tr.Start) || back.Period != tr.Period || !slices.EqualFunc(back.Values, tr.Values, sameBits) {
		t.Fatal("reads back as another trace")
	}
	return out.Bytes()
}

// The bytes of a profile with everything in it, on any machine. They change
// with a number of the profile and with nothing else.
func TestBytesArePinned(t *testing.T) {
	series := generator(t, configure(t, "hostile")).Series()
	sum := sha256.Sum256(written(t, series.Trace))
	const want = "da79c153030db9801c5f892df6f9c9b2d83eead147ded5e02c4c4ebe256512c7"
	if got := hex.EncodeToString(sum[:]); got != want {
		t.Errorf("hash of the trace %s, want %s", got, want)
	}
	var components bytes.Buffer
	if err := generator(t, configure(t, "hostile")).WriteComponents(&components); err != nil {
		t.Fatal(err)
	}
	sum = sha256.Sum256(components.Bytes())
	const wantComponents = "4f7c74a6defb5ae6291755ace2a8fb4ab97ea80a5396f6b2d812db202b05d928"
	if got := hex.EncodeToString(sum[:]); got != wantComponents {
		t.Errorf("hash of the components %s, want %s", got, wantComponents)
	}
}

func TestAnotherSeedIsAnotherLoad(t *testing.T) {
	c := configure(t, "media")
	first := generator(t, c).Series()
	c.Seed++
	if slices.EqualFunc(first.Trace.Values, generator(t, c).Series().Trace.Values, sameBits) {
		t.Error("two seeds, one load")
	}
}

// A longer trace begins with the shorter one, and one of a longer period has
// the means of the minutes.
func TestLengthAndPeriod(t *testing.T) {
	c := configure(t, "hostile")
	c.Without = []string{"drops"}
	long := generator(t, c).Series()
	c.Days = 3
	short := generator(t, c).Series()
	if n := len(short.Trace.Values); !slices.Equal(short.Trace.Values, long.Trace.Values[:n]) || !slices.Equal(short.Late, long.Late[:n]) {
		t.Error("28 days begin with other values than 3 days")
	}
	means, err := short.Trace.Mean5()
	if err != nil {
		t.Fatal(err)
	}
	c.Period = 5 * time.Minute
	for i, v := range generator(t, c).Series().Trace.Values {
		if math.Abs(v-means.Values[i]) > 1.01e-4 { // both are rounded
			t.Fatalf("five minutes %d: %v, want the mean of its minutes %v", i, v, means.Values[i])
		}
	}
}

func TestRequestsLeaveTheCostOut(t *testing.T) {
	c := configure(t, "growth")
	c.Requests = true
	requests := generator(t, c).Series()
	c.Requests, c.Without = false, []string{"deploys"}
	if !slices.EqualFunc(requests.Trace.Values, generator(t, c).Series().Trace.Values, sameBits) {
		t.Error("requests are not the load without deploys")
	}
}

// Dropped samples are missing rows, at about the share that the profile says;
// the first and the last never are.
func TestDrops(t *testing.T) {
	c := configure(t, "hostile")
	c.Profile.Drop, c.Profile.Outages = 0.5, 0
	series := generator(t, c).Series()
	n := len(series.Trace.Values)
	if n != 28*minutesPerDay || series.Trace.Missing(0) || series.Trace.Missing(n-1) {
		t.Fatalf("%d values, first and last missing: %v, %v", n, series.Trace.Missing(0), series.Trace.Missing(n-1))
	}
	if got := bytes.Count(written(t, series.Trace), []byte("\n")) - 1; got != series.Trace.Recorded() {
		t.Errorf("%d rows, want %d", got, series.Trace.Recorded())
	}
	if share := 1 - float64(series.Trace.Recorded())/float64(n); math.Abs(share-0.5) > 0.0125 { // 5 standard errors
		t.Errorf("a share of %v is missing, want 0.5", share)
	}
	c.Profile.Drop, c.Profile.Outages, c.Profile.OutageFor = 0, 10, time.Hour
	gaps, lost := 0, 0
	tr := generator(t, c).Series().Trace
	for i := range tr.Values[1:] {
		if tr.Missing(i + 1) {
			lost++
			if !tr.Missing(i) {
				gaps++
			}
		}
	}
	if gaps < 20 || gaps > 60 || lost < 30*gaps || lost > 120*gaps {
		t.Errorf("%d gaps of %d samples in all, want about 40 of an hour each", gaps, lost)
	}
}

// Single samples are late by the mean delay; those of a stall come at once.
func TestLate(t *testing.T) {
	c := configure(t, "quiet")
	c.Profile.Late, c.Profile.LateBy, c.Profile.Stalls = 0.2, 3*time.Minute, 0
	var sum, n float64
	for _, late := range generator(t, c).Series().Late {
		if late%time.Second != 0 {
			t.Fatalf("late by %v, want whole seconds", late)
		}
		if late > 0 {
			n++
			sum += late.Minutes()
		}
	}
	if share, mean := n/(28*minutesPerDay), sum/n; math.Abs(share-0.2) > 0.01 || math.Abs(mean-3) > 0.2 {
		t.Errorf("a share of %v is late by %v min, want 0.2 by 3", share, mean)
	}
	c.Profile.Late, c.Profile.Stalls, c.Profile.StallFor = 0, 5, 30*time.Minute
	series := generator(t, c).Series()
	stalled := 0
	for i := 1; i < len(series.Late); i++ {
		if a, b := series.Late[i-1], series.Late[i]; a > time.Minute && b > 0 && b < a {
			stalled++
			if a-b != time.Minute {
				t.Fatalf("sample %d comes %v after the one before it", i, time.Minute+b-a)
			}
		}
	}
	if stalled < 200 {
		t.Errorf("%d samples stalled, want hundreds", stalled)
	}
}

func TestNewRefuses(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*Config)
		want   string
	}{
		{"a number", func(c *Config) { c.Profile.Noise = 1.5 }, "generate load: noise: want 0 to 1, got 1.5"},
		{"not a number", func(c *Config) { c.Profile.Flash = math.NaN() }, "generate load: flash: want 0 to 500, got NaN"},
		{"a span", func(c *Config) { c.Profile.LateBy = 0 }, "generate load: late-by: want 1s to 168h0m0s, got 0s"},
		{"days", func(c *Config) { c.Days = 0 }, "generate load: days: want 1 to 3660, got 0"},
		{"period", func(c *Config) { c.Period = 2 * time.Minute }, "generate load: period: want 60s, 300s, 900s or 3600s, got 2m0s"},
		{"start", func(c *Config) { c.Start = c.Start.Add(time.Second) }, "generate load: start: want a whole minute in the years 1 to 9000, got 2026-01-05T00:00:01Z"},
		{"location", func(c *Config) { c.Location = nil }, "generate load: timezone: want a location, got none"},
		{"holiday", func(c *Config) { c.Profile.Holidays = []string{"02-30"} }, `generate load: holiday: want a day such as 2026-04-03, or 12-25 of every year, got "02-30"`},
		{"component", func(c *Config) { c.Without = []string{"rain"} }, `generate load: without: want one of trend, season, holidays, jobs, flash, shifts, wander, noise, counts, deploys, drops, late, got "rain"`},
		{"growth", func(c *Config) { c.Profile.Growth, c.Days = 20, 3660 }, "generate load: growth: want at most a factor of a million over 3660 days, got 2.51e+41"},
	} {
		c := configure(t, "office")
		test.change(&c)
		_, err := New(c)
		var field *streams.FieldError
		if !errors.As(err, &field) {
			t.Errorf("%s: %v, want a field error", test.name, err)
			continue
		}
		if err.Error() != test.want {
			t.Errorf("%s:\n got %v\nwant %s", test.name, err, test.want)
		}
	}
}

// A year by the minute, with everything in it.
func BenchmarkYear(b *testing.B) {
	c := configure(b, "hostile")
	c.Days = 365
	for b.Loop() {
		generator(b, c).Series()
	}
}
