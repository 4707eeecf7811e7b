package attach

import (
	"slices"
	"testing"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// The gravest come first.
func TestOrderOfFindings(t *testing.T) {
	g := clean()
	g.Warmup, g.Min, g.Max = nil, 4, 4
	var got []Severity
	for _, f := range Examine(g, under(streams.Observe)) {
		got = append(got, f.Severity)
	}
	if want := []Severity{Refuse, Warn, Note}; !slices.Equal(got, want) {
		t.Errorf("want %v, got %v", want, got)
	}
	if !Refused(Examine(g, under(streams.Observe))) || Refused(Examine(clean(), under(streams.Observe))) {
		t.Error("want the one refused and the other not")
	}
}

// A command names the region, since not every AWS CLI finds it where we do.
func TestCommandNamesTheRegion(t *testing.T) {
	g := clean()
	g.Region, g.Warmup = "eu-west-1", nil
	want := "aws autoscaling update-auto-scaling-group --region eu-west-1 --auto-scaling-group-name web --default-instance-warmup 120"
	if f := only(t, Examine(g, under(streams.Observe)), "no_warmup"); f.Fix != want {
		t.Errorf("want %s, got %s", want, f.Fix)
	}
}

// A command can be pasted, whatever the names in it are.
func TestQuote(t *testing.T) {
	for word, want := range map[string]string{"web-1.a": "web-1.a", "my group": "'my group'", "it's": `'it'\''s'`, "": "''", "a;rm": "'a;rm'", "$x": "'$x'"} {
		if got := quote(word); got != want {
			t.Errorf("%q: want %s, got %s", word, want, got)
		}
	}
}
