// Package awssim is the AWS wire over simulated fleets: CloudWatch in
// rpc-v2-cbor, Auto Scaling and STS in query and XML, for clients of the
// unmodified AWS SDK that are given its address as their endpoint.
//
//	server := awssim.New(awssim.Config{Now: clock.Now})
//	err := server.Add(awssim.Group{Name: "web", World: world, Detailed: true})
//	go http.Serve(listener, server)
//	for now := range minutes {
//		clock.Set(now)
//		server.Advance(now) // minutes before now are served, that of now is open
//		poll()              // what is set in here counts in the open minute
//	}
//
// It answers, of CloudWatch, GetMetricData, DescribeAlarms and PutMetricData; of
// Auto Scaling DescribeAutoScalingGroups, SetDesiredCapacity,
// UpdateAutoScalingGroup (sizes and warm-up), DescribeScalingActivities,
// DescribePolicies, PutScalingPolicy (the one of target tracking on CPU that
// acts), DescribeScheduledActions, DescribeInstanceRefreshes, DescribeWarmPool,
// EnableMetricsCollection, SuspendProcesses, ResumeProcesses, CreateOrUpdateTags
// and DeleteTags; and of STS GetCallerIdentity and, as part of a Cloud of
// several accounts and regions, AssumeRole. It refuses what AWS refuses, in
// AWS's wording where that is known, and what it does not simulate with the code
// NotSimulated.
//
// What holds:
//
//  1. Payloads know the time of Config.Now only. The Date header is real, since
//     the SDK corrects its clock by it. Signatures are not verified.
//
//  2. A datapoint is computed from the minutes of the world, history included:
//     Sum of CPUUtilization over the samples per instance and period is 100
//     times Sample.Load of package fleet, and SampleCount over them is
//     Sample.Instances, up to rounding; where the world has BootCPU, instances
//     that boot are among the samples, as they are at AWS.
//
//  3. A datapoint appears the world's metric delay after its period ended and
//     is whole then; a period that the trace lacks never appears.
//
//  4. What a group is asked for and what its world has differ only while
//     launching or terminating is suspended, there is no capacity, or no
//     minute is open.
//
//  5. Faults are scripted by instants of Config.Now. One that is over leaves
//     nothing behind but what did not happen meanwhile.
//
//  6. The same calls at the same instants give the same bytes: a request id is
//     the count of its operation for its group, whatever happens beside it.
//
//  7. What a group is given as data of the SDK's types (its description,
//     policies, alarms, instance refreshes, scheduled actions and warm pool) is
//     answered as it was given, with ARNs and the names of both sides filled in.
//
//  8. Where instances have a weight the sizes of the group are in capacity
//     units, and what serves is the least whole number of instances that makes
//     them up. The metrics stay those of instances, as at AWS.
//
// What does not hold: it verifies no credentials, evaluates no metric math
// (an expression is known by its text), runs no scaling policy but one of target
// tracking (TargetTracking of Group, with the two alarms that AWS makes for it),
// no lifecycle hook, no scheduled action, no instance refresh and no warm pool,
// shows nothing that PutMetricData brought, knows one weight a group, and shows no
// period before it ended, where CloudWatch shows the beginning of it. The bounds
// of a group are described without DescribeLag. A Server may be used by many
// goroutines; the worlds in it belong to it alone.
package awssim
