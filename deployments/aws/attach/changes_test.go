package attach

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ml-autoscaling/autoscaler/streams"
)

func texts[T interface{ String() string }](all []T) []string {
	var out []string
	for _, x := range all {
		out = append(out, x.String())
	}
	return out
}

func TestChanges(t *testing.T) {
	for _, test := range []struct {
		name string
		tags map[string]string
		mode streams.Mode
		want []string
		kept int // -1 is none
	}{
		{"plain", nil, streams.Observe, []string{
			"tag ml-autoscaling/managed: (none) -> true", "tag ml-autoscaling/mode: (none) -> observe", "tag ml-autoscaling/baseline-min: (none) -> 2",
		}, -1},
		{"again", map[string]string{streams.ManagedTag: "true", streams.ModeTag: "observe", streams.BaselineMinTag: "2"}, streams.Observe, nil, -1},
		{"desired", map[string]string{streams.ManagedTag: "true", streams.ModeTag: "observe", streams.BaselineMinTag: "1"}, streams.DesiredControl,
			[]string{"tag ml-autoscaling/mode: observe -> desired"}, 1},
		{"switched off by hand", map[string]string{streams.ManagedTag: "false", streams.ModeTag: "", streams.BaselineMinTag: "7"}, streams.Observe,
			[]string{"tag ml-autoscaling/managed: false -> true", "tag ml-autoscaling/mode:  -> observe"}, 7},
		{"unclear", map[string]string{streams.ManagedTag: "true", streams.ModeTag: "observe", streams.BaselineMinTag: "-1"}, streams.Observe,
			[]string{"tag ml-autoscaling/baseline-min: -1 -> 2"}, -1},
	} {
		g := clean()
		g.Tags = test.tags
		if diff := cmp.Diff(test.want, texts(Changes(g, test.mode))); diff != "" {
			t.Errorf("%s:\n%s", test.name, diff)
		}
		if n, ok := KeptBaseline(g); ok != (test.kept >= 0) || ok && n != test.kept {
			t.Errorf("%s: kept %d, %v", test.name, n, ok)
		}
	}
}

// Back to observe is always allowed; nothing else is by itself.
func TestLowers(t *testing.T) {
	attached := clean()
	attached.Tags[streams.ManagedTag], attached.Tags[streams.ModeTag] = "true", "desired"
	off := clean()
	off.Tags[streams.ManagedTag], off.Tags[streams.ModeTag] = "false", "desired"
	if Lowers(off, streams.Observe) {
		t.Error("a group that was taken out by hand is put in again")
	}
	if !Lowers(attached, streams.Observe) || Lowers(attached, streams.DesiredControl) || Lowers(clean(), streams.Observe) || Lowers(Group{Name: "web"}, streams.Observe) {
		t.Error("want only the way from desired to observe")
	}
}

func TestSteps(t *testing.T) {
	tags := func(baseline string) map[string]string {
		return map[string]string{streams.ManagedTag: "true", streams.ModeTag: "desired", streams.BaselineMinTag: baseline, "team": "shop"}
	}
	all := []string{"tag ml-autoscaling/mode: desired -> (none)", "tag ml-autoscaling/managed: true -> (none)"}
	for _, test := range []struct {
		name   string
		tags   map[string]string
		keep   bool
		want   []string
		leaves string
	}{
		{"plain", map[string]string{"team": "shop"}, false, nil, ""},
		{"same min", tags("2"), false, append(slices.Clone(all), "tag ml-autoscaling/baseline-min: 2 -> (none)"), ""},
		{"restored", tags("1"), false, []string{all[0], "min: 2 -> 1", all[1], "tag ml-autoscaling/baseline-min: 1 -> (none)"}, ""},
		{"kept", tags("1"), true, append(slices.Clone(all), "tag ml-autoscaling/baseline-min: 1 -> (none)"), "as asked for; it was 1"},
		{"above max", tags("21"), false, append(slices.Clone(all), "tag ml-autoscaling/baseline-min: 21 -> (none)"), "it was 21 when the group was attached, and max is 20"},
		{"unclear", tags("x"), false, append(slices.Clone(all), "tag ml-autoscaling/baseline-min: x -> (none)"), `"x", which is no min`},
		{"interrupted", map[string]string{streams.BaselineMinTag: "1"}, false, []string{"min: 2 -> 1", "tag ml-autoscaling/baseline-min: 1 -> (none)"}, ""},
	} {
		g := clean()
		g.Tags = test.tags
		if diff := cmp.Diff(test.want, texts(Steps(g, test.keep))); diff != "" {
			t.Errorf("%s:\n%s", test.name, diff)
		}
		if got := Leaves(g, test.keep); !strings.Contains(got, test.leaves) || (got == "") != (test.leaves == "") {
			t.Errorf("%s: leaves %q", test.name, got)
		}
	}
}

// Whatever a group's tags and sizes are: once attached, attaching again writes
// nothing; and wherever a detachment is interrupted, going on ends the same.
func TestAttachAndDetachAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := clean()
		g.Min = rapid.IntRange(0, 20).Draw(t, "min")
		g.Tags = rapid.MapOf(rapid.SampledFrom(append(ownTags(), "team")), rapid.SampledFrom([]string{"true", "observe", "desired", "", "3", "30", "-1"})).Draw(t, "tags")
		mode := rapid.SampledFrom([]streams.Mode{streams.Observe, streams.DesiredControl}).Draw(t, "mode")
		for _, c := range Changes(g, mode) {
			g.Tags[c.Key] = c.New
		}
		if again := Changes(g, mode); again != nil {
			t.Fatalf("attaching again writes %v", again)
		}
		cut := rapid.IntRange(0, 4).Draw(t, "cut")
		whole, parts := take(g, Steps(g, false)), take(g, Steps(g, false)[:min(cut, len(Steps(g, false)))])
		parts = take(parts, Steps(parts, false))
		if diff := cmp.Diff(whole, parts); diff != "" {
			t.Fatalf("interrupted after %d steps:\n%s", cut, diff)
		}
		for _, key := range ownTags() {
			if _, ok := whole.Tags[key]; ok {
				t.Fatalf("%s is still there", key)
			}
		}
	})
}

// take gives a group after some steps.
func take(g Group, steps []Step) Group {
	tags := map[string]string{}
	for key, value := range g.Tags {
		tags[key] = value
	}
	g.Tags = tags
	for _, s := range steps {
		if s.Tag == "" {
			g.Min = s.To
		}
		delete(g.Tags, s.Tag)
	}
	return g
}
