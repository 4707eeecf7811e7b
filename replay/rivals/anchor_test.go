package rivals

import (
	"compress/gzip"
	"encoding/csv"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/replay/trace"
)

const peak = 40

// anchors are what a second implementation of the world asks for in every
// minute: see testdata/SOURCES.md. Inside phpa, crane and aws-predictive there
// are choices that their definitions leave open (the constants of the
// smoothing, how an autocorrelation treats its ends, how errors are weighted);
// here they are as the anchors have them, so that these too are held in every
// minute.
var anchors = []struct {
	name, trace, anchor string
	boot                time.Duration
}{
	{"nasa14d", "../../deployments/examples/nasa_http_5min.csv", "testdata/nasa14d_boot3.csv.gz", 180 * time.Second},
	{"pool09_10d", "testdata/pool09_10d.csv.gz", "testdata/pool09_10d_boot8.csv.gz", 480 * time.Second},
	{"crane13_4d", "testdata/crane13_4d.csv.gz", "testdata/crane13_4d_boot3.csv.gz", 180 * time.Second},
}

// policies makes every policy at the knob of its definition, by the name of
// the column that holds it.
func policies(load fleet.Load) map[string]Policy {
	all := map[string]Policy{"oracle": NewOracle(load)}
	for _, d := range Definitions() {
		knob := strconv.FormatFloat(d.Default, 'f', -1, 64)
		if d.Knob == knobFactor {
			knob = strconv.FormatFloat(d.Default, 'f', 1, 64)
		}
		all[d.Name+"@"+knob] = d.New(d.Default)
	}
	return all
}

func TestAnchors(t *testing.T) {
	for _, a := range anchors {
		load := readLoad(t, a.trace)
		want := readAnchor(t, a.anchor)
		if columns := len(want[0]) - len([]string{"timestamp", "load", "scored"}); columns != 13 {
			t.Errorf("%s: %d policies, want 13", a.name, columns)
		}
		for name, policy := range policies(load) {
			t.Run(a.name+"/"+name, func(t *testing.T) {
				w := newWorld(t, fleet.Lived(name, load, a.boot))
				score := Run(w, policy)
				t.Logf("lived from minute 0: %v", summary(score))
				if _, ok := want[0][name]; ok {
					compareWithAnchor(t, w.Rows(), want, name)
				}
			})
		}
	}
}

func compareWithAnchor(t *testing.T, rows []fleet.Row, want []map[string]string, policy string) {
	t.Helper()
	if len(rows) != len(want) {
		t.Fatalf("%s: %d rows, want %d", policy, len(rows), len(want))
	}
	for i, r := range rows {
		load, err := strconv.ParseFloat(want[i]["load"], 64)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(r.Load-load) > 1e-8*load {
			t.Fatalf("%s: minute %d: load %v, want %v", policy, i, r.Load, load)
		}
		got := map[string]string{
			"timestamp": r.Time.Format(time.RFC3339),
			"scored":    map[bool]string{false: "0", true: "1"}[r.Scored],
			"desired":   strconv.Itoa(r.Desired),
		}
		expected := map[string]string{
			"timestamp": want[i]["timestamp"],
			"scored":    want[i]["scored"],
			"desired":   want[i][policy],
		}
		if diff := cmp.Diff(expected, got); diff != "" {
			t.Fatalf("%s: minute %d (-want +got):\n%s", policy, i, diff)
		}
	}
}

// TestScoreFromTimeline recomputes every score from the timeline as written.
func TestScoreFromTimeline(t *testing.T) {
	load := readLoad(t, anchors[2].trace)
	var rows []fleet.Row
	want := map[string]fleet.Score{}
	for name, policy := range policies(load) {
		w := newWorld(t, fleet.Lived(name, load, anchors[2].boot))
		want[name] = Run(w, policy)
		rows = append(rows, w.Rows()...)
	}
	var file strings.Builder
	if err := fleet.WriteRows(&file, rows); err != nil {
		t.Fatal(err)
	}
	read, err := fleet.ReadRows(strings.NewReader(file.String()))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]fleet.Score{}
	for _, part := range fleet.ByPolicy(read) {
		got[part[0].Policy] = fleet.ScoreRows(part, 80)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("scores from the timeline (-want +got):\n%s", diff)
	}
}

func readLoad(t *testing.T, name string) fleet.Load {
	t.Helper()
	recorded, err := trace.Read(open(t, name))
	if err != nil {
		t.Fatal(err)
	}
	load, err := fleet.NewLoad(recorded, peak)
	if err != nil {
		t.Fatal(err)
	}
	return load
}

func readAnchor(t *testing.T, name string) []map[string]string {
	t.Helper()
	lines, err := csv.NewReader(open(t, name)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, column := range lines[0] {
			row[column] = line[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func open(t *testing.T, name string) io.Reader {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if !strings.HasSuffix(name, ".gz") {
		return f
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func newWorld(t *testing.T, c fleet.Config) *fleet.World {
	t.Helper()
	w, err := fleet.NewWorld(c)
	if err != nil {
		t.Fatal(err)
	}
	return w
}
