package backtest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/replay/rivals"
)

// The policies that are not rivals.
const (
	// Oracle is the cheapest capacity that never violates, with the future
	// known: a bound, not a rival.
	Oracle = "oracle"
	// Ours is the decider on the forecasts of the policy's model.
	Ours = "ours"
	// OursNaive is ours on the seasonal naive forecast: one of those that On
	// names.
	OursNaive = "ours-naive"
	// OursPerfect is ours on the true future.
	OursPerfect = "ours-perfect"
)

// The rivals that have no definition and no knob: what a live group scales by,
// which the Bench is told. Nobody but who read the group can name them, so that
// Names does not.
const (
	// Incumbent is all of it.
	Incumbent = "incumbent"
	// PartialIncumbent is an emulation: see rivals.Incumbent. It bears its star
	// in its name, so that no output can leave it away.
	PartialIncumbent = "incumbent*"
)

// IsIncumbent says whether a policy is what a live group scales by, or a part of
// it.
func IsIncumbent(policy string) bool { return policy == Incumbent || policy == PartialIncumbent }

// Contender is a policy with a knob.
type Contender struct {
	// Policy is its name: a rival's, or one of the constants above.
	Policy string
	// Knob is what is swept: of rivals what their definition says, of ours the
	// price of a violated minute in instance-hours, or 0 for the fixed quantile
	// of their policy. The oracle and an incumbent have none.
	Knob float64
}

// String gives policy@knob, and the policy where it has no knob.
func (c Contender) String() string {
	if !hasKnob(c.Policy) {
		return c.Policy
	}
	return c.Policy + "@" + strconv.FormatFloat(c.Knob, 'g', 6, 64)
}

func hasKnob(policy string) bool { return policy != Oracle && !IsIncumbent(policy) }

// On names the policy that is ours on the forecasts of a model.
func On(name string) string { return Ours + "-" + name }

// ModelOf gives the model on whose forecasts a policy is ours, whatever its
// setup says; false where it is not one of those that On names.
func ModelOf(policy string) (name string, ok bool) {
	name, ours := strings.CutPrefix(policy, On(""))
	return name, ours && slices.Contains(fold.Models(), name)
}

// isRefitted says whether the model that a policy names is estimated anew every
// day, which is most of what its runs take.
func isRefitted(policy string) bool {
	name, named := ModelOf(policy)
	if !named {
		return false
	}
	grid, err := model.NewGrid(time.Hour)
	if err != nil {
		return false
	}
	_, able := fold.NewModel(name, model.Config{Grid: grid, Horizon: 1, Levels: []float64{0.5}}, nil).(model.Refitter)
	return able
}

// IsOurs says whether a policy is ours, on whatever forecast.
func IsOurs(policy string) bool {
	_, named := ModelOf(policy)
	return named || policy == Ours || policy == OursPerfect
}

// IsRival says whether a policy is one that somebody could use instead of ours.
func IsRival(policy string) bool { return policy != Oracle && !IsOurs(policy) }

// IsEmulation says whether a policy is a rival whose definition was not
// published in full, or an incumbent that is a part of what the group does.
func IsEmulation(policy string) bool {
	d, ok := rivals.Lookup(policy)
	return ok && d.Emulation || policy == PartialIncumbent
}

// Starred is the name of a policy with a star where it is an emulation.
func Starred(policy string) string {
	if IsEmulation(policy) && !IsIncumbent(policy) {
		return policy + "*"
	}
	return policy
}

// KnobOf says what the knob of a policy is and in which unit; empty where it
// has none.
func KnobOf(policy string) (knob, unit string) {
	switch d, ok := rivals.Lookup(policy); {
	case IsOurs(policy):
		return "price of a violated minute", "instance-hours"
	case !ok:
		return "", ""
	case inPercent(d):
		return strings.TrimSuffix(d.Knob, " in percent"), "%"
	default:
		return d.Knob, "×"
	}
}

// Names lists the policies that there are: ours, also on the forecasts of each
// model, the oracle and the rivals.
func Names() []string {
	names := []string{Ours}
	for _, name := range fold.Models() {
		names = append(names, On(name))
	}
	names = append(names, OursPerfect, Oracle)
	for _, d := range rivals.Definitions() {
		names = append(names, d.Name)
	}
	return names
}

