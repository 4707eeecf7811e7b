// Package rivals holds the policies that ours is compared with, by their
// published definitions, and runs a policy through a world.
//
// What holds:
//
//  1. A policy sees what it was handed and nothing else of the load: the
//     warm-up part once in Begin, then in every minute what fleet.Minute says.
//     One that needs the future has to be constructed with it.
//  2. A policy is a state machine without a clock or randomness: equal minutes
//     give equal capacities.
//  3. A policy serves one run. For the next one another is constructed.
//
// What does not hold: a policy need not stay within [1, 10 × peak] (the world
// clamps), and nothing here chooses knobs or compares scores.
//
// The package is pure.
package rivals
