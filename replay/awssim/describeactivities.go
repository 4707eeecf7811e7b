package awssim

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"sort"
)

// describeActivities gives the scaling activities of a group, newest first; of
// every group, one after the other, where none is named.
func (s *Server) describeActivities(c *Call, form url.Values) (*document, *refusal) {
	size, r := s.pageSize(form)
	if r != nil {
		return nil, r
	}
	if !form.Has("MaxRecords") {
		size = s.config.PageSize
	}
	names := s.names
	if c.Group != "" {
		if _, r := s.named(c); r != nil {
			return nil, r
		}
		names = []string{c.Group}
	}
	serial := 0
	if text := form.Get("NextToken"); text != "" {
		name, from, ok := activityToken(text)
		if !ok {
			return nil, badToken()
		}
		names, serial = names[sort.SearchStrings(names, name):], from
	}
	return s.activityPage(names, serial, size), nil
}

// activityToken reads where a page begins: a group, and the serial of one of
// its activities.
func activityToken(text string) (name string, serial int, ok bool) {
	plain, err := base64.URLEncoding.DecodeString(text)
	if err != nil {
		return "", 0, false
	}
	n, err := fmt.Sscanf(string(plain), "%d %q", &serial, &name)
	return name, serial, err == nil && n == 2 && serial > 0
}

// activityPage writes the activities of groups, those of the first from a
// serial on, or all of them where it is 0.
func (s *Server) activityPage(names []string, serial, size int) *document {
	d := &document{}
	next, shown := "", 0
	d.within("Activities", func() {
		for _, name := range names {
			g := s.groups[name]
			if serial == 0 {
				serial = g.log.count
			}
			for a := g.log.at(serial); a != nil; a = g.log.at(a.serial - 1) {
				if shown == size {
					next = base64.URLEncoding.EncodeToString(fmt.Appendf(nil, "%d %q", a.serial, name))
					return
				}
				d.within("member", func() { s.describeActivity(d, g, *a) })
				shown++
			}
			serial = 0
		}
	})
	if next != "" {
		d.text("NextToken", next)
	}
	return d
}

func (s *Server) describeActivity(d *document, g *group, a activity) {
	d.text("ActivityId", g.log.id(a))
	d.text("AutoScalingGroupName", g.name)
	d.text("AutoScalingGroupARN", s.arn(g))
	d.text("Description", a.description())
	d.text("Cause", a.cause())
	d.instant("StartTime", a.start)
	if !a.end.IsZero() {
		d.instant("EndTime", a.end)
	}
	d.text("StatusCode", a.status())
	if a.kind == failed {
		d.text("StatusMessage", a.message(s.zone(a.serial)))
	}
	d.number("Progress", a.progress())
	d.text("Details", `{"Availability Zone":"`+s.zone(a.number)+`"}`)
}
