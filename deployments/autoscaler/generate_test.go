package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/generate"
	"github.com/ml-autoscaling/autoscaler/replay/recording"
	"github.com/ml-autoscaling/autoscaler/replay/trace"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// The bytes that the verb writes by default, wherever it runs.
func TestGenerateWritesTheSameBytes(t *testing.T) {
	code, out, errs := autoscaler(t, "generate", "--seed", "7")
	if code != 0 || errs != "" {
		t.Fatalf("exit %d: %s", code, errs)
	}
	sum := sha256.Sum256([]byte(out))
	const want = "15059aa764dfb9586a5d5a392f0fe38ad3e8f73336d9beea23a5fd7db9c3e76c"
	if got := hex.EncodeToString(sum[:]); got != want {
		t.Errorf("hash %s, want %s", got, want)
	}
	if _, err := trace.Read(strings.NewReader(out)); err != nil {
		t.Error(err)
	}
}

func TestGenerateWritesFiles(t *testing.T) {
	dir := t.TempDir()
	path, parts := filepath.Join(dir, "a.csv"), filepath.Join(dir, "parts.csv")
	code, out, errs := autoscaler(t, "generate", "hostile", "--days", "2", "--period", "300s", "--out", path, "--components", parts)
	if code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	tr, err := readTrace(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("%s: hostile, seed 1: 576 samples of 5m0s from 2026-01-05T00:00:00Z", path); !strings.HasPrefix(out, want) || len(tr.Values) != 576 {
		t.Errorf("%d values, told %q, want %q", len(tr.Values), out, want)
	}
	body, err := os.ReadFile(parts)
	if err != nil {
		t.Fatal(err)
	}
	if got := bytes.Count(body, []byte("\n")); got != 1+2*24*60 {
		t.Errorf("%d lines of components, want one a minute", got)
	}
}

// Every number of a profile has a flag, and the flag changes that number.
func TestGenerateHasAFlagForEveryNumber(t *testing.T) {
	office, _ := generate.Find("office")
	for _, p := range office.Parameters() {
		given := "2.5" // in no profile, and in the range of most
		if p.Span != nil {
			given = "77s"
		} else if p.High < 2.5 {
			given = "0.375"
		}
		r, err := parseRecipe("generate:office," + p.Name + "=" + given)
		if err != nil {
			t.Errorf("%s: %v", p.Name, err)
			continue
		}
		c, err := r.config()
		if err != nil {
			t.Fatal(err)
		}
		changed := c.Profile.Parameters()
		for i, q := range office.Parameters() {
			want := q.String()
			if q.Name == p.Name {
				want = strings.Replace(given, "77s", "1m17s", 1)
			}
			if got := changed[i].String(); got != want {
				t.Errorf("--%s %s: %s is %s, want %s", p.Name, given, q.Name, got, want)
			}
		}
	}
	if flags, numbers := reflect.TypeFor[overrides]().NumField(), len(office.Parameters()); flags != numbers {
		t.Errorf("%d flags for %d numbers", flags, numbers)
	}
}

// The help of --without names what there is.
func TestGenerateNamesTheComponents(t *testing.T) {
	field, _ := reflect.TypeFor[recipe]().FieldByName("Without")
	for _, name := range generate.Components() {
		if !strings.Contains(field.Tag.Get("help"), name) {
			t.Errorf("--without does not name %s", name)
		}
	}
}

func TestGenerateLists(t *testing.T) {
	_, out, _ := autoscaler(t, "generate", "--list")
	for _, p := range generate.Profiles() {
		if !strings.Contains(out, p.About) {
			t.Errorf("no line for %s:\n%s", p.Name, out)
		}
	}
	_, out, _ = autoscaler(t, "generate", "batch", "--show", "--noise", "0.4")
	for _, want := range []string{"Europe/Berlin", "at 02:30, 2h30m0s long, 6 times base", "--noise          0.4 ", "--flash-decay "} {
		if !strings.Contains(out, want) {
			t.Errorf("--show lacks %q:\n%s", want, out)
		}
	}
}

func TestGenerateRefuses(t *testing.T) {
	for _, test := range []struct {
		args, want string
	}{
		{"generate nowhere", `profile: want one of office, shop, media, batch, flash, quiet, growth, hostile, got "nowhere"`},
		{"generate --noise 3", "--noise: want 0 to 1, got 3"},
		{"generate --noise=-1", "--noise: want 0 to 1, got -1"},
		{"generate --noise=NaN", "--noise: want 0 to 1, got NaN"},
		{"generate --flash-decay 0s", "--flash-decay: want 1s to 168h0m0s, got 0s"},
		{"generate --days 0", "--days: want 1 to 3660, got 0"},
		{"generate --period 2m", "--period: want 60s, 300s, 900s or 3600s, got 2m0s"},
		{"generate --start yesterday", `--start: want an instant such as 2026-11-01T00:00:00Z, got "yesterday"`},
		{"generate --start 2026-01-05T00:00:30Z", "--start: want a whole minute in the years 1 to 9000, got 2026-01-05T00:00:30Z"},
		{"generate --timezone Local", `--timezone: want a name such as Europe/Berlin or UTC, got "Local"`},
		{"generate --timezone Mars/Olympus", `--timezone: want a name such as Europe/Berlin or UTC, got "Mars/Olympus"`},
		{"generate --holiday 13-13", `--holiday: want a day such as 2026-04-03, or 12-25 of every year, got "13-13"`},
		{"generate --without rain", "--without: want one of trend, season, "},
		{"generate --growth 50 --days 3660", "--growth: want at most a factor of a million over 3660 days"},
		{"generate --components -", "--components: the trace goes to - already"},
		{"generate --out=", "--out: want a file, or - for the standard output"},
		{"replay generate:office,noise=3", "generate:office,noise=3: --noise: want 0 to 1, got 3"},
		{"replay generate:office,nose=0.1", "generate:office,nose=0.1: unknown flag --nose"},
		{"replay generate:office,out=x", "unknown flag --out"},
		{"replay generate:office,7", `generate:office,7: want generate:PROFILE,FLAG=VALUE,..., got "7"`},
		{"replay generate:", "profile: want one of office, "},
		{"replay generate:office --aggregate sum5", "--aggregate: goes with recorded traces"},
		{"replay generate:office --verify", "--verify: want the directory of a recording"},
	} {
		code, _, errs := autoscaler(t, strings.Fields(test.args)...)
		if code != 2 || !strings.Contains(errs, test.want) {
			t.Errorf("%s: exit %d, %s\nwant exit 2 and %s", test.args, code, errs, test.want)
		}
	}
}

// A replay of a recipe lets late samples come late, and its timeline is proven
// like any other.
func TestReplayOfARecipe(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "kept")
	const word = "generate:hostile,seed=3,days=1,late=0.3,holiday=2026-01-05,holiday=2026-01-06"
	code, out, errs := autoscaler(t, "replay", word, "--keep", dir)
	if code != 0 || !strings.Contains(out, word) {
		t.Fatalf("exit %d: %s%s", code, out, errs)
	}
	r, err := parseRecipe(word)
	if err != nil {
		t.Fatal(err)
	}
	made, err := r.generator()
	if err != nil {
		t.Fatal(err)
	}
	late, restated := lateMetrics(t, dir, made.Series())
	if late < 100 || restated < 20 {
		t.Errorf("%d metrics came late and %d restate a gap, want hundreds and dozens", late, restated)
	}
	if code, out, errs := autoscaler(t, "replay", "--verify", dir); code != 0 {
		t.Errorf("verify: exit %d: %s%s", code, out, errs)
	}
}

// lateMetrics checks when the metrics of a recording came, and counts those
// that were late and those that came after a gap.
func lateMetrics(t *testing.T, dir string, series generate.Series) (late, restated int) {
	t.Helper()
	rec, err := recording.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for ev, err := range events(rec.Messages()) {
		if err != nil {
			t.Fatal(err)
		}
		m, ok := ev.(streams.Metric)
		if !ok || m.Gap || m.Settled {
			continue
		}
		i := int(m.End.Sub(series.Trace.Start)/series.Trace.Period) - 1
		due := m.End.Add(time.Minute + series.Late[i])
		if wait := m.Seen.Sub(due); wait < 0 || wait >= time.Minute {
			t.Fatalf("metric of %v: seen %v, was due %v", m.End, m.Seen, due)
		}
		if series.Late[i] > 0 {
			late++
		}
		if m.Revision > 1 {
			restated++
		}
	}
	return late, restated
}
