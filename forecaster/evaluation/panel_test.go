package evaluation

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const (
	panelHead = "id,split,period_s,n,day,W,H,mase_scale,rmsse_scale2,pin_scale,refits\n"
	panelRow  = "web,dev,21600,9,4,6,2,2,4,2,6;8\n"
)

func TestReadPanel(t *testing.T) {
	rows, err := ReadPanel(strings.NewReader("\ufeff" + panelHead + panelRow))
	if err != nil {
		t.Fatal(err)
	}
	want := []Row{{ID: "web", Split: "dev", Grid: gridOf(t, 6*time.Hour), N: 9, Day: 4, Window: 6, Horizon: 2,
		MASEScale: 2, RMSSEScale2: 4, PinScale: 2, Refits: []int{6, 8}}}
	if len(rows) != 1 || rows[0].Grid != want[0].Grid {
		t.Fatalf("want %v, got %v", want, rows)
	}
	if diff := cmp.Diff(want, rows, cmpopts.IgnoreFields(Row{}, "Grid")); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func TestReadPanelNamesDataSets(t *testing.T) {
	head := strings.TrimSuffix(panelHead, "\n") + ",source\n"
	for source, want := range map[string]string{"dev/nab_known/taxi.csv": "nab_known", "taxi.csv": "", "": ""} {
		rows, err := ReadPanel(strings.NewReader(head + strings.TrimSuffix(panelRow, "\n") + "," + source + "\n"))
		if err != nil || rows[0].Set != want {
			t.Errorf("%q: want the data set %q, got %+v, error %v", source, want, rows, err)
		}
	}
}

func TestReadPanelRefuses(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"", "line 1: want a header, got an empty file"},
		{"id,split\n", "line 1: want a column period_s"},
		{panelHead, "want a row after the header, got none"},
		{panelHead + panelRow + panelRow, `line 3: id: want a name of its own, got "web"`},
		{panelHead + strings.Replace(panelRow, "web", "../web", 1), `line 2: id: want a name that is one of a file, got "../web"`},
		{panelHead + strings.Replace(panelRow, "21600", "7", 1), `line 2: period_s: want whole seconds that divide a day, got "7"`},
		{panelHead + strings.Replace(panelRow, ",4,6", ",5,6", 1), `line 2: day: want 4, as period_s says, got "5"`},
		{panelHead + strings.Replace(panelRow, ",9,", ",x,", 1), `line 2: n: want a whole number above 0, got "x"`},
		{panelHead + strings.Replace(panelRow, ",9,", ",7,", 1), `line 2: W: want more than day and at most n - H, got "6"`},
		{panelHead + strings.Replace(panelRow, ",2,4,2,", ",0,4,2,", 1), `line 2: mase_scale: want a number above 0, got "0"`},
		{panelHead + strings.Replace(panelRow, "6;8", "6;6", 1), `line 2: refits: want rising origins from W to below n, separated by semicolons, got "6;6"`},
		{panelHead + strings.Replace(panelRow, "6;8", "8", 1), `line 2: refits: want W as the first origin, got "8"`},
		{panelHead + "web,dev\n", "record on line 2: wrong number of fields"},
	} {
		_, err := ReadPanel(strings.NewReader(test.text))
		if err == nil || err.Error() != "read panel: "+test.want {
			t.Errorf("want %s, got %v", test.want, err)
		}
	}
}

// lines writes a series file of six-hour bins from an instant.
func lines(first time.Time, n int) string {
	var b strings.Builder
	b.WriteString("timestamp,value\n")
	for i := range n {
		b.WriteString(first.Add(time.Duration(i)*6*time.Hour).Format(time.RFC3339) + ",1.5\n")
	}
	return b.String()
}

func TestReadSeries(t *testing.T) {
	row := tiny(t).Row
	wednesday := time.Date(2026, 1, 7, 6, 0, 0, 0, time.UTC)
	s, err := row.ReadSeries(strings.NewReader(lines(wednesday, 9)))
	if err != nil {
		t.Fatal(err)
	}
	if start := row.Grid.End(s.First).Add(-row.Grid.Period()); !start.Equal(wednesday) || len(s.Values) != 9 || s.Values[8] != 1.5 {
		t.Errorf("want 9 values from %v, got %v from %v", wednesday, s.Values, start)
	}
	off, err := row.ReadSeries(strings.NewReader(lines(wednesday.Add(7*time.Minute), 9)))
	if err != nil {
		t.Fatal(err)
	}
	if start := row.Grid.End(off.First).Add(-row.Grid.Period()); start.Weekday() != time.Monday || start.Hour() != 0 {
		t.Errorf("off the grid: want the begin of a Monday, got %v", start)
	}
}

func TestReadSeriesRefuses(t *testing.T) {
	whole := lines(time.Date(2026, 1, 7, 6, 0, 0, 0, time.UTC), 9)
	for _, test := range []struct{ text, want string }{
		{"", "line 1: want a header, got an empty file"},
		{"time,value\n", "line 1: want a column timestamp"},
		{lines(time.Unix(0, 0).UTC(), 8), "want 9 values, as the panel says, got 8"},
		{strings.Replace(whole, "1.5", "-1", 1), `line 2: value: want at least 0, got "-1"`},
		{strings.Replace(whole, "1.5", "NaN", 1), `line 2: value: want a finite number, got "NaN"`},
		{strings.Replace(whole, "2026-01-07T06:00:00Z", "Wednesday", 1), `line 2: timestamp: want RFC 3339, got "Wednesday"`},
		{strings.Replace(whole, "T12:00:00Z", "T12:00:01Z", 1), `line 3: timestamp: want 2026-01-07T12:00:00Z, got "2026-01-07T12:00:01Z"`},
	} {
		_, err := tiny(t).ReadSeries(strings.NewReader(test.text))
		if err == nil || err.Error() != "read series tiny: "+test.want {
			t.Errorf("want %s, got %v", test.want, err)
		}
	}
}

func TestScoresReadBack(t *testing.T) {
	nan := math.NaN()
	want := []Entry{
		{ID: "a", Split: "dev", Method: "x,y", Scores: Scores{MASE: 1.5, PinAll: 1e-7, AtStep: [4]float64{1, 2, nan, nan}}},
		{ID: "b", Split: "dev", Method: "z", Scores: Scores{SMAPE: 123456, AtStep: [4]float64{1, 2, 3, 4}}},
	}
	var file bytes.Buffer
	if err := WriteScores(&file, want); err != nil {
		t.Fatal(err)
	}
	got, err := ReadScores(&file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
	if _, err := ReadScores(strings.NewReader("id,split,method\n")); err == nil || !strings.Contains(err.Error(), "want a column mase") {
		t.Errorf("want that a column is missed, got %v", err)
	}
}

func FuzzReadPanel(f *testing.F) {
	f.Add(panelHead + panelRow)
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		rows, err := ReadPanel(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, r := range rows {
			if r.Window <= r.Day || len(r.Refits) == 0 || r.Refits[0] != r.Window {
				t.Fatalf("a row that cannot be run: %+v", r)
			}
		}
	})
}
