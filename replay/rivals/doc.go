// Package rivals holds the policies that ours is compared with, by their
// published definitions, and runs a policy through a world. Definitions lists
// them with the knob that a comparison sweeps:
//
//	d, ok := rivals.Lookup("tt.7")
//	score := rivals.Run(world, d.New(d.Default))
//
// Incumbent is not defined by a publication but by what a live group has: its
// policies with their alarms, and its scheduled actions.
//
// What holds:
//
//  1. A policy sees what it was handed and nothing else of the load: the
//     warm-up part once in Begin, then in every minute what fleet.Minute says.
//     One that needs the future has to be constructed with it.
//  2. A policy is a state machine without a clock or randomness: equal minutes
//     give equal capacities.
//  3. A policy serves one run. For the next one another is constructed.
//  4. A sample that is missing is not guessed: alarms start over, and hpa, phpa
//     and crane hold until the next one. Only what looks back over it fills it,
//     as the policy says.
//
// What does not hold: a policy need not stay within [1, 10 × peak] (the world
// clamps), nothing here chooses knobs or compares scores, and an emulation
// (Definition.Emulation) is what is known of an original that is not public.
//
// The package is pure.
package rivals
