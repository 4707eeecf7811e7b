package plan

import (
	"fmt"
	"strings"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// Intent is a change that is about to be made, stored before the call.
type Intent struct {
	Round uint64 `json:"round"`
	// AutoScalingGroup is the group's name at AWS.
	AutoScalingGroup string `json:"auto_scaling_group,omitempty"`
	// From and To are the decision's, in instances or capacity units; never
	// equal.
	From    int       `json:"from"`
	To      int       `json:"to"`
	Expires time.Time `json:"expires"`
	// Saw is the group as it was last described when the decision came; nil
	// where it never was.
	Saw *Sizes `json:"saw,omitempty"`

	// Called says that an earlier life of the actuator may have made the call:
	// the intent was loaded, not made.
	Called bool `json:"-"`
	// Stop, where not empty, is how the intent ends instead of being called,
	// for what the state knew when it was asked; Why says why.
	Stop streams.Status `json:"-"`
	Why  string         `json:"-"`
	// Ceiling is that of the limits; 0 is none.
	Ceiling int `json:"-"`

	group   streams.GroupID
	witness witness // of what rounds of ours set last
}

// Call is what SetDesiredCapacity is to be called with.
type Call struct {
	Desired int
	// Was is what is there just before the call: what was read, or what a round
	// of ours had set where that is not visible yet.
	Was int
	// Note says where that is not what was asked for; empty where it is.
	Note string
}

// Judge says, given the group as it was just read, either what to call or, as
// the end, the result without a call.
func (i Intent) Judge(d Description, now time.Time) (Call, *Result) {
	d, unseen := i.correct(d, now)
	end := func(status streams.Status, why string) (Call, *Result) {
		r := i.end(status, now, d.Desired, sentence(why, unseen))
		return Call{}, &r
	}
	if i.Called && i.met(d.Sizes) {
		_, note := i.aim(d.Sizes)
		r := i.end(streams.Applied, now, d.Desired, sentence("recovered: the group met the intent already", note))
		r.Set = &d.Desired
		return Call{}, &r
	}
	if i.Stop != "" {
		return end(i.Stop, i.Why)
	}
	if !now.Before(i.Expires) {
		return end(streams.Expired, tooLate(i.Expires, now))
	}
	if why := d.Tags.forbid(i.AutoScalingGroup); why != "" {
		return end(streams.Refused, why)
	}
	if status, why := i.barred(d.Sizes); status != "" {
		return end(status, why)
	}
	if status, why := d.Refresh.hold(); status != "" && i.Lowers() {
		return end(status, why)
	}
	n, note := i.aim(d.Sizes)
	if d.Desired != i.From {
		note = sentence(note, fmt.Sprintf("the decision saw %d, and it was %d", i.From, d.Desired))
	}
	return Call{Desired: n, Was: d.Desired, Note: sentence(note, unseen)}, nil
}

// correct puts what a round of ours set last in place of a desired capacity
// that may be from before, and says so.
func (i Intent) correct(d Description, now time.Time) (corrected Description, note string) {
	if !i.witness.outdated(d.Desired, now) {
		return d, ""
	}
	u := i.witness.Unseen
	note = fmt.Sprintf("%d was read, which may be from before round %d set %d", d.Desired, u.Round, u.Desired)
	d.Desired = u.Desired
	return d, note
}

// barred says how the intent ends where the group leaves nothing to call.
func (i Intent) barred(d Sizes) (streams.Status, string) {
	n, note := i.aim(d)
	switch {
	case d.Desired == i.To, i.raises() && d.Desired > i.To:
		return streams.Unchanged, fmt.Sprintf("desired is %d already", d.Desired)
	case !i.raises() && d.Desired != i.From:
		return streams.Conflict, fmt.Sprintf("desired is %d, and the decision saw %d", d.Desired, i.From)
	case !i.raises() && i.Saw != nil && (i.Saw.Min != d.Min || i.Saw.Max != d.Max):
		return streams.Conflict, fmt.Sprintf("min and max are %d and %d, and the decision saw %d and %d", d.Min, d.Max, i.Saw.Min, i.Saw.Max)
	case i.raises() && i.Ceiling > 0 && i.Ceiling <= d.Desired:
		return streams.Refused, overCeiling(i.To, i.Ceiling)
	case i.raises() && i.Ceiling > 0 && n > i.Ceiling:
		return streams.Refused, overCeiling(n, i.Ceiling)
	case n > d.Max:
		return streams.Refused, fmt.Sprintf("asked for %d, max is %d: it is not lowered further than asked", n, d.Max)
	case i.raises() && n > d.Desired, !i.raises() && n < d.Desired:
		return "", ""
	}
	return streams.Unchanged, note
}

// aim gives the capacity asked for within the limits of the group and, for a
// raise, the ceiling, and says where it was cut. A scale-in is not cut further
// down.
func (i Intent) aim(d Sizes) (n int, note string) {
	n = i.To
	cut := func(to int, what string) {
		n, note = to, fmt.Sprintf("asked for %d, %s is %d", i.To, what, to)
	}
	if i.raises() && n > d.Max {
		cut(d.Max, "max")
	}
	if i.raises() && i.Ceiling > 0 && n > i.Ceiling {
		cut(i.Ceiling, "the actuator's ceiling")
	}
	if n < d.Min {
		cut(d.Min, "min")
	}
	return n, note
}

// met says whether the group is where a call would have brought it.
func (i Intent) met(d Sizes) bool {
	n, _ := i.aim(d)
	return d.Desired == n && n != i.From
}

func (i Intent) raises() bool { return i.To > i.From }

// Lowers says whether the decision is a scale-in, which must know of instance
// refreshes.
func (i Intent) Lowers() bool { return i.To < i.From }

func (i Intent) end(status streams.Status, at time.Time, desired int, why string) Result {
	return Result{GroupID: i.group, Round: i.Round, At: at.Round(0).UTC(), Status: status, Desired: desired, Was: i.From, Error: why}
}

func overCeiling(asked, ceiling int) string {
	return fmt.Sprintf("asked for %d, the actuator's ceiling is %d", asked, ceiling)
}

func tooLate(expires, now time.Time) string {
	return fmt.Sprintf("expired at %s, %v ago", clock(expires), now.Sub(expires).Round(time.Millisecond))
}

// clock writes an instant as the trail of decisions does.
func clock(t time.Time) string { return t.UTC().Format("15:04:05Z") }

// sentence joins what there is to say.
func sentence(parts ...string) string {
	var said []string
	for _, p := range parts {
		if p != "" {
			said = append(said, p)
		}
	}
	return strings.Join(said, "; ")
}
