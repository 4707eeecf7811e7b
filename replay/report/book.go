package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ml-autoscaling/autoscaler/replay/backtest"
)

// book knows how every policy of a report is called and drawn.
type book struct {
	policies []Policy
	index    map[string]int
	ink      []int // of each policy: see colours in page.css
}

// inks is how many colours there are for rivals; 0 is that of ours.
const inks = 8

// newBook lists the given policies and those that only the runs name. Rivals
// whose stories are drawn take their colours first, which lie furthest apart.
func newBook(r Report) *book {
	b := &book{index: map[string]int{}}
	for _, p := range r.Policies {
		b.add(p)
	}
	var drawn []string
	for _, t := range r.Traces {
		for _, s := range b.tracked(t.Stories) {
			drawn = append(drawn, s.Policy)
		}
		for _, run := range t.Runs {
			b.add(Policy{Name: run.Policy, Role: roleOf(run.Policy)})
		}
	}
	for _, name := range drawn {
		b.add(Policy{Name: name, Role: roleOf(name)})
	}
	b.colour(drawn)
	return b
}

func roleOf(name string) Role {
	switch {
	case name == "ours":
		return Ours
	case strings.HasPrefix(name, "ours-"):
		return Variant
	case name == "oracle":
		return Bound
	}
	return Rival
}

func (b *book) add(p Policy) {
	if _, ok := b.index[p.Name]; ok {
		return
	}
	if p.Label == "" {
		p.Label = labelOf(p.Name)
	}
	b.index[p.Name] = len(b.policies)
	b.policies = append(b.policies, p)
}

func (b *book) colour(drawn []string) {
	b.ink = make([]int, len(b.policies))
	next := 0
	give := func(name string) {
		if i := b.index[name]; b.policies[i].Role == Rival && b.ink[i] == 0 {
			b.ink[i] = next%inks + 1
			next++
		}
	}
	for _, name := range drawn {
		give(name)
	}
	for _, p := range b.policies {
		give(p.Name)
	}
}

// of gives a policy by name. All names of a report's runs and stories are known.
func (b *book) of(name string) Policy { return b.policies[b.index[name]] }

// role gives that of a policy, known or not.
func (b *book) role(name string) Role {
	if i, ok := b.index[name]; ok {
		return b.policies[i].Role
	}
	return roleOf(name)
}

// class is how page.css calls the colour of a policy.
func (b *book) class(name string) string {
	switch i := b.index[name]; b.policies[i].Role {
	case Ours:
		return "k0"
	case Variant:
		return "kv"
	case Bound:
		return "kb"
	default:
		return fmt.Sprintf("k%d", b.ink[i])
	}
}

// phrase calls a policy and its knob in words: "target tracking at 60 %". Ours
// at its default is just ours.
func (b *book) phrase(name string, knob float64) string {
	p := b.of(name)
	label := p.Label
	if p.Emulation {
		label += " (emulation)"
	}
	if !p.hasKnob() || p.Role != Rival && knob == p.Default {
		return label
	}
	return label + " at" + nb + b.knob(name, knob)
}

// fromBelow lists the policies in the order in which they are drawn: ours on
// top.
func (b *book) fromBelow() []Policy {
	height := func(r Role) int { return slices.Index([]Role{Bound, Rival, Variant, Ours}, r) }
	out := slices.Clone(b.policies)
	slices.SortStableFunc(out, func(x, y Policy) int { return height(x.Role) - height(y.Role) })
	return out
}

// hasKnob says whether a knob means anything to readers.
func (p Policy) hasKnob() bool { return p.Role != Bound && (p.Knob != "" || p.Unit != "") }

// setting words the knob of a run where it tells something.
func (b *book) setting(r backtest.Run) string {
	if p := b.of(r.Policy); !p.hasKnob() || p.Role == Variant {
		return ""
	}
	return b.knob(r.Policy, r.Knob)
}

// knob words a knob with its unit.
func (b *book) knob(name string, knob float64) string {
	unit := b.of(name).Unit
	if unit == "" {
		return short(knob)
	}
	return short(knob) + nb + unit
}

// tag calls a policy in as few letters as there are: "tt.7@60".
func (b *book) tag(name string, knob float64) string {
	if p := b.of(name); p.Role != Rival || !p.hasKnob() {
		return name
	}
	return name + "@" + short(knob)
}

// short writes a knob; swept factors have digits that nobody set.
func short(knob float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.3f", knob), "0"), ".")
}
