package compare

import (
	"fmt"
	"strings"
)

// Report is what a verification found, a line a stage.
type Report struct{ Stages []StageReport }

// StageReport counts what became of the outputs of one stage.
type StageReport struct {
	Stage string
	// Compared counts outputs that were folded again and held against the
	// recorded bytes; Equal those that were the same.
	Compared, Equal int
	// Expired counts outputs whose recorded form is gone, and had lived as
	// long as forecasts and holds do.
	Expired int
	// Unread counts outputs of inputs that the stage had not committed yet
	// when the recording was made.
	Unread int
	// Before counts outputs that were not judged: recorded before the states
	// that the fold began from, left to an earlier fold of the stage, or of a
	// group while it is not folded.
	Before int
	// Undecodable counts inputs that were skipped, as the stage does.
	Undecodable int
	// Excluded names groups that were not compared, and why.
	Excluded []string
	// Differences are the first of those found; Different counts all.
	Differences []Difference
	Different   int
}

// Difference is one output that is not as it was recorded.
type Difference struct {
	Subject  string
	Sequence uint64 // 0 where nothing was recorded
	Round    uint64
	Cause    string
}

// String names the place, as far as it is known, and the cause.
func (d Difference) String() string {
	place := d.Subject
	if d.Sequence > 0 {
		place = fmt.Sprintf("sequence %d, %s", d.Sequence, place)
	}
	if d.Round > 0 {
		place = fmt.Sprintf("%s round %d", place, d.Round)
	}
	return place + ": " + d.Cause
}

// maxDifferences is how many differences a report spells out.
const maxDifferences = 10

func (r *StageReport) differ(d Difference) {
	r.Different++
	if len(r.Differences) < maxDifferences {
		r.Differences = append(r.Differences, d)
	}
}

// Err is nil where every stage compared something and found no difference.
func (r Report) Err() error {
	for _, s := range r.Stages {
		if s.Different > 0 {
			return fmt.Errorf("verify %s: %d of %d outputs differ", s.Stage, s.Different, s.Compared)
		}
	}
	for _, s := range r.Stages {
		if s.Compared == 0 {
			return fmt.Errorf("verify %s: nothing was compared", s.Stage)
		}
	}
	return nil
}

// String gives the report as text for people.
func (r Report) String() string {
	var b strings.Builder
	for _, s := range r.Stages {
		fmt.Fprintf(&b, "%-10s  compared %d, equal %d, different %d, expired %d, not committed yet %d, before the fold %d, undecodable %d\n",
			s.Stage, s.Compared, s.Equal, s.Different, s.Expired, s.Unread, s.Before, s.Undecodable)
		for _, e := range s.Excluded {
			fmt.Fprintf(&b, "            left out %s\n", e)
		}
		for _, d := range s.Differences {
			fmt.Fprintf(&b, "            %s\n", d)
		}
		if more := s.Different - len(s.Differences); more > 0 {
			fmt.Fprintf(&b, "            and %d more\n", more)
		}
	}
	return b.String()
}

// firstDifference shows where two bodies part.
func firstDifference(recorded, folded []byte) string {
	n := min(len(recorded), len(folded))
	at := 0
	for at < n && recorded[at] == folded[at] {
		at++
	}
	return fmt.Sprintf("recorded …%s… but folded …%s…", around(recorded, at), around(folded, at))
}

func around(body []byte, at int) []byte {
	return body[max(0, at-40):min(len(body), at+20)]
}
