package awssim

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// filter is one filter of DescribeAutoScalingGroups: any of its values.
type filter struct {
	name   string
	values []string
}

// filtersOf reads Filters.member.N.Name and .Values.member.M.
func filtersOf(form url.Values) ([]filter, *refusal) {
	var out []filter
	for n := 1; ; n++ {
		at := fmt.Sprintf("Filters.member.%d.", n)
		name, ok := form[at+"Name"]
		if !ok {
			return out, nil
		}
		f := filter{name: name[0], values: listOf(form, at+"Values")}
		if !strings.HasPrefix(f.name, "tag:") && f.name != "tag-key" && f.name != "tag-value" {
			return nil, invalid("Filter type %s is not correct. Allowed Filter types are: tag-key, tag-value, tag:<key>", f.name)
		}
		out = append(out, f)
	}
}

// passes says whether a group passes every filter.
func (g *group) passes(filters []filter) bool {
	return !slices.ContainsFunc(filters, func(f filter) bool { return !f.matches(g.Tags) })
}

func (f filter) matches(tags map[string]string) bool {
	if key, ok := strings.CutPrefix(f.name, "tag:"); ok {
		value, there := tags[key]
		return there && slices.Contains(f.values, value)
	}
	for key, value := range tags {
		if f.name == "tag-key" && slices.Contains(f.values, key) || f.name == "tag-value" && slices.Contains(f.values, value) {
			return true
		}
	}
	return false
}

// tag is one that a request is about.
type tag struct{ group, key, value string }

// AWS's bounds on tags.
const (
	maxTags     = 50
	maxTagKey   = 128
	maxTagValue = 256
)

// tagsOf reads Tags.member.N: which tags of which groups are meant.
func (s *Server) tagsOf(c *Call, form url.Values) ([]tag, *refusal) {
	var tags []tag
	for n := 1; ; n++ {
		at := fmt.Sprintf("Tags.member.%d.", n)
		if !form.Has(at+"Key") && !form.Has(at+"ResourceId") {
			break
		}
		t := tag{group: form.Get(at + "ResourceId"), key: form.Get(at + "Key"), value: form.Get(at + "Value")}
		member := fmt.Sprintf("tags.%d.member.", n)
		switch kind := form.Get(at + "ResourceType"); {
		case kind != "auto-scaling-group":
			return nil, invalid("The resource type is not valid: '%s'. The only supported value is auto-scaling-group.", kind)
		case utf8.RuneCountInString(t.key) < 1:
			return nil, violated(quoted(t.key), member+"key", "Member must have length greater than or equal to 1")
		case utf8.RuneCountInString(t.key) > maxTagKey:
			return nil, violated(quoted(t.key), member+"key", fmt.Sprintf("Member must have length less than or equal to %d", maxTagKey))
		case utf8.RuneCountInString(t.value) > maxTagValue:
			return nil, violated(quoted(t.value), member+"value", fmt.Sprintf("Member must have length less than or equal to %d", maxTagValue))
		case strings.HasPrefix(strings.ToLower(t.key), "aws:"):
			return nil, invalid("Tag keys starting with 'aws:' are reserved for system use")
		}
		if _, ok := s.find(t.group, c.At); !ok {
			return nil, noSuchGroup(t.group)
		}
		tags = append(tags, t)
	}
	if len(tags) == 0 {
		return nil, violated("null", "tags", "Member must not be null")
	}
	return tags, nil
}

// taggedGroups gives the groups whose tags a request is about, each once.
func taggedGroups(form url.Values) []string {
	var out []string
	for n := 1; ; n++ {
		name, ok := form[fmt.Sprintf("Tags.member.%d.ResourceId", n)]
		if !ok {
			slices.Sort(out)
			return slices.Compact(out)
		}
		out = append(out, name...)
	}
}

// createOrUpdateTags sets tags of groups: all of them, or none.
func (s *Server) createOrUpdateTags(c *Call, form url.Values) (*document, *refusal) {
	tags, r := s.tagsOf(c, form)
	if r != nil {
		return nil, r
	}
	after := map[string]map[string]string{}
	for _, t := range tags {
		if after[t.group] == nil {
			after[t.group] = maps.Clone(s.groups[t.group].Tags)
		}
		after[t.group][t.key] = t.value
		if len(after[t.group]) > maxTags {
			return nil, &refusal{
				status: http.StatusBadRequest, code: "LimitExceeded", shape: "LimitExceededFault",
				message: fmt.Sprintf("The maximum number of tags per resource is %d", maxTags),
			}
		}
	}
	for name, all := range after {
		s.groups[name].Tags = all
	}
	return &document{}, nil
}

// deleteTags takes tags away from groups; one that is not there is no error.
// Their values do not matter.
func (s *Server) deleteTags(c *Call, form url.Values) (*document, *refusal) {
	tags, r := s.tagsOf(c, form)
	if r != nil {
		return nil, r
	}
	for _, t := range tags {
		delete(s.groups[t.group].Tags, t.key)
	}
	return &document{}, nil
}
