package trace

import (
	"errors"
	"math"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

var (
	start   = time.Date(1995, 7, 1, 4, 0, 0, 0, time.UTC)
	missing = math.NaN()
	exact   = cmpopts.EquateNaNs()
)

func read(t *testing.T, text string) Trace {
	t.Helper()
	got, err := Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestRead(t *testing.T) {
	tests := []struct {
		name, text string
		want       Trace
	}{
		{
			"a missing line is a missing bin",
			"timestamp,value\n1995-07-01T04:00:00Z,1\n1995-07-01T04:01:00Z,0\n1995-07-01T04:03:00Z,2.5\n",
			Trace{start, time.Minute, []float64{1, 0, missing, 2.5}},
		},
		{
			"Windows line ends, a written-out UTC, no last line end",
			"timestamp,value\r\n1995-07-01T04:00:00+00:00,1\r\n1995-07-01T04:05:00Z,2e3",
			Trace{start, 5 * time.Minute, []float64{1, 2000}},
		},
		{
			"the grid starts at the first line, not at the hour",
			"timestamp,value\n1995-07-01T04:02:10Z,1\n1995-07-01T04:17:10Z,2\n",
			Trace{start.Add(130 * time.Second), 15 * time.Minute, []float64{1, 2}},
		},
		{
			"of two steps as common the shorter one is the period",
			"timestamp,value\n1995-07-01T04:00:00Z,1\n1995-07-01T05:00:00Z,2\n1995-07-01T05:15:00Z,3\n",
			Trace{start, 15 * time.Minute, []float64{1, missing, missing, missing, 2, 3}},
		},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, read(t, test.text), exact); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	const ok = "timestamp,value\n1995-07-01T04:00:00Z,1\n1995-07-01T04:01:00Z,1\n"
	tests := []struct{ name, text, want string }{
		{"empty", "", "line 1: want the header timestamp,value, got an empty file"},
		{"no header", "1995-07-01T04:00:00Z,1\n", `line 1: want the header timestamp,value, got "1995-07-01T04:00:00Z,1"`},
		{"columns the other way round", "value,timestamp\n", `line 1: want the header timestamp,value, got "value,timestamp"`},
		{"header only", "timestamp,value\n", "line 2: want a row, got the end of the file"},
		{"one row", "timestamp,value\n1995-07-01T04:00:00Z,1\n", "line 3: want a second row, got the end of the file: one row has no period"},
		{"blank line", ok + "\n", `line 4: want timestamp,value, got ""`},
		{"one field", ok + "1995-07-01T04:02:00Z\n", `line 4: want timestamp,value, got "1995-07-01T04:02:00Z"`},
		{"three fields", ok + "1995-07-01T04:02:00Z,1,2\n", `line 4: value: want a number, got "1,2"`},
		{"no value", ok + "1995-07-01T04:02:00Z,\n", `line 4: value: want a number, got ""`},
		{"no date", ok + "yesterday,1\n", `line 4: timestamp: want RFC 3339, got "yesterday"`},
		{"no zone", ok + "1995-07-01T04:02:00,1\n", `line 4: timestamp: want RFC 3339, got "1995-07-01T04:02:00"`},
		{"another zone", ok + "1995-07-01T04:02:00-04:00,1\n", `line 4: timestamp: want UTC, got "1995-07-01T04:02:00-04:00"`},
		{"part of a second", ok + "1995-07-01T04:02:00.5Z,1\n", `line 4: timestamp: want whole seconds, got "1995-07-01T04:02:00.5Z"`},
		{"duplicate", ok + "1995-07-01T04:01:00Z,1\n", "line 4: timestamp: 1995-07-01T04:01:00Z is that of the line before"},
		{"descending", ok + "1995-07-01T04:00:30Z,1\n", "line 4: timestamp: 1995-07-01T04:00:30Z is before that of the line before, 1995-07-01T04:01:00Z"},
		{"not a number", ok + "1995-07-01T04:02:00Z,NaN\n", `line 4: value: want a finite number, got "NaN"`},
		{"infinite", ok + "1995-07-01T04:02:00Z,-Inf\n", `line 4: value: want a finite number, got "-Inf"`},
		{"too large", ok + "1995-07-01T04:02:00Z,1e999\n", `line 4: value: want a number, got "1e999"`},
		{"negative", ok + "1995-07-01T04:02:00Z,-1\n", `line 4: value: want at least 0, got "-1"`},
		{"period of 30 minutes", "timestamp,value\n1995-07-01T04:00:00Z,1\n1995-07-01T04:30:00Z,1\n", "period: want 60, 300, 900 or 3600 s between most lines, got 1800 s"},
		{"off the grid", ok + "1995-07-01T04:02:00Z,1\n1995-07-01T04:03:01Z,1\n", "line 5: timestamp: 1995-07-01T04:03:01Z is off the grid of 60 s that starts at 1995-07-01T04:00:00Z"},
		{"mistyped year", ok + "2995-07-01T04:02:00Z,1\n", "line 4: timestamp: 2995-07-01T04:02:00Z is more than twenty years after the first, 1995-07-01T04:00:00Z"},
		{"years apart", "timestamp,value\n0001-01-01T00:00:00Z,1\n9999-01-01T00:00:00Z,1\n", "period: want 60, 300, 900 or 3600 s between most lines, got 315506361600 s"},
		{"a line without an end", ok + strings.Repeat("1", 1<<17), "line 4: bufio.Scanner: token too long"},
	}
	for _, test := range tests {
		_, err := Read(strings.NewReader(test.text))
		if err == nil {
			t.Errorf("%s: read", test.name)
			continue
		}
		if diff := cmp.Diff("read trace: "+test.want, err.Error()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestReadPassesOnFailure(t *testing.T) {
	cause := errors.New("cable pulled")
	if _, err := Read(iotest.ErrReader(cause)); !errors.Is(err, cause) {
		t.Errorf("error %v, want %v", err, cause)
	}
}

func TestWriteReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := Trace{
			Start:  time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "start"), 0).UTC(),
			Period: rapid.SampledFrom(Periods()).Draw(t, "period"),
			Values: []float64{0},
		}
		bins := rapid.IntRange(0, 20).Draw(t, "bins")
		for range bins {
			v := rapid.Float64Range(0, 1e300).Draw(t, "value")
			if rapid.Bool().Draw(t, "gap") {
				v = missing
			}
			want.Values = append(want.Values, v)
		}
		// As many neighbours at the end leave the period in no doubt.
		want.Values = append(want.Values, make([]float64, bins+2)...)
		var file strings.Builder
		if err := want.Write(&file); err != nil {
			t.Fatal(err)
		}
		got, err := Read(strings.NewReader(file.String()))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, exact); diff != "" {
			t.Fatalf("read back (-want +got):\n%s", diff)
		}
	})
}

