package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// A shadow has the scaling of its group but for the keys that are given, in
// the defaults or in the group, and what follows from other fields follows
// from its own.
func TestShadowsStartFromTheGroup(t *testing.T) {
	cfg, err := read(`
defaults:
  scaling: {quantile: 0.9}
  shadows:
    cautious: {scaling: {quantile: 0.99, min: 2}}
groups:
  web:
    scope: a
    scaling: {max: 7}
    shadows:
      cautious: {scaling: {min: 3}}
      slow: {scaling: {boot_prior: 600s}}
      same:
  api: {scope: a, scaling: {max: 9}}
`)
	if err != nil {
		t.Fatal(err)
	}
	web, api := cfg.Groups[0].Policy, cfg.Groups[1].Policy
	with := func(s streams.ScalingPolicy, change func(*streams.ScalingPolicy)) streams.Shadow {
		change(&s)
		return streams.Shadow{Scaling: s}
	}
	want := map[string]streams.Shadow{
		"cautious": with(web.Scaling, func(s *streams.ScalingPolicy) { s.Quantile, s.Min = 0.99, 3 }),
		"slow": with(web.Scaling, func(s *streams.ScalingPolicy) {
			s.BootPrior, s.LaunchGrace = streams.Duration(10*time.Minute), streams.Duration(22*time.Minute)
		}),
		"same": with(web.Scaling, func(*streams.ScalingPolicy) {}),
	}
	if diff := cmp.Diff(want, web.Shadows); diff != "" {
		t.Errorf("web (-want +got):\n%s", diff)
	}
	want = map[string]streams.Shadow{"cautious": with(api.Scaling, func(s *streams.ScalingPolicy) { s.Quantile, s.Min = 0.99, 2 })}
	if diff := cmp.Diff(want, api.Shadows); diff != "" {
		t.Errorf("api (-want +got):\n%s", diff)
	}
	if found := cfg.Discovered("a", "found").Policy; found.Shadows["cautious"].Scaling.Max != 100 || web.Shadows["cautious"].Scaling.Max != 7 {
		t.Errorf("a discovered group has the shadows %+v", found.Shadows)
	}
	// Another period gives another staleness, and leaves the group as it was.
	before := web.Shadows["slow"].Scaling.StaleAfter
	minute := cfg.Groups[0].WithPeriod(time.Minute).Shadows["slow"].Scaling.StaleAfter
	if now := cfg.Groups[0].Policy.Shadows["slow"].Scaling.StaleAfter; minute != streams.Duration(3*time.Minute) || now != before {
		t.Errorf("stale after %v at a minute, %v before and %v afterwards", minute, before, now)
	}
}

func TestShadowErrorsNameTheirLine(t *testing.T) {
	for name, tc := range map[string]struct{ text, want string }{
		"unknown key": {"groups:\n  web:\n    scope: a\n    shadows:\n      x: {scaling: {maxi: 3}}\n", "line 5: field maxi not found"},
		"name":        {"groups:\n  web:\n    scope: a\n    shadows:\n      live: {scaling: {max: 3}}\n", "line 5: groups.web.shadows.live: want a name"},
		"value":       {"groups:\n  web:\n    scope: a\n    shadows:\n      x:\n        scaling:\n          max: 0\n", "line 7: groups.web.shadows.x.scaling.max"},
		"defaults":    {"defaults:\n  shadows:\n    x: {scaling: {violation_price_instance_hours: 0, quantile: 0.93}}\n", "line 3: defaults.shadows.x.scaling.quantile"},
		"inherited":   {"defaults:\n  shadows:\n    x: {scaling: {min: 5}}\ngroups:\n  web: {scope: a, scaling: {max: 3}}\n", "groups.web.shadows.x.scaling.max"},
		"too many":    {"groups:\n  web:\n    scope: a\n    shadows: {a: , b: , c: , d: , e: }\n", "line 4: groups.web.shadows: want at most 4"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := read(tc.text)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}
