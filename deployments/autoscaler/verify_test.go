package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/recording"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// autoscaler runs the command line in this process, with an environment that
// would lead astray whoever read it.
func autoscaler(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	for key, value := range map[string]string{
		"NATS_URL": "nats://127.0.0.1:1", "NATS_CONTEXT": "nowhere", "NATS_CREDS": "/nowhere",
		"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_PROFILE": "nobody", "AWS_REGION": "nowhere", "AWS_CA_BUNDLE": "/nowhere",
		"AWS_ENDPOINT_URL_CLOUDWATCH": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_AUTO_SCALING": "http://127.0.0.1:1",
	} {
		t.Setenv(key, value)
	}
	p := process{stdout: &out, stderr: &errs, env: os.Getenv}
	code = run(t.Context(), p, args)
	return code, out.String(), errs.String()
}

// edited copies a recording; change alters messages on the way, and drops
// those for which it gives false.
func edited(t *testing.T, from string, change func(*recording.Message) bool) string {
	t.Helper()
	rec, err := recording.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "edited")
	w, err := recording.Create(dir, rec.Info().Config)
	if err != nil {
		t.Fatal(err)
	}
	for m, err := range rec.Messages() {
		if err != nil {
			t.Fatal(err)
		}
		if !change(&m) {
			continue
		}
		if err := w.Append(m); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// onNth alters the nth message of a kind, from 1, and nothing else.
func onNth(t *testing.T, kind streams.Kind, n int, alter func(string) string) func(*recording.Message) bool {
	return func(m *recording.Message) bool {
		if addr, err := streams.ParseSubject(m.Subject); err == nil && addr.Kind == kind {
			if n--; n == 0 {
				before := string(m.Data)
				if m.Data = []byte(alter(before)); string(m.Data) == before {
					t.Errorf("nothing to alter in %s", before)
				}
			}
		}
		return true
	}
}

// nudge changes the last digit of the number of a field.
func nudge(field string) func(string) string {
	number := regexp.MustCompile(`("` + field + `":[0-9.]*)([0-9])([,}])`)
	return func(body string) string {
		return number.ReplaceAllStringFunc(body, func(found string) string {
			m := number.FindStringSubmatch(found)
			return m[1] + string('0'+('9'-m[2][0])) + m[3]
		})
	}
}

// lastDigit changes the last digit of a metric's value, which makes another
// number of it: a shortest text has no digit too many.
func lastDigit(body string) string {
	value := regexp.MustCompile(`("value":)([0-9.]+)`)
	return value.ReplaceAllStringFunc(body, func(found string) string {
		last := len(found) - 1
		return found[:last] + string('0'+('9'-found[last]))
	})
}

// count gives how many messages of a kind a recording has.
func count(t *testing.T, dir string, kind streams.Kind) (n int) {
	t.Helper()
	rec, err := recording.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for m, err := range rec.Messages() {
		if err != nil {
			t.Fatal(err)
		}
		if addr, err := streams.ParseSubject(m.Subject); err == nil && addr.Kind == kind {
			n++
		}
	}
	return n
}

func TestVerify(t *testing.T) {
	load := bundledLoad(t, 3*24*time.Hour)
	dir := filepath.Join(t.TempDir(), "recording")
	recordPlayed(t, "trial", dir, playerOn(t, load, "web", 12*60))

	t.Run("equal", func(t *testing.T) {
		code, out, errs := autoscaler(t, "replay", "--verify", dir)
		if code != 0 {
			t.Fatalf("exit %d: %s%s", code, out, errs)
		}
		for _, want := range []string{
			"forecaster  compared 145, equal 145, different 0",
			"decider     compared 720, equal 720, different 0",
		} {
			if !strings.Contains(out, want) {
				t.Errorf("%q is not in:\n%s", want, out)
			}
		}
	})
	for name, tc := range map[string]struct {
		change func(*recording.Message) bool
		want   string
	}{
		"a digit of a metric":   {onNth(t, streams.KindMetric, 800, lastDigit), "outputs differ"},
		"of the newest metric":  {onNth(t, streams.KindMetric, count(t, dir, streams.KindMetric), lastDigit), "verify forecaster: 1 of 145"},
		"a digit of a forecast": {onNth(t, streams.KindForecast, 70, nudge("samples")), "verify forecaster: 1 of 145"},
		"a digit of a decision": {onNth(t, streams.KindDecision, 300, nudge("forecast_round")), "verify decider: 1 of 720"},
		"a why of a decision": {onNth(t, streams.KindDecision, 301, func(s string) string {
			return strings.Replace(s, "nobody else", "somebody else", 1)
		}), "verify decider: 1 of 720"},
		"a decision lost": {drop(streams.KindDecision, 302), "verify decider: 1 of 719"},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, errs := autoscaler(t, "replay", "--verify", edited(t, dir, tc.change))
			if code != 1 || !strings.Contains(errs, tc.want) {
				t.Errorf("exit %d, %q is not in:\n%s%s", code, tc.want, out, errs)
			}
		})
	}
}