type brokenWriter struct{ cause error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.cause }

func TestWritePassesOnFailure(t *testing.T) {
	cause := errors.New("disk full")
	err := Trace{Start: start, Period: time.Minute, Values: []float64{1, 2}}.Write(brokenWriter{cause})
	if !errors.Is(err, cause) {
		t.Errorf("error %v, want %v", err, cause)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("timestamp,value\n1995-07-01T04:00:00Z,1\n1995-07-01T04:05:00Z,2\n1995-07-01T04:15:00Z,3\n")
	f.Add("timestamp,value\n1995-07-01T04:00:00Z,1\n1995-07-01T04:00:00Z,NaN\n")
	f.Add("timestamp,value\r\n0000-01-01T00:00:00Z,0x1p-2\r\n9999-12-31T23:59:59Z,1e308\r\n")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := Read(strings.NewReader(text))
		if err != nil {
			return
		}
		if got.Recorded() != strings.Count(strings.TrimSuffix(text, "\n"), "\n") {
			t.Fatalf("%d bins recorded from %q", got.Recorded(), text)
		}
		if got.Missing(0) || got.Missing(len(got.Values)-1) {
			t.Fatalf("trace begins or ends with a gap: %v", got.Values)
		}
		var file strings.Builder
		if err := got.Write(&file); err != nil {
			t.Fatal(err)
		}
		again, err := Read(strings.NewReader(file.String()))
		if err != nil {
			t.Fatalf("read back: %v", err)
		}
		if diff := cmp.Diff(got, again, exact); diff != "" {
			t.Fatalf("read back (-want +got):\n%s", diff)
		}
	})
}
