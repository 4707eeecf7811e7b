// Package sim plays groups through simulated worlds: what ingest would have
// published of them, what an actuator would have answered, and a loop that
// folds the pure stages in memory in between.
//
//	group, err := sim.NewGroup(id, policy, world)
//	loop := sim.NewLoop(forecaster, decider)
//	err = loop.Run(group, nil)
//	score := world.Score()
//
// What holds:
//
//  1. A group's events are those of the contract, in the order in which ingest
//     publishes them: the policy, the history, then in every round the metrics
//     that came and one group event.
//  2. What a decision asks for is done in the minute of its round, whatever
//     the policy's mode is: a simulated fleet is nobody's group.
//  3. The same world, policy and decisions give the same events, byte for
//     byte, whether a Loop or a server carries them.
//
// The package is pure: no clock, no randomness, no input or output.
package sim
