package evaluation

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// recorded reads the panel of testdata with its series.
func recorded(t *testing.T) []Series {
	t.Helper()
	rows, err := ReadPanel(bytes.NewReader(contents(t, "panel.csv")))
	if err != nil {
		t.Fatal(err)
	}
	var all []Series
	for _, row := range rows {
		packed, err := gzip.NewReader(bytes.NewReader(contents(t, row.ID+".csv.gz")))
		if err != nil {
			t.Fatal(err)
		}
		s, err := row.ReadSeries(packed)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

func contents(t *testing.T, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// TestBaselinesAreTheReference compares with the scores that another
// implementation gave the same methods (testdata/SOURCES.md), to every digit.
func TestBaselinesAreTheReference(t *testing.T) {
	var entries []Entry
	for _, s := range recorded(t) {
		for _, b := range []struct {
			name string
			mk   Make
		}{{"naive", NewGaussianNaive}, {"snaive_day", NewSeasonalNaive}} {
			scores, err := Run{Horizon: 12}.Score(s, b.mk)
			if err != nil {
				t.Fatal(err)
			}
			entries = append(entries, Entry{s.ID, s.Split, b.name, scores})
		}
	}
	var file bytes.Buffer
	if err := WriteScores(&file, entries); err != nil {
		t.Fatal(err)
	}
	want, got := parsed(t, contents(t, "scores.csv")), parsed(t, file.Bytes())
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("scores (-reference +ours):\n%s", diff)
	}
}

func parsed(t *testing.T, file []byte) [][]string {
	t.Helper()
	lines, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return lines
}
