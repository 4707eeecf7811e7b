package rivals

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// cronFields are minute, hour, day, month and weekday.
const cronFields = 5

// cron is a recurrence in the five fields of Unix: the minutes, hours, days,
// months and weekdays at which it is due, as bits.
type cron struct {
	fields [cronFields]uint64
	// eitherDay says that days of the month and of the week are both limited, and
	// that one of the two is then enough.
	eitherDay bool
}

// cronBounds are those of the fields. Sunday is 0 and 7.
func cronBounds() [cronFields][2]int {
	return [cronFields][2]int{{0, 59}, {0, 23}, {1, 31}, {1, 12}, {0, 7}}
}

// parseCron reads a recurrence such as "0 8 * * 1-5".
func parseCron(text string) (cron, error) {
	words := strings.Fields(text)
	if len(words) != cronFields {
		return cron{}, fmt.Errorf("recurrence: want five fields, got %.80q", text)
	}
	c := cron{eitherDay: words[2][0] != '*' && words[4][0] != '*'}
	for i, word := range words {
		for part := range strings.SplitSeq(word, ",") {
			bits, err := cronBits(i, part)
			if err != nil {
				return cron{}, fmt.Errorf("recurrence %.80q: %w", text, err)
			}
			c.fields[i] |= bits
		}
	}
	c.fields[4] |= c.fields[4] >> 7 & 1
	return c, nil
}

// cronBits reads *, 5, 1-5 or one of these with /STEP.
func cronBits(field int, part string) (bits uint64, err error) {
	span, every, stepped := strings.Cut(part, "/")
	step := 1
	if stepped {
		if step, err = strconv.Atoi(every); err != nil || step < 1 {
			return 0, fmt.Errorf("want a step such as */5, got %q", part)
		}
	}
	bounds := cronBounds()[field]
	from, until := bounds[0], bounds[1]
	if span != "*" {
		first, last, ranged := strings.Cut(span, "-")
		var errLast error
		from, err = cronNumber(field, first)
		if until = from; ranged {
			until, errLast = cronNumber(field, last)
		} else if stepped {
			until = bounds[1]
		}
		if err != nil || errLast != nil || from < bounds[0] || until > bounds[1] || until < from {
			return 0, fmt.Errorf("want %d to %d, got %q", bounds[0], bounds[1], part)
		}
	}
	for n := from; n <= until; n += step {
		bits |= 1 << n
	}
	return bits, nil
}

// cronNumber reads a number, or the name of a month or of a weekday.
func cronNumber(field int, word string) (int, error) {
	name := func(n string) bool { return strings.EqualFold(n, word) }
	months := []string{"", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}
	days := []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
	if at := slices.IndexFunc(months, name); at > 0 && field == 3 {
		return at, nil
	}
	if at := slices.IndexFunc(days, name); at >= 0 && field == 4 {
		return at, nil
	}
	return strconv.Atoi(word)
}

// due says whether it is due in the minute of t, in the zone of t.
func (c cron) due(t time.Time) bool {
	has := func(field, n int) bool { return c.fields[field]>>n&1 == 1 }
	if !has(0, t.Minute()) || !has(1, t.Hour()) || !has(3, int(t.Month())) {
		return false
	}
	day, weekday := has(2, t.Day()), has(4, int(t.Weekday()))
	if c.eitherDay {
		return day || weekday
	}
	return day && weekday
}
