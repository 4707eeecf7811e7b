package fleet

import (
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestTimelineAsWritten(t *testing.T) {
	rows := []Row{
		{Policy: "step@70", Time: minute(0), Load: 8.652458620550867, Desired: 18, InService: 17, Billed: 18, Utilization: 50.89681541500509},
		{Policy: "step@70", Time: minute(1), Load: 0, Desired: 1, InService: 1, Billed: 1, Utilization: 0, Scored: true},
	}
	var file strings.Builder
	if err := WriteRows(&file, rows); err != nil {
		t.Fatal(err)
	}
	want := `policy,timestamp,load,desired,in_service,billed,utilization,scored
step@70,2026-01-01T00:00:00Z,8.652458620550867,18,17,18,50.89681541500509,0
step@70,2026-01-01T00:01:00Z,0,1,1,1,0,1
`
	if diff := cmp.Diff(want, file.String()); diff != "" {
		t.Errorf("file (-want +got):\n%s", diff)
	}
}

// TestTimelineReadsBack holds the rows and the scores of two policies that act
// at random against what is read back from the file.
func TestTimelineReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		demand := rapid.SliceOfN(rapid.Float64Range(0, 50), 2, 40).Draw(t, "demand")
		load := Load{Start: start, Period: minute(1).Sub(start), Peak: 40, Demand: demand, Missing: make([]bool, len(demand))}
		var rows []Row
		var want []Score
		for _, policy := range []string{"ours", "theirs"} {
			w, err := NewWorld(Lived(policy, load, 2*load.Period))
			if err != nil {
				t.Fatal(err)
			}
			for w.Next() {
				w.Advance()
				w.SetDesired(rapid.IntRange(0, 60).Draw(t, "desired"))
				w.Serve()
			}
			rows = append(rows, w.Rows()...)
			want = append(want, w.Score())
		}
		var file strings.Builder
		if err := WriteRows(&file, rows); err != nil {
			t.Fatal(err)
		}
		read, err := ReadRows(strings.NewReader(file.String()))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(rows, read); diff != "" {
			t.Fatalf("rows (-written +read):\n%s", diff)
		}
		var got []Score
		for _, part := range ByPolicy(read) {
			got = append(got, ScoreRows(part, 80))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("scores (-want +got):\n%s", diff)
		}
	})
}

func TestReadRowsRefuses(t *testing.T) {
	const head = "policy,timestamp,load,desired,in_service,billed,utilization,scored\n"
	const ok = head + "p,2026-01-01T00:00:00Z,1,2,2,2,50,1\n"
	tests := []struct{ name, text, want string }{
		{"empty", "", "line 1: want the header policy,timestamp,load,desired,in_service,billed,utilization,scored, got an empty file"},
		{"header", "policy\n", `line 1: want the header policy,timestamp,load,desired,in_service,billed,utilization,scored, got "policy"`},
		{"fields", ok + "p,2026-01-01T00:01:00Z\n", "line 3: want 8 fields, got 2"},
		{"no policy", head + ",2026-01-01T00:00:00Z,1,2,2,2,50,1\n", `line 2: policy: want a name without comma and line break, got ""`},
		{"timestamp", head + "p,now,1,2,2,2,50,1\n", `line 2: timestamp: want RFC 3339, got "now"`},
		{"zone", head + "p,2026-01-01T00:00:00+01:00,1,2,2,2,50,1\n", `line 2: timestamp: want whole seconds in UTC, got "2026-01-01T00:00:00+01:00"`},
		{"load", head + "p,2026-01-01T00:00:00Z,Inf,2,2,2,50,1\n", `line 2: load: want a number from 0 to 1e+06, got "Inf"`},
		{"in service", head + "p,2026-01-01T00:00:00Z,1,2,-2,2,50,1\n", `line 2: in_service: want a number of instances, got "-2"`},
		{"utilization", head + "p,2026-01-01T00:00:00Z,1,2,2,2,101,1\n", `line 2: utilization: want a number from 0 to 100, got "101"`},
		{"scored", head + "p,2026-01-01T00:00:00Z,1,2,2,2,50,true\n", `line 2: scored: want 0 or 1, got "true"`},
		{"a minute left out", ok + "p,2026-01-01T00:02:00Z,1,2,2,2,50,1\n", "line 3: timestamp: want one minute after 2026-01-01T00:00:00Z, got 2026-01-01T00:02:00Z"},
	}
	for _, test := range tests {
		_, err := ReadRows(strings.NewReader(test.text))
		if want := "read timeline: " + test.want; err == nil || err.Error() != want {
			t.Errorf("%s: error %v, want %s", test.name, err, want)
		}
	}
	cause := errors.New("cable pulled")
	if _, err := ReadRows(iotest.ErrReader(cause)); !errors.Is(err, cause) {
		t.Errorf("error %v, want %v", err, cause)
	}
}

func TestWriteRowsRefuses(t *testing.T) {
	err := WriteRows(&strings.Builder{}, []Row{{Policy: "a,b"}})
	if want := `write timeline: row 1: policy: want a name without comma and line break, got "a,b"`; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

func FuzzReadRows(f *testing.F) {
	f.Add("policy,timestamp,load,desired,in_service,billed,utilization,scored\np,2026-01-01T00:00:00Z,1,2,2,2,50,1\nq,2026-01-01T00:00:00Z,1e-3,2,2,2,0,0\n")
	f.Fuzz(func(t *testing.T, text string) {
		rows, err := ReadRows(strings.NewReader(text))
		if err != nil {
			return
		}
		var file strings.Builder
		if err := WriteRows(&file, rows); err != nil {
			t.Fatal(err)
		}
		again, err := ReadRows(strings.NewReader(file.String()))
		if err != nil {
			t.Fatalf("read back: %v", err)
		}
		if diff := cmp.Diff(rows, again); diff != "" {
			t.Fatalf("read back (-want +got):\n%s", diff)
		}
	})
}
