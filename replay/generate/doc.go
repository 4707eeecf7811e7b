// Package generate makes a load that never was: minutes of traffic with a day
// and a week in them, and with what makes a day differ from the one before.
//
//	profile, _ := generate.Find("office")
//	g, err := generate.New(generate.Config{Profile: profile, Seed: 7, Days: 28,
//		Start: start, Period: time.Minute, Location: berlin})
//	series := g.Series()              // a trace, and how late its samples come
//	for m := range g.Minutes() { … }  // what each component contributed
//
// A minute follows from what its components contributed:
//
//	rate     = base × trend × shift × (season × holiday + jobs + flash) × wander × noise
//	requests = max(0, round(60 × rate + counts × √(60 × rate))) / 60
//	load     = requests × cost
//
// rate and requests are per second, and a minute has a whole number of
// requests. load is in requests per second of the cost that a request has at
// the start; cost moves with deploys. A sample is the mean over the minutes of
// its period, of the load or of the requests, rounded to a ten-thousandth.
//
//	base     what a work day has on average, from the profile
//	trend    growth, compound by the week
//	shift    the level: new at moments drawn by chance, held until the next
//	season   time of the local day, on work days and on weekend days; 1 is the
//	         mean of a work day
//	holiday  1, and on a holiday what turns the season into that of one
//	jobs     work on a schedule of local time, in multiples of base
//	flash    crowds that come fast and leave slowly, in multiples of base
//	wander   noise with a memory of hours
//	noise    noise with a memory of minutes, restless for hours, then calm
//	counts   how far chance takes the count from its mean, in √mean
//	cost     of a request; 1 at first
//	dropped  the sample of this minute never comes
//	late     the sample of this minute comes this long after others do
//
// What holds:
//
//  1. The same configuration gives the same bits, on every architecture and
//     with every version of Go that builds the package: chance comes from
//     PCG-DXSM, everything that math does differently from one machine to the
//     next is computed here from sums, products and quotients that are each
//     rounded, and a test refuses a product that could be fused with a sum. What
//     can still change bytes is another version of the time zone's rules in the
//     Location that was passed in.
//  2. Every component has a stream of chance of its own. Switching one off, or
//     changing its numbers, leaves what all others contributed as it was, except
//     that a holiday makes another season of whatever season there is.
//  3. A longer trace begins with the shorter one, apart from whether the last
//     sample of the shorter one came; a trace of a longer period is the means of
//     the minutes of a shorter one. Which samples drop or are late is drawn for
//     each sample anew at another period.
//  4. The first and the last sample always come: the trace is as long as it was
//     asked to be.
//  5. The season is one of local time: on the day on which clocks go forward an
//     hour of it, and every job in it, is left out; when they go back, both come
//     twice.
//
// What not to assume: that the load looks like anybody's. Profiles were set
// beside recorded traces (see Profiles), which have surprises of more kinds.
// Counts are rounded normal deviates, not a Poisson law, which shows below ten a
// minute. A trace of few samples of which most dropped may not show its period to
// trace.Read.
//
// The package is pure: it has no clock, and no randomness that is not in the
// seed.
package generate
