package compare

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// A difference anywhere is an error before anything else, and so is a stage of
// which nothing was compared.
func TestReportErr(t *testing.T) {
	good, none := StageReport{Stage: "a", Compared: 3, Equal: 3}, StageReport{Stage: "b", Before: 3}
	bad := StageReport{Stage: "c", Compared: 3, Equal: 2, Different: 1}
	for want, r := range map[string]Report{
		"":                                {[]StageReport{good, good}},
		"verify b: nothing was compared":  {[]StageReport{good, none}},
		"verify c: 1 of 3 outputs differ": {[]StageReport{none, bad}},
		"verify a: nothing was compared":  {[]StageReport{{Stage: "a"}}},
	} {
		switch err := r.Err(); {
		case want == "" && err != nil, want != "" && (err == nil || err.Error() != want):
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// The differences are told in the order of the rounds, and only the first ten.
func TestReportTellsTheFirstDifferences(t *testing.T) {
	msgs := rounds(t, 13)
	for n := uint64(1); n <= 12; n++ {
		msgs = change(t, msgs, streams.KindDecision, n, lost)
	}
	var want strings.Builder
	fmt.Fprintf(&want, "decider     compared 1, equal 1, different 12, expired 0, not committed yet 0, before the fold 0, undecodable 0\n")
	for n := 1; n <= 10; n++ {
		fmt.Fprintf(&want, "            decision eu-west-1/web round %d: folded, but not in the recording\n", n)
	}
	want.WriteString("            and 2 more\n")
	if got := verify(t, msgs).String(); !strings.HasSuffix(got, want.String()) {
		t.Errorf("got\n%swant at its end\n%s", got, want.String())
	}
}

func TestFirstDifference(t *testing.T) {
	long := strings.Repeat("x", 60)
	for _, tc := range []struct{ recorded, folded, want string }{
		{"ab1c", "ab2c", "recorded …ab1c… but folded …ab2c…"},
		{"ab", "abc", "recorded …ab… but folded …abc…"},
		{"", "a", "recorded …… but folded …a…"},
		{long + "1" + long, long + "2" + long, "recorded …" + long[:40] + "1" + long[:19] + "… but folded …" + long[:40] + "2" + long[:19] + "…"},
	} {
		if got := firstDifference([]byte(tc.recorded), []byte(tc.folded)); got != tc.want {
			t.Errorf("got %s, want %s", got, tc.want)
		}
	}
}
