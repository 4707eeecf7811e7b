package window

import "time"

// ProbeOf asks of an Auto Scaling group of which nothing is known yet whether
// it has detailed monitoring.
func ProbeOf(autoScalingGroup string, now time.Time) Query {
	until := now.Truncate(time.Minute)
	return Query{
		Measure: CPU, AutoScalingGroup: autoScalingGroup, Probe: true,
		Period: time.Minute, From: until.Add(-probeSpan), Until: until,
	}
}

// Detailed says what the answer to a ProbeOf tells: whether the group has
// detailed monitoring, or that it cannot be told yet.
func Detailed(q Query, a Answer) (detailed, known bool) {
	return monitoring(Answered{Query: q, Answer: a}, false)
}
