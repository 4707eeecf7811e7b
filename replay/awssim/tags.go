package awssim

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
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

// createOrUpdateTags sets tags of groups.
func (s *Server) createOrUpdateTags(c *Call, form url.Values) (*document, *refusal) {
	type tag struct{ group, key, value string }
	var tags []tag
	for n := 1; ; n++ {
		at := fmt.Sprintf("Tags.member.%d.", n)
		if !form.Has(at + "Key") {
			break
		}
		t := tag{group: form.Get(at + "ResourceId"), key: form.Get(at + "Key"), value: form.Get(at + "Value")}
		if _, ok := s.find(t.group, c.At); !ok {
			return nil, noSuchGroup(t.group)
		}
		tags = append(tags, t)
	}
	for _, t := range tags {
		s.groups[t.group].Tags[t.key] = t.value
	}
	return &document{}, nil
}
