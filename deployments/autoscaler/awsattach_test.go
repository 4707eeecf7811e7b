package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/replay/awssim"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// A group that runs already, from nothing to desired and back, by the commands
// that an operator types: while it is observed nothing is set; once it is
// desired decisions are carried out; detached, it is as it was.
func TestRunningGroupIsAttachedAndDetached(t *testing.T) {
	s := newShop(t)
	s.types(0, "nothing is in the way of mode observe", "aws", "doctor", web, db)
	s.types(1, "mode desired is refused: policy_scales_in", "aws", "doctor", "--mode", "desired", web)
	s.types(0, "tag ml-autoscaling/managed: (none) -> true", "aws", "attach", "--dry-run", web)
	if tags := s.tags(web); len(tags) != 1 {
		t.Fatalf("a dry run has written: %v", tags)
	}
	s.types(0, "autoscaler aws attach "+web+" --mode desired", "aws", "attach", web)
	s.types(0, "nothing was written", "aws", "attach", web)
	want := map[string]string{"team": "shop", streams.ManagedTag: "true", streams.ModeTag: "observe", streams.BaselineMinTag: "2"}
	if diff := cmp.Diff(want, s.tags(web)); diff != "" {
		t.Fatalf("attached:\n%s", diff)
	}
	s.startAll()
	s.await(streams.DryRun, streams.Applied, 3)
	if n := s.sets(web); n != 0 {
		t.Fatalf("%d calls set a capacity in mode observe", n)
	}

	s.types(1, "It stays attached in mode observe.\n", "aws", "attach", "--mode", "desired", web)
	if tags := s.tags(web); tags[streams.ModeTag] != "observe" {
		t.Fatalf("what was refused has written: %v", tags)
	}
	s.scaleOutOnly(web, true)
	s.types(0, "tag ml-autoscaling/mode: observe -> desired", "aws", "attach", "--mode", "desired", web)
	s.scaleOutOnly(web, false)
	s.types(1, "It stays attached in mode desired. To observe only: autoscaler aws attach "+web+"\n", "aws", "attach", "--mode", "desired", web)
	s.scaleOutOnly(web, true)
	s.types(0, "nothing is in the way of mode desired", "aws", "doctor", web) // the mode that it is in
	s.types(0, "nothing is in the way of mode observe", "aws", "doctor", "--mode", "observe", web)
	s.await(streams.Applied, streams.DryRun, 2)
	applied := s.sets(web)
	s.types(0, "tag ml-autoscaling/mode: desired -> observe", "aws", "attach", web)
	s.await(streams.DryRun, streams.Applied, 2)
	if n := s.sets(web); applied == 0 || n != applied {
		t.Fatalf("%d calls set a capacity in mode desired, and %d after it", applied, n-applied)
	}

	s.types(0, "observe -> desired", "aws", "attach", "--mode", "desired", web)
	s.await(streams.Applied, streams.DryRun, 1)
	s.detached()
}

// detached takes the group out again, whose owner has raised its min meanwhile.
func (s *shop) detached() {
	s.Helper()
	if _, err := s.as.UpdateAutoScalingGroup(s.Context(), &autoscaling.UpdateAutoScalingGroupInput{AutoScalingGroupName: aws.String(web), MinSize: aws.Int32(3)}); err != nil {
		s.Fatal(err)
	}
	s.types(0, "update-auto-scaling-group --region eu-west-1 --auto-scaling-group-name "+web+" --min-size 3", "aws", "detach", "--dry-run", web)
	s.types(0, "min: 3 -> 2", "aws", "detach", web, db)
	s.types(0, "bears none of our tags", "aws", "detach", web)
	applied := s.sets(web)
	for n := 0; s.polled; n++ {
		if s.minute(); n > 10 {
			s.Fatal("its policy is not retired")
		}
	}
	if n := s.sets(web) - applied; n != 0 {
		s.Errorf("%d calls set a capacity after it was detached", n)
	}
	if n := s.sets(db); n != 0 {
		s.Errorf("%d calls set the capacity of a group that was never attached", n)
	}
	for _, name := range []string{web, db} {
		if diff := cmp.Diff(map[string]string{"team": "shop"}, s.tags(name)); diff != "" || *s.group(name).MinSize != 2 {
			s.Errorf("%s: min %d\n%s", name, *s.group(name).MinSize, diff)
		}
	}
}

