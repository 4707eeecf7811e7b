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
	// Expired counts outputs whose recorded form is older than the life of
	// its kind and gone.
	Expired int
	// Unread counts outputs of inputs that the stage had not committed yet
	// when the recording was made.
	Unread int
	// Before counts recorded outputs that lie before what could be folded.
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

// String names the place and the cause.
func (d Difference) String() string {
	if d.Sequence == 0 {
		return fmt.Sprintf("%s round %d: %s", d.Subject, d.Round, d.Cause)
	}
	return fmt.Sprintf("sequence %d, %s round %d: %s", d.Sequence, d.Subject, d.Round, d.Cause)
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
