package plan

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// activityCause is how the cause of a scaling activity tells of a call.
var activityCause = regexp.MustCompile(`At (\S+) a user request explicitly set group desired capacity changing the desired capacity from (\d+) to (\d+)`)

// LostRace says what the cause of the newest scaling activity proves of a call
// that was made since an instant: empty, unless somebody else changed the group
// between the reading and the call.
func LostRace(cause string, c Call, since time.Time) string {
	found := activityCause.FindStringSubmatch(cause)
	if found == nil {
		return ""
	}
	at, err := time.Parse(time.RFC3339, found[1])
	if err != nil || at.Before(since.Add(-MaxSkew)) {
		return ""
	}
	from, fromErr := strconv.Atoi(found[2])
	to, toErr := strconv.Atoi(found[3])
	if fromErr != nil || toErr != nil || to != c.Desired || from == c.Was {
		return ""
	}
	return fmt.Sprintf("lost a race: it was %d and not %d when it was set to %d", from, c.Was, to)
}
