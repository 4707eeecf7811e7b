package awssim

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	astypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/streams"
)

func tagged(group, key, value string) astypes.Tag {
	return astypes.Tag{ResourceId: &group, ResourceType: aws.String("auto-scaling-group"), Key: &key, Value: &value, PropagateAtLaunch: aws.Bool(false)}
}

func (k *kit) tags(name string) map[string]string {
	k.Helper()
	out := map[string]string{}
	for _, tag := range k.group(name).Tags {
		out[*tag.Key] = *tag.Value
	}
	return out
}

// TestTagsComeAndGo: a group is tagged, tagged otherwise, and as before again.
func TestTagsComeAndGo(t *testing.T) {
	k := newKit(t, Config{}, Group{Name: "web", World: steady(t, nil), Tags: map[string]string{"team": "a"}})
	k.at(minute(1))
	put := func(tags ...astypes.Tag) {
		t.Helper()
		if _, err := k.as.CreateOrUpdateTags(t.Context(), &autoscaling.CreateOrUpdateTagsInput{Tags: tags}); err != nil {
			t.Fatal(err)
		}
	}
	put(tagged("web", streams.ManagedTag, "true"), tagged("web", streams.ModeTag, "observe"))
	put(tagged("web", streams.ModeTag, "desired"))
	if diff := cmp.Diff(map[string]string{"team": "a", streams.ManagedTag: "true", streams.ModeTag: "desired"}, k.tags("web")); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
	out := []astypes.Tag{tagged("web", streams.ManagedTag, "true"), tagged("web", streams.ModeTag, "observe"), tagged("web", "never", "there")}
	if _, err := k.as.DeleteTags(t.Context(), &autoscaling.DeleteTagsInput{Tags: out}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"team": "a"}, k.tags("web")); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
	if last := k.server.Calls(); last[3].Operation != "DeleteTags" || last[3].Group != "web" {
		t.Errorf("call %+v, want DeleteTags of web", last[3])
	}
}

// TestManagedTags: an attached group may be set, unless its tags say otherwise.
func TestManagedTags(t *testing.T) {
	k := newKit(t, Config{}, Group{Name: "web", World: steady(t, nil), Managed: true},
		Group{Name: "api", World: steady(t, nil), Managed: true, Tags: map[string]string{streams.ModeTag: "observe"}})
	k.at(minute(1))
	for name, mode := range map[string]string{"web": "desired", "api": "observe"} {
		if diff := cmp.Diff(map[string]string{streams.ManagedTag: "true", streams.ModeTag: mode}, k.tags(name)); diff != "" {
			t.Errorf("tags of %s (-want +got):\n%s", name, diff)
		}
	}
}

func TestTagsAreRefused(t *testing.T) {
	k := newKit(t, Config{}, Group{Name: "web", World: steady(t, nil)})
	k.at(minute(1))
	long := strings.Repeat("k", 129)
	many := make([]astypes.Tag, 51)
	for i := range many {
		many[i] = tagged("web", fmt.Sprint("k", i), "v")
	}
	wrongKind := tagged("web", "k", "v")
	wrongKind.ResourceType = aws.String("instance")
	for _, test := range []struct {
		tags       []astypes.Tag
		code, want string
	}{
		{[]astypes.Tag{tagged("gone", "k", "v")}, "ValidationError", "AutoScalingGroup name not found - AutoScalingGroup gone not found"},
		{[]astypes.Tag{tagged("web", "ok", "v"), tagged("web", "", "v")}, "ValidationError", "at 'tags.2.member.key' failed to satisfy constraint: Member must have length greater than or equal to 1"},
		{[]astypes.Tag{tagged("web", long, "v")}, "ValidationError", "Member must have length less than or equal to 128"},
		{[]astypes.Tag{tagged("web", "k", long+long)}, "ValidationError", "at 'tags.1.member.value' failed to satisfy constraint: Member must have length less than or equal to 256"},
		{[]astypes.Tag{tagged("web", "AWS:x", "v")}, "ValidationError", "reserved for system use"},
		{[]astypes.Tag{wrongKind}, "ValidationError", "The resource type is not valid: 'instance'"},
		{many, "LimitExceeded", "The maximum number of tags per resource is 50"},
		{[]astypes.Tag{}, "ValidationError", "Value null at 'tags' failed"},
	} {
		_, err := k.as.CreateOrUpdateTags(t.Context(), &autoscaling.CreateOrUpdateTagsInput{Tags: test.tags})
		if code, message := codeOf(t, err); code != test.code || !strings.Contains(message, test.want) {
			t.Errorf("%s %q, want %s %q", code, message, test.code, test.want)
		}
	}
	if got := k.tags("web"); len(got) != 0 {
		t.Errorf("refused tags are there: %v", got)
	}
}
