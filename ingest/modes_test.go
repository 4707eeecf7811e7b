package ingest_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/ingest"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// modes gives the modes that a group was put in, in order, and where a control
// changes anything else of its policy fails the test.
func (b *bench) modes(name string) []streams.Mode {
	b.Helper()
	var all []streams.Mode
	var before *streams.Policy
	for _, ev := range b.events(streams.KindControl) {
		k := ev.(streams.Control)
		if k.Group != name {
			continue
		}
		all = append(all, k.Policy.Mode)
		if before != nil {
			before.Mode = k.Policy.Mode
			if !before.Same(*k.Policy) {
				b.Errorf("%s: more than the mode changed: %+v", name, k.Policy)
			}
		}
		before = k.Policy
	}
	return all
}

// A group without a section is in the mode of its tag, where it has one, and is
// so one poll after the tag changes, whether its period is chosen for it or not;
// a group with a section never is.
func TestModeOfTheTag(t *testing.T) {
	for _, byDefault := range []streams.Mode{streams.Observe, streams.DesiredControl} {
		for _, chosen := range []bool{false, true} {
			b := newBench(t, "web-asg", "found")
			b.source.detailed = chosen
			cfg := b.config(web("web-asg"))
			cfg.Discovered = func(scope, name string) ingest.Group {
				g := ingest.Group{ID: streams.GroupID{Scope: scope, Group: name}, Policy: policy(name)}
				g.Policy.Mode = byDefault
				if chosen {
					g = withPeriod(g)
				}
				return g
			}
			b.run(cfg)
			minute := 0
			tag := func(value string) {
				b.source.change(func(s *source) { s.groups[0].Mode, s.groups[1].Mode = value, value })
				minute++
				b.poll(start().Add(time.Duration(minute) * time.Minute))
			}
			want := []streams.Mode{byDefault}
			for _, value := range []string{"observe", "desired", "desired", "observe", "desired", "", "desired", "Desired", ""} {
				tag(value)
				now := map[string]streams.Mode{"observe": streams.Observe, "desired": streams.DesiredControl, "": byDefault, "Desired": streams.Observe}[value]
				if now != want[len(want)-1] {
					want = append(want, now)
				}
				if got := b.modes("found"); !slices.Equal(got, want) {
					t.Errorf("default %s, period chosen %v, tag %q: modes are %v, want %v", byDefault, chosen, value, got, want)
				}
			}
			if got := b.modes("web"); !slices.Equal(got, []streams.Mode{streams.Observe}) {
				t.Errorf("the group with a section has the modes %v", got)
			}
			b.halt()
		}
	}
}

// A mode that there is not observes, and is complained about once; what a
// listing that failed says of tags is nothing.
func TestUnknownModeOfTheTag(t *testing.T) {
	b := newBench(t, "found")
	b.source.groups[0].Mode = "floor"
	cfg := b.config()
	cfg.Discovered = func(scope, name string) ingest.Group {
		g := ingest.Group{ID: streams.GroupID{Scope: scope, Group: name}, Policy: policy(name)}
		g.Policy.Mode = streams.DesiredControl
		return g
	}
	b.run(cfg)
	b.poll(start().Add(time.Minute))
	if got := b.modes("found"); !slices.Equal(got, []streams.Mode{streams.Observe}) {
		t.Errorf("modes are %v", got)
	}
	const words = `tag ml-autoscaling/mode: want observe or desired, got \"floor\"`
	if n := strings.Count(b.log.String(), words); n != 1 {
		t.Errorf("%d complaints, want one:\n%s", n, b.log)
	}
	b.source.change(func(s *source) { s.groups[0].Mode = "desired" })
	b.poll(start().Add(2 * time.Minute))
	b.source.change(func(s *source) { s.listing, s.groups[0].Mode = errors.New("page 2 is missing"), "" })
	b.poll(start().Add(3 * time.Minute))
	if got := b.modes("found"); !slices.Equal(got, []streams.Mode{streams.Observe, streams.DesiredControl}) {
		t.Errorf("modes are %v", got)
	}
}

// A group that is found and whose name a section has for another Auto Scaling
// group is not polled, which is told once; nothing is told of its tag.
func TestNameThatASectionHas(t *testing.T) {
	b := newBench(t, "web-asg", "web")
	b.source.groups[1].Mode = "floor"
	cfg := b.config(web("web-asg"))
	cfg.Discovered = func(scope, name string) ingest.Group {
		return ingest.Group{ID: streams.GroupID{Scope: scope, Group: name}, Policy: policy(name)}
	}
	b.run(cfg)
	b.poll(start().Add(time.Minute))
	if n := len(b.events(streams.KindControl)); n != 1 {
		t.Errorf("%d policies, want that of the section", n)
	}
	const words = "the section web is of another Auto Scaling group"
	if n := strings.Count(b.log.String(), words); n != 1 || strings.Contains(b.log.String(), streams.ModeTag) {
		t.Errorf("%d complaints, want one, and none about a tag:\n%s", n, b.log)
	}
}

// What a group event says of a group that is not listed any more: one that has a
// section is not there, one that was found for its tag may only lack that.
func TestWordsOfAbsence(t *testing.T) {
	b := newBench(t, "web-asg", "found")
	cfg := b.config(web("web-asg"))
	cfg.Discovered = func(scope, name string) ingest.Group {
		return ingest.Group{ID: streams.GroupID{Scope: scope, Group: name}, Policy: policy(name)}
	}
	b.run(cfg)
	b.source.change(func(s *source) { s.groups = nil })
	b.poll(start().Add(time.Minute))
	for name, want := range map[string]string{
		"web":   "the group is not there",
		"found": "the group is gone or detached: it neither bears the tag ml-autoscaling/managed=true nor has a section in the configuration",
	} {
		groups := b.groups(name)
		errs := groups[len(groups)-1].Errors
		if len(errs) != 1 || errs[0].Message != want {
			t.Errorf("%s: got %v, want %q", name, errs, want)
		}
	}
}
