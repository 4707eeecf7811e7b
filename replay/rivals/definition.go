package rivals

// Definition is a policy that ours is compared with, by its published
// definition, with the knob that a comparison sweeps.
type Definition struct {
	// Name is how the policy is called everywhere, such as "tt.7".
	Name string
	// Knob says what the knob is: "target utilization in percent" or "factor".
	Knob string
	// Default is the knob of the published definition.
	Default float64
	// Sweep lists the knobs that a sweep plays, ascending. Default need not be
	// among them.
	Sweep []float64
	// Emulation says that the original is not public. Every output labels it.
	Emulation bool
	// About says in one sentence what the policy does.
	About string
	// New makes the policy with a knob, for one run; it is never nil. It
	// panics where a target is not between 0 and 100 or a factor not above 0.
	New func(knob float64) Policy
}

const (
	knobTarget = "target utilization in percent"
	knobFactor = "factor"
)

// Definitions lists every rival, in the order in which reports show them. The
// oracle is not among them: see NewOracle.
func Definitions() []Definition {
	return []Definition{
		byFactor("static-peak", "what the busiest minute of the warm-up part needs, all the time",
			func(factor float64) Policy { return NewStaticPeak(factor) }),
		byFactor("schedule", "what the busiest minute of the warm-up part needs in each hour of the week, a boot time ahead",
			func(factor float64) Policy { return newSchedule(factor) }),
		byTarget("tt.7", 60, "AWS target tracking with classic alarms, out after 3 minutes above the target, in after 15 below 0.7 of it",
			func(target float64) Policy { return newTracking(target, classic(0.7)) }),
		byTarget("tt.9", 60, "AWS target tracking with classic alarms, out after 3 minutes above the target, in after 15 below 0.9 of it",
			func(target float64) Policy { return newTracking(target, classic(0.9)) }),
		emulated(byTarget("tt-fast", 60, "AWS highly responsive target tracking, out after 1 minute above the target, in after 5 below 0.9 of it",
			func(target float64) Policy { return newTracking(target, responsive()) })),
		byTarget("step", 70, "AWS step scaling by +1, +2 or +4 instances above the target, and by -1 below half of it",
			func(target float64) Policy { return NewStep(target) }),
		byTarget("step.8", 70, "AWS step scaling by +1, +2 or +4 instances above the target, and by -1 below 0.8 of it",
			func(target float64) Policy { return newStep(target, inInstances(0.8)) }),
		byTarget("step%", 70, "AWS step scaling by +10, +20 or +40 % of capacity above the target, and by -10 % below half of it",
			func(target float64) Policy { return newStep(target, inPercent(0.5)) }),
		byTarget("hpa", 60, "the Kubernetes Horizontal Pod Autoscaler, version 2 with its defaults, on the average utilization",
			func(target float64) Policy { return newHPA(target) }),
		byTarget("phpa", 60, "the Predictive Horizontal Pod Autoscaler, hpa or the Holt-Winters forecast of its own recommendations",
			func(target float64) Policy { return newPHPA(target) }),
		byTarget("crane", 60, "the Effective HPA of Crane, hpa or the highest load of the next hour as it was a day or a week ago, and a tenth",
			func(target float64) Policy { return newCrane(target) }),
		emulated(byTarget("aws-predictive", 60, "AWS predictive scaling by the hour, refreshed every 6 hours, over tt.7",
			func(target float64) Policy { return newPredictive(target, classic(0.7)) })),
		emulated(byTarget("aws-predictive.9", 60, "AWS predictive scaling by the hour, refreshed every 6 hours, over tt.9",
			func(target float64) Policy { return newPredictive(target, classic(0.9)) })),
		emulated(byTarget("aws-predictive-fast", 60, "AWS predictive scaling by the hour, refreshed every 6 hours, over tt-fast",
			func(target float64) Policy { return newPredictive(target, responsive()) })),
	}
}

// Lookup finds a rival by its name.
func Lookup(name string) (Definition, bool) {
	for _, d := range Definitions() {
		if d.Name == name {
			return d, true
		}
	}
	return Definition{}, false
}

func byTarget(name string, target float64, about string, policy func(float64) Policy) Definition {
	return Definition{Name: name, Knob: knobTarget, Default: target, Sweep: targets(), About: about, New: policy}
}

func byFactor(name, about string, policy func(float64) Policy) Definition {
	return Definition{Name: name, Knob: knobFactor, Default: 1, Sweep: factors(), About: about, New: policy}
}

// emulated labels a definition whose original is not public.
func emulated(d Definition) Definition {
	d.Emulation = true
	d.About += " (an emulation: the original is not public)"
	return d
}

// targets are 20 to 92 percent in steps of 2.
func targets() []float64 {
	var all []float64
	for t := 20; t <= 92; t += 2 {
		all = append(all, float64(t))
	}
	return all
}

// factors are .20 to 3.00 in steps of .04: 4 % of the published definition.
func factors() []float64 {
	var all []float64
	for percent := 20; percent <= 300; percent += 4 {
		all = append(all, float64(percent)/100)
	}
	return all
}