// Where one group is refused the others are still attached, and the exit says
// so.
func TestAttachGoesOnWithTheOthers(t *testing.T) {
	s := newShop(t)
	code, out, errs := s.run("aws", "attach", "gone", web)
	if code != 1 || !strings.Contains(errs, "gone: mode observe is refused: no_such_group") || s.tags(web)[streams.ManagedTag] != "true" {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
}

// A permission that is missing is named, with what is done where it would have
// been used.
func TestAttachWithoutRights(t *testing.T) {
	for operation, want := range map[string]string{
		"DescribePolicies":   "db: mode observe is refused: unread_policies",
		"CreateOrUpdateTags": "db: permission autoscaling:CreateOrUpdateTags is missing, for the credentials in use",
	} {
		s, config := newShop(t), filepath.Join(t.TempDir(), "autoscaler.yaml")
		if err := os.WriteFile(config, []byte(shopConfig), 0o600); err != nil {
			t.Fatal(err)
		}
		s.sim.Inject(awssim.Fault{Kind: awssim.Denied, Operations: []string{operation}})
		s.types(1, want, "aws", "attach", "--config", config, "eu-west-1/db", "db")
	}
	s := newShop(t)
	s.types(0, "Attached", "aws", "attach", web)
	s.sim.Inject(awssim.Fault{Kind: awssim.Denied, Operations: []string{"DeleteTags"}})
	s.types(1, "permission autoscaling:DeleteTags is missing, for the credentials in use", "aws", "detach", web)
	s.types(1, "there is no Auto Scaling group", "aws", "detach", "gone")
}

// The JSON of doctor has one object a group, also of one that is refused.
func TestDoctorJSON(t *testing.T) {
	s := newShop(t)
	code, out, errs := s.run("aws", "doctor", "--json", "--mode", "desired", "--region", "eu-west-1", web, "gone")
	var got []examined
	if err := json.Unmarshal([]byte(out), &got); err != nil || code != 1 || len(got) != 2 {
		t.Fatalf("exit %d, %v: %s%s", code, err, out, errs)
	}
	for i, want := range []examined{{Group: web, AutoScalingGroup: web}, {Group: "gone", AutoScalingGroup: "gone"}} {
		want.Region, want.Mode, want.Refused, want.Findings = "eu-west-1", "desired", true, got[i].Findings
		if diff := cmp.Diff(want, got[i]); diff != "" || len(got[i].Findings) == 0 {
			t.Errorf("%s:\n%s", want.Group, diff)
		}
	}
	if n := s.sim.Counts().Calls["CreateOrUpdateTags"]; n != 0 {
		t.Error("doctor has written")
	}
}

func TestPlaceOfAGroup(t *testing.T) {
	const two = `
ingest: {scopes: {shop: {region: eu-west-1}, eu-central-1: {}}}
groups:
  web: {scope: shop, auto_scaling_group: "web-*"}
  api: {scope: shop}
  api-de: {scope: eu-central-1, auto_scaling_group: api}
  same-ie: {scope: shop, auto_scaling_group: same}
  same-de: {scope: eu-central-1, auto_scaling_group: same, load: {per_instance: 60}}
`
	for _, test := range []struct {
		name, config, region, env string
		group, in                 string
		section                   string // where it matters
		wrong                     string
	}{
		{name: "web", region: "us-east-1", group: "web", in: "us-east-1"},
		{name: "web", env: "us-east-2", group: "web", in: "us-east-2"},
		{name: "a/b", env: "us-east-2", group: "a/b", in: "us-east-2"},
		{name: "web", wrong: "--region"},
		{name: "web", config: two, env: "us-east-2", group: "web-*", in: "eu-west-1"},
		{name: "web-*", config: two, group: "web-*", in: "eu-west-1"},
		{name: "api", config: two, group: "api", in: "eu-west-1"}, // our names go first
		{name: "eu-central-1/api", config: two, group: "api", in: "eu-central-1"},
		{name: "same", config: two, wrong: "name one of shop/same-ie, eu-central-1/same-de"},
		{name: "eu-central-1/same", config: two, group: "same", in: "eu-central-1", section: "same-de"},
		{name: "shop/web", config: two, group: "web-*", in: "eu-west-1"},
		{name: "api-de", config: two, group: "api", in: "eu-central-1"},
		{name: "eu-central-1/shop-de", config: two, group: "shop-de", in: "eu-central-1"},
		{name: "other", config: two, env: "us-east-2", wrong: "several scopes"},
		{name: "other", config: "ingest: {scopes: {shop: {region: eu-west-1}}}", group: "other", in: "eu-west-1"},
	} {
		f := placeFlags{Region: test.region}
		if test.config != "" {
			f.Config = filepath.Join(t.TempDir(), "autoscaler.yaml")
			if err := os.WriteFile(f.Config, []byte(test.config), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		cfg, err := loadConfig(f.Config)
		if err != nil {
			t.Fatal(err)
		}
		p := process{env: func(name string) string { return map[string]string{"AWS_REGION": test.env}[name] }}
		at, err := f.place(cfg, p, test.name)
		switch {
		case test.wrong != "":
			if err == nil || !strings.Contains(err.Error(), test.wrong) {
				t.Errorf("%s: want an error with %s, got %+v, %v", test.name, test.wrong, at, err)
			}
		case err != nil || at.group != test.group || at.scope.Region != test.in:
			t.Errorf("%s: want %s in %s, got %s in %s, %v", test.name, test.group, test.in, at.group, at.scope.Region, err)
		case at.load.PerInstance != map[string]float64{"same-de": 60, "": 80}[test.section] || test.section != "" && at.section.ID.Group != test.section:
			t.Errorf("%s: want the section %q, got %+v with %+v", test.name, test.section, at.section, at.load)
		}
	}
	if (placeFlags{Config: "x", Region: "y"}).Validate() == nil {
		t.Error("want --region beside --config refused")
	}
}

// What went wrong before an interruption is told, and where it interrupted.
func TestInterruptionTellsWhatWasDone(t *testing.T) {
	plainAWS(t, nil)
	ctx, interrupt := context.WithCancel(t.Context())
	var errs bytes.Buffer
	err := placeFlags{Region: "eu-west-1"}.each(ctx, process{stderr: &errs, env: func(string) string { return "" }}, []string{"a", "b", "c"},
		func(ctx context.Context, at place) error {
			if at.name == "a" {
				return errors.New("it is gone")
			}
			interrupt()
			return fmt.Errorf("min: 3 -> 2: %w; run it again to go on", ctx.Err())
		})
	const want = "a: it is gone\nb: min: 3 -> 2: context canceled; run it again to go on\n"
	if !errors.Is(err, context.Canceled) || errs.String() != want {
		t.Errorf("want %q, got %q, %v", want, errs.String(), err)
	}
}

// What is told to type next can be typed: with the configuration that the group
// was named by, and its name on the timeline.
func TestAttachTellsWhatToType(t *testing.T) {
	s, config := newShop(t), filepath.Join(t.TempDir(), "autoscaler.yaml")
	if err := os.WriteFile(config, []byte(shopConfig+"\ngroups: {shop: {scope: eu-west-1, auto_scaling_group: "+web+"}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out := s.types(0, "Attached in mode observe", "aws", "attach", "--config", config, web)
	for _, words := range []string{
		"autoscaler status eu-west-1/shop; autoscaler why eu-west-1/shop\n",
		"autoscaler backtest --from-group " + web + " --config " + config + "\n",
		"autoscaler aws attach " + web + " --config " + config + " --mode desired\n",
		"autoscaler aws detach " + web + " --config " + config + "\n",
	} {
		if !strings.Contains(out, words) {
			t.Errorf("want %q in:\n%s", words, out)
		}
	}
	out = s.types(0, "Attached in mode observe", "aws", "attach", "--region", "eu-west-1", db)
	if want := "autoscaler backtest --from-group db --region eu-west-1\n"; !strings.Contains(out, want) {
		t.Errorf("want %q in:\n%s", want, out)
	}
}

// Of a pattern the newest group is detached. One that was the newest before is
// told, and left: it may be another's.
func TestDetachTellsOfOlderGroupsOfAPattern(t *testing.T) {
	s, config := newShop(t), filepath.Join(t.TempDir(), "autoscaler.yaml")
	if err := os.WriteFile(config, []byte(shopConfig+"\ngroups: {any: {scope: eu-west-1, auto_scaling_group: \"*\"}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{web, db} {
		s.types(0, "Attached", "aws", "attach", name)
	}
	out := s.types(0, "Detached", "aws", "detach", "--config", config, "any")
	left := map[bool]string{true: web, false: db}[len(s.tags(web)) > 1]
	want := "If it is to go: autoscaler aws detach eu-west-1/" + left + " --config " + config + "\n"
	if !strings.Contains(out, want) || len(s.tags(left)) != 4 {
		t.Errorf("want %s with all its tags, got %v, and told:\n%s", left, s.tags(left), out)
	}
	s.types(0, "Detached", "aws", "detach", "eu-west-1/"+left, "--config", config)
}