// usual are those that "all" is. Ours on a model that is refitted takes several
// times as long as ours, and on its own model it is ours again.
func usual() []string {
	return slices.DeleteFunc(Names(), func(name string) bool {
		_, named := ModelOf(name)
		return named && name != OursNaive
	})
}

// Label is the same with a star where the policy is an emulation.
func (c Contender) Label() string {
	return c.String() + strings.TrimPrefix(Starred(c.Policy), c.Policy)
}

// Parse reads a list of contenders such as "ours,tt.7@55,oracle", where "all"
// is every policy but ours on a model other than naive, each once. What has no knob has that of its definition, and
// ours the given price. It refuses an unknown name, telling those that there
// are, and a knob that a policy cannot have.
func Parse(list string, price float64) ([]Contender, error) {
	var all []Contender
	for text := range strings.SplitSeq(list, ",") {
		names := []string{strings.TrimSpace(text)}
		if names[0] == "all" {
			names = usual()
		}
		for _, name := range names {
			c, err := parse(name, price)
			if err != nil {
				return nil, err
			}
			if !slices.Contains(all, c) {
				all = append(all, c)
			}
		}
	}
	return all, nil
}

func parse(text string, price float64) (Contender, error) {
	name, knob, given := strings.Cut(text, "@")
	c := Contender{Policy: name, Knob: price}
	if !slices.Contains(Names(), name) && !IsIncumbent(name) {
		return c, fmt.Errorf("policy %.40q: want one of %s, or all", text, strings.Join(Names(), ", "))
	}
	if !hasKnob(name) {
		c.Knob = 0
	}
	if d, ok := rivals.Lookup(name); ok {
		c.Knob = d.Default
	}
	if !given {
		return c, nil
	}
	var err error
	if c.Knob, err = strconv.ParseFloat(knob, 64); err != nil {
		return c, fmt.Errorf("policy %.40q: knob: want a number, got %.40q", text, knob)
	}
	return c, c.check()
}

// check refuses a knob that its policy cannot have. Ours at a price of 0 goes
// by the fixed quantile of its policy.
func (c Contender) check() error {
	d, rival := rivals.Lookup(c.Policy)
	switch {
	case !hasKnob(c.Policy):
		return fmt.Errorf("policy %s: has no knob", c.Policy)
	case rival && !(c.Knob > 0 && c.Knob < beyond(d)):
		return fmt.Errorf("policy %s: knob: want above 0 and below %g, got %g", c.Policy, beyond(d), c.Knob)
	case !(c.Knob >= 0 && c.Knob <= mostPrice):
		return fmt.Errorf("policy %s: price: want 0 to %g instance-hours, got %g", c.Policy, float64(mostPrice), c.Knob)
	}
	return nil
}

// mostPrice bounds the price of a violated minute, in instance-hours.
const mostPrice = 1e6

// beyond is what a knob must stay below.
func beyond(d rivals.Definition) float64 {
	if inPercent(d) {
		return 100
	}
	return mostFactor
}

// mostFactor bounds what the capacity of a plan is multiplied by.
const mostFactor = 1000

// inPercent says whether a knob is a utilization; else it is a factor.
func inPercent(d rivals.Definition) bool { return strings.HasSuffix(d.Knob, "in percent") }

// SweepRivals adds to the contenders each rival among them at every knob that
// its definition sweeps, each once.
func SweepRivals(contenders []Contender) []Contender {
	return spread(contenders, func(c Contender) []float64 {
		d, _ := rivals.Lookup(c.Policy)
		return d.Sweep
	})
}

// SweepOurs adds to the contenders ours at every price, and ours on other
// forecasts at the prices that figures are asked at, each once. It refuses a
// price that none can be.
func SweepOurs(contenders []Contender, prices []float64) ([]Contender, error) {
	for _, p := range prices {
		if err := (Contender{Ours, p}).check(); err != nil {
			return nil, err
		}
	}
	asked := []float64{Headline, Beside}
	return spread(contenders, func(c Contender) []float64 {
		switch {
		case c.Policy == Ours:
			return append(asked, prices...)
		case IsOurs(c.Policy):
			return asked
		}
		return nil
	}), nil
}

// spread adds contenders at further knobs.
func spread(contenders []Contender, knobs func(Contender) []float64) []Contender {
	all := slices.Clone(contenders)
	for _, c := range contenders {
		for _, k := range knobs(c) {
			if next := (Contender{c.Policy, k}); !slices.Contains(all, next) {
				all = append(all, next)
			}
		}
	}
	return all
}
