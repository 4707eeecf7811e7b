package streams_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/streams"
)

var update = flag.Bool("update", false, "rewrite the golden files of this version")

// TestEventsAreGolden holds the wire form of this version: Encode gives exactly
// the golden bytes, and the golden bytes give the value.
func TestEventsAreGolden(t *testing.T) {
	for _, want := range examples() {
		t.Run(string(want.Kind()), func(t *testing.T) {
			holdsGolden(t, string(want.Kind()), want)
		})
	}
}

// TestOldEventsDecode reads the files of every version that was ever written.
func TestOldEventsDecode(t *testing.T) {
	for _, kind := range streams.EventKinds {
		files, err := filepath.Glob(filepath.Join("testdata", string(kind)+".v*.json"))
		if err != nil || len(files) < streams.Version {
			t.Errorf("%s: want a golden file for each of %d versions, got %q (%v)", kind, streams.Version, files, err)
		}
		for _, file := range files {
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := streams.DecodeKind(kind, body); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		}
	}
}

func TestCheckpointIsGolden(t *testing.T) {
	want := streams.Checkpoint{
		Version: streams.Version, Stage: "forecaster", Fold: 1, Began: 12, Owner: "host-1/4711", Instance: "NEXAMPLE", Epoch: 3, Seq: 88123,
		Created: noon, Folded: new(noon.Add(time.Hour)),
	}
	body, err := want.Encode()
	if err != nil {
		t.Fatal(err)
	}
	golden := goldenBody(t, fmt.Sprintf("ckpt.v%d.json", streams.Version), body)
	if diff := cmp.Diff(string(golden), string(body)); diff != "" {
		t.Errorf("encoded (-golden +got):\n%s", diff)
	}
	got, err := streams.DecodeCheckpoint(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("decoded (-want +got):\n%s", diff)
	}
}

func TestPredictionsAreGolden(t *testing.T) {
	request := streams.PredictionRequest{Scope: web.Scope, Group: web.Group, Series: "cpu", Steps: 2, Levels: []float64{0.5, 0.95}}
	for name, v := range map[string]any{
		"prediction_request.json": request,
		"prediction_reply.json":   exampleReply(),
		"prediction_error.json":   streams.PredictionError{Code: 404, Message: `no group "db" here`, Field: "group"},
	} {
		t.Run(name, func(t *testing.T) {
			body, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			golden := goldenBody(t, name, body)
			if diff := cmp.Diff(string(golden), string(body)); diff != "" {
				t.Errorf("encoded (-golden +got):\n%s", diff)
			}
			if name != "prediction_request.json" {
				return
			}
			got, failed := streams.DecodePredictionRequest(golden)
			if failed != nil {
				t.Fatal(failed)
			}
			if diff := cmp.Diff(request, got); diff != "" {
				t.Errorf("decoded (-want +got):\n%s", diff)
			}
		})
	}
}

// holdsGolden holds that an event has exactly the golden bytes of this version
// under a name, and that these give the event.
func holdsGolden(t *testing.T, name string, want streams.Event) {
	t.Helper()
	body, err := streams.Encode(want)
	if err != nil {
		t.Fatal(err)
	}
	golden := goldenBody(t, fmt.Sprintf("%s.v%d.json", name, streams.Version), body)
	if diff := cmp.Diff(string(golden), string(body)); diff != "" {
		t.Errorf("encoded (-golden +got):\n%s", diff)
	}
	got, err := streams.Decode(streams.EventSubject(streams.Live, want), golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("decoded (-want +got):\n%s", diff)
	}
}

// goldenBody gives the golden bytes without the white space that makes them
// readable; with -update it writes body first.
func goldenBody(t *testing.T, name string, body []byte) []byte {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		var pretty bytes.Buffer
		if err := json.Indent(&pretty, body, "", "  "); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, append(pretty.Bytes(), '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var golden bytes.Buffer
	if err := json.Compact(&golden, text); err != nil {
		t.Fatal(err)
	}
	return golden.Bytes()
}

// TestEmptyIsAbsent holds that an event has one body, however its empty lists
// were made.
func TestEmptyIsAbsent(t *testing.T) {
	none, empty := exampleForecast(), exampleForecast()
	none.Quantiles, none.Peak, none.Score, none.Samples = nil, nil, nil, 0
	empty.Quantiles, empty.Peak, empty.Score, empty.Samples = [][]float64{}, [][]float64{}, nil, 0
	a, errA := streams.Encode(none)
	b, errB := streams.Encode(empty)
	if errA != nil || errB != nil || !bytes.Equal(a, b) {
		t.Errorf("nil tables: %s (%v)\nempty tables: %s (%v)", a, errA, b, errB)
	}
	got, err := streams.DecodeKind(streams.KindForecast, bytes.Replace(a, []byte(`"samples"`), []byte(`"quantiles":[],"samples"`), 1))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(streams.Event(none), got); diff != "" {
		t.Errorf("decoded (-want +got):\n%s", diff)
	}
}

func TestDurationIsExact(t *testing.T) {
	for want, text := range map[time.Duration]string{
		0: "0", 1: "0.000000001", -1: "-0.000000001", 5 * time.Minute: "300", -1500 * time.Millisecond: "-1.5", 95500 * time.Millisecond: "95.5",
		1<<63 - 1: "9223372036.854775807", -1 << 63: "-9223372036.854775808",
	} {
		body, err := json.Marshal(streams.Duration(want))
		if err != nil || string(body) != text {
			t.Errorf("%v: want %s, got %s (%v)", want, text, body, err)
		}
		var got streams.Duration
		if err := json.Unmarshal([]byte(text), &got); err != nil || got.Std() != want {
			t.Errorf("%s: want %v, got %v (%v)", text, want, got, err)
		}
	}
	for _, text := range []string{`"a"`, `"5"`, `1e3`, `1e400`, `9223372037`, `true`, `[1]`} {
		var got streams.Duration
		if err := json.Unmarshal([]byte(text), &got); err == nil {
			t.Errorf("%s: want an error, got %v", text, got)
		}
	}
}

func TestDurationText(t *testing.T) {
	var d streams.Duration
	if err := d.UnmarshalText([]byte("1m30s")); err != nil || d != seconds(90) {
		t.Errorf("1m30s: got %v (%v)", d, err)
	}
	if text, err := d.MarshalText(); err != nil || string(text) != "1m30s" {
		t.Errorf("90 s: got %s (%v)", text, err)
	}
	if err := d.UnmarshalText([]byte("90")); err == nil {
		t.Error("90 without a unit: want an error")
	}
}
