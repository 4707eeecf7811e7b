package streams_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// exampleShadowed is the example's policy with a shadow that scales in later.
func exampleShadowed() streams.Policy {
	p := examplePolicy()
	s := streams.Shadow{Scaling: p.Scaling}
	s.Scaling.Stabilization = seconds(1800)
	p.Shadows = map[string]streams.Shadow{"cautious": s}
	return p
}

func exampleShadowDecision() streams.Decision {
	d := exampleDecision()
	d.Policy = "cautious"
	return d
}

// TestShadowsAreGolden holds the wire form of what shadows add.
func TestShadowsAreGolden(t *testing.T) {
	for name, want := range map[string]streams.Event{
		"decision_shadow": exampleShadowDecision(),
		"control_shadows": streams.NewPolicyControl(web, noon, exampleShadowed()),
	} {
		t.Run(name, func(t *testing.T) { holdsGolden(t, name, want) })
	}
}

// TestShadowSubject holds that a shadow's decision has the live one's subject
// and its own name behind it, and is never read from under that of another.
func TestShadowSubject(t *testing.T) {
	live, shadow := exampleDecision(), exampleShadowDecision()
	bare := streams.EventSubject(streams.Live, live)
	if got := streams.EventSubject(streams.Live, shadow); got != bare+".cautious" {
		t.Errorf("want %s.cautious, got %s", bare, got)
	}
	addr, err := streams.ParseSubject(bare + ".cautious")
	if err != nil || addr.Policy != "cautious" || addr.GroupID != web || addr.Kind != streams.KindDecision {
		t.Errorf("parsed %+v, %v", addr, err)
	}
	for subject, cause := range map[string]string{
		bare + ".a.b": "after decision", bare + ".": "shadow: ", bare + ".live": "shadow: ", bare + ".group": "shadow: ",
		bare + ".Bold": "shadow: ", bare + ".%2E": "shadow: ", bare + ".*": "shadow: ", bare + "." + strings.Repeat("a", 33): "shadow: ",
	} {
		if a, err := streams.ParseSubject(subject); err == nil || !strings.Contains(err.Error(), cause) {
			t.Errorf("%s: want an error with %q, got %+v, %v", subject, cause, a, err)
		}
	}
	body, err := streams.Encode(shadow)
	if err != nil {
		t.Fatal(err)
	}
	for _, subject := range []string{bare, bare + ".bold"} {
		if ev, err := streams.Decode(subject, body); err == nil {
			t.Errorf("%s: took a decision of cautious as %+v", subject, ev)
		}
	}
	if body, err = streams.Encode(live); err != nil {
		t.Fatal(err)
	}
	if ev, err := streams.Decode(bare+".cautious", body); err == nil {
		t.Errorf("took the live decision as %+v", ev)
	}
	if bytes.Contains(body, []byte(`"policy"`)) {
		t.Errorf("the live decision names a policy: %s", body)
	}
}

func TestShadowsAreRefused(t *testing.T) {
	named := func(names ...string) streams.Policy {
		p := examplePolicy()
		p.Shadows = map[string]streams.Shadow{}
		for _, name := range names {
			p.Shadows[name] = streams.Shadow{Scaling: p.Scaling}
		}
		return p
	}
	if err := named("a", "b", "c", "0-9").Validate(); err != nil {
		t.Fatal(err)
	}
	wantField(t, named("a", "b", "c", "d", "e").Validate(), "shadows")
	wantField(t, named("live").Validate(), "shadows.live")
	wantField(t, named("group").Validate(), "shadows.group")
	wantField(t, named("").Validate(), "shadows.")
	p := exampleShadowed()
	p.Shadows["cautious"] = streams.Shadow{}
	wantField(t, p.Validate(), "shadows.cautious.scaling.max")
	s := streams.Shadow{Scaling: p.Scaling}
	s.Scaling.Quantile = 0.93
	p.Shadows["cautious"] = s
	wantField(t, p.Validate(), "shadows.cautious.scaling.quantile")
	d := exampleDecision()
	d.Policy = "Bold"
	wantField(t, streams.Validate(d), "policy")
}

// TestPolicyUnder: a shadow decides under the group's policy with its own
// scaling, and a fingerprint tells that apart from the live one, which does not
// change with its shadows.
func TestPolicyUnder(t *testing.T) {
	p := exampleShadowed()
	live, ok := p.Under("")
	if diff := cmp.Diff(examplePolicy(), live); !ok || diff != "" {
		t.Errorf("live, %v (-want +got):\n%s", ok, diff)
	}
	want := examplePolicy()
	want.Scaling.Stabilization = seconds(1800)
	cautious, ok := p.Under("cautious")
	if diff := cmp.Diff(want, cautious); !ok || diff != "" {
		t.Errorf("cautious, %v (-want +got):\n%s", ok, diff)
	}
	if _, ok := p.Under("bold"); ok {
		t.Error("there is a shadow bold")
	}
	if p.Fingerprint() != examplePolicy().Fingerprint() || p.Fingerprint() == cautious.Fingerprint() {
		t.Errorf("fingerprints: %s with shadows, %s without, %s of the shadow", p.Fingerprint(), examplePolicy().Fingerprint(), cautious.Fingerprint())
	}
}

func TestPolicySame(t *testing.T) {
	p := exampleShadowed()
	if !p.Same(exampleShadowed()) || p.Same(examplePolicy()) || examplePolicy().Same(p) {
		t.Error("a policy is the same as itself, and not as itself without shadows")
	}
	renamed, changed, live := exampleShadowed(), exampleShadowed(), exampleShadowed()
	renamed.Shadows = map[string]streams.Shadow{"bold": p.Shadows["cautious"]}
	changed.Shadows["cautious"] = streams.Shadow{Scaling: p.Scaling}
	live.Round++
	for name, o := range map[string]streams.Policy{"renamed": renamed, "changed": changed, "live": live} {
		if p.Same(o) || o.Same(p) {
			t.Errorf("%s: taken for the same", name)
		}
	}
}
