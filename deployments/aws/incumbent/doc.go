// Package incumbent reads what an Auto Scaling group scales by, so that it can
// be played on a load:
//
//	found, err := incumbent.NewReader(client).Read(ctx, "web")
//	if err == nil && found.Plays() {
//		score := rivals.Run(world, found.New())
//	}
//
// What holds:
//
//  1. It makes four calls, all of which read: DescribeAutoScalingGroups,
//     DescribePolicies and DescribeScheduledActions of Auto Scaling, and
//     DescribeAlarms of CloudWatch. Nothing else can be reached.
//  2. Thresholds, periods and datapoints are those of the alarms that are there,
//     not those that a policy of its kind usually has.
//  3. Nothing is left out in silence: what does nothing, and what acts and cannot
//     be played on the group's CPU utilization, is in Idle and in Unplayed, each
//     with the reason.
//
// What does not hold: it is what the group has now, not what it had when the
// load was measured.
package incumbent