// drop leaves the nth message of a kind out.
func drop(kind streams.Kind, n int) func(*recording.Message) bool {
	return func(m *recording.Message) bool {
		addr, err := streams.ParseSubject(m.Subject)
		if err != nil || addr.Kind != kind {
			return true
		}
		n--
		return n != 0
	}
}

// A recording whose beginning is gone proves nothing by itself, and everything
// beside an older one.
func TestVerifyFromOlderStates(t *testing.T) {
	load := bundledLoad(t, 3*24*time.Hour)
	older, newer := filepath.Join(t.TempDir(), "older"), filepath.Join(t.TempDir(), "newer")
	recordTwice(t, "trial", playerOn(t, load, "web", 8*60), 200, older, newer)

	var cut uint64
	rec, err := recording.Open(older)
	if err != nil {
		t.Fatal(err)
	}
	cut = rec.Info().State.LastSeq
	expired := edited(t, newer, func(m *recording.Message) bool {
		addr, err := streams.ParseSubject(m.Subject)
		return err == nil && (m.Sequence > cut || addr.Kind == streams.KindControl)
	})
	code, out, errs := autoscaler(t, "replay", "--verify", expired)
	if code != 1 || !strings.Contains(errs, "nothing was compared") || !strings.Contains(out, "its first recorded round is 201") {
		t.Errorf("without --from: exit %d:\n%s%s", code, out, errs)
	}
	code, out, errs = autoscaler(t, "replay", "--verify", "--from", older, expired)
	if code != 0 || !strings.Contains(out, "decider     compared 280, equal 280") {
		t.Errorf("with --from: exit %d:\n%s%s", code, out, errs)
	}
	code, _, errs = autoscaler(t, "replay", "--verify", "--from", older, edited(t, expired, onNth(t, streams.KindDecision, 100, nudge("round"))))
	if code != 1 {
		t.Errorf("with a digit changed: exit %d: %s", code, errs)
	}
}

func TestReplayRefusals(t *testing.T) {
	csv := filepath.Join(t.TempDir(), "bad.csv")
	if err := os.WriteFile(csv, []byte("timestamp,value\n2026-01-01T00:00:00Z,1\n2026-01-01T00:05:00Z,NaN\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		args []string
		code int
		want string
	}{
		"nothing to play":      {[]string{"replay"}, 2, "want a file or --stream"},
		"realm live":           {[]string{"replay", csv, "--realm", "live"}, 2, "never feeds realm live"},
		"stream without URL":   {[]string{"replay", "--stream", "AUTOSCALING"}, 2, "--nats-url or --nats-context"},
		"from without verify":  {[]string{"replay", csv, "--from", "x"}, 2, "goes with --verify only"},
		"bad row":              {[]string{"replay", csv}, 1, "line 3"},
		"no such file":         {[]string{"replay", "nowhere.csv"}, 1, "nowhere.csv"},
		"verify of a trace":    {[]string{"replay", "--verify", csv}, 1, "bad.csv"},
		"empty directory":      {[]string{"replay", t.TempDir()}, 1, "open recording"},
		"unknown verb":         {[]string{"scale"}, 2, "unexpected argument scale"},
		"unknown flag":         {[]string{"demo", "--fast"}, 2, "unknown flag --fast"},
		"no verb":              {nil, 2, "expected one of"},
		"demo of no such file": {[]string{"demo", "--trace", "nowhere.csv"}, 1, "nowhere.csv"},
	} {
		t.Run(name, func(t *testing.T) {
			code, _, errs := autoscaler(t, tc.args...)
			if code != tc.code || !strings.Contains(errs, tc.want) {
				t.Errorf("exit %d, want %d and %q:\n%s", code, tc.code, tc.want, errs)
			}
		})
	}
}

func TestVersionAndHelp(t *testing.T) {
	if code, out, _ := autoscaler(t, "version"); code != 0 || !strings.Contains(out, "events version 1") {
		t.Errorf("version: exit %d: %s", code, out)
	}
	code, out, _ := autoscaler(t, "--help")
	for _, verb := range []string{"forecaster", "decider", "demo", "replay", "record", "version"} {
		if code != 0 || !strings.Contains(out, verb) {
			t.Errorf("help: exit %d, no %s in:\n%s", code, verb, out)
		}
	}
}
