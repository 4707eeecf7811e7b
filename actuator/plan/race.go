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
// that was made since an instant on a group that had been read with a desired
// capacity of was: empty, unless somebody else changed it between.
func LostRace(cause string, was int, c Call, since time.Time) string {
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
	if fromErr != nil || toErr != nil || to != c.Desired || from == was {
		return ""
	}
	return fmt.Sprintf("lost a race: it was %d and not %d when it was set to %d", from, was, to)
}
