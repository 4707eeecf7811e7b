package awssim

import (
	"encoding/base64"
	"maps"
	"net/url"
	"slices"
	"sort"
	"strconv"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// instanceType is the type of every instance.
const instanceType = "m7g.large"

// describeGroups gives the groups that were named and pass every filter, in
// the order of their names. A group that is not there is left out.
func (s *Server) describeGroups(c *Call, form url.Values) (*document, *refusal) {
	size, r := s.pageSize(form)
	if r != nil {
		return nil, r
	}
	names, r := s.namesOf(form)
	if r != nil {
		return nil, r
	}
	filters, r := filtersOf(form)
	if r != nil {
		return nil, r
	}
	if token := form.Get("NextToken"); token != "" {
		last, err := base64.URLEncoding.DecodeString(token)
		if err != nil {
			return nil, badToken()
		}
		names = names[sort.Search(len(names), func(i int) bool { return names[i] > string(last) }):]
	}
	instances := form.Get("IncludeInstances") != "false"
	d := &document{}
	next, shown, newest := "", 0, ""
	d.within("AutoScalingGroups", func() {
		for _, name := range names {
			g, ok := s.find(name, c.At)
			if !ok || !g.passes(filters) {
				continue
			}
			if shown == size {
				next = base64.URLEncoding.EncodeToString([]byte(newest))
				return
			}
			d.within("member", func() { s.describe(d, g, g.seen(s.faults, c.At), instances) })
			shown, newest = shown+1, name
		}
	})
	if next != "" {
		d.text("NextToken", next)
	}
	return d, nil
}

// namesOf gives the names to describe, sorted: all of them where none is named.
func (s *Server) namesOf(form url.Values) ([]string, *refusal) {
	names := listOf(form, "AutoScalingGroupNames")
	if len(names) == 0 {
		return s.names, nil
	}
	most := defaultPage
	if n, err := strconv.Atoi(form.Get("MaxRecords")); err == nil {
		most = max(most, n)
	}
	if len(names) > most {
		return nil, invalid("The number of Auto Scaling Group names that may be passed in is limited to %d", most)
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

func (s *Server) describe(d *document, g *group, v view, instances bool) {
	d.text("AutoScalingGroupName", g.name)
	d.text("AutoScalingGroupARN", s.arn(g))
	d.number("MinSize", g.Min)
	d.number("MaxSize", g.Max)
	d.number("DesiredCapacity", v.desired)
	d.number("DefaultCooldown", int(g.Cooldown.Seconds()))
	d.within("AvailabilityZones", func() {
		for n := range zones {
			d.text("member", s.zone(n))
		}
	})
	d.text("HealthCheckType", "EC2")
	d.number("HealthCheckGracePeriod", 0)
	d.instant("CreatedTime", g.world.Config().Load.Start)
	d.within("Instances", func() {
		if instances {
			s.instances(d, g, v.ready, "InService")
			s.instances(d, g, v.booting, "Pending")
		}
	})
	d.within("SuspendedProcesses", func() { suspendedProcesses(d, v.suspended) })
	d.within("Tags", func() { g.describeTags(d) })
	d.flag("NewInstancesProtectedFromScaleIn", false)
	d.members(&g.Description)
}

func (s *Server) instances(d *document, g *group, of []fleet.Instance, lifecycle string) {
	for _, i := range of {
		d.within("member", func() {
			d.text("InstanceId", g.instanceID(i.ID))
			d.text("InstanceType", instanceType)
			d.text("AvailabilityZone", s.zone(i.ID))
			d.text("LifecycleState", lifecycle)
			if g.Weight > 0 {
				d.text("WeightedCapacity", strconv.Itoa(g.Weight))
			}
			d.text("HealthStatus", "Healthy")
			d.flag("ProtectedFromScaleIn", false)
		})
	}
}

func (g *group) describeTags(d *document) {
	for _, key := range slices.Sorted(maps.Keys(g.Tags)) {
		d.within("member", func() {
			d.text("ResourceId", g.name)
			d.text("ResourceType", "auto-scaling-group")
			d.text("Key", key)
			d.text("Value", g.Tags[key])
			d.flag("PropagateAtLaunch", false)
		})
	}
}

// zones is how many availability zones the region has.
const zones = 3

// zone names the zone of an instance by its number.
func (s *Server) zone(number int) string { return s.config.Region + string(rune('a'+number%zones)) }
