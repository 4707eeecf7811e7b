package awssim

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"sort"
	"time"

	astypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// Group is an Auto Scaling group and the world behind it.
type Group struct {
	// Name is that of the Auto Scaling group.
	Name string
	// World is a world that nothing acted in yet, and that is the server's from
	// here on. Its load begins on the grid of its period.
	World *fleet.World
	// Detailed says that the instances report every minute; every 5 minutes
	// otherwise.
	Detailed bool
	// Managed gives the group the tags of one that is attached and may be set:
	// streams.ManagedTag and streams.ModeTag, where Tags has no other values.
	Managed bool
	// Tags are further tags.
	Tags map[string]string
	// Weight is how many capacity units an instance counts for. Where it is not
	// 0 every instance bears it, and the sizes are in units: a desired capacity
	// that no number of instances makes up is overshot by less than one of
	// them. 0 is a group without weights.
	Weight int
	// Min and Max bound the desired capacity: 1 and the world's own bound
	// where 0, and never beyond those.
	Min, Max int
	// Cooldown is the default cooldown, which only calls with HonorCooldown
	// obey; 300 s where 0.
	Cooldown time.Duration
	// TargetTracking is the group's own policy; none where it is zero.
	TargetTracking TargetTracking
	// ResourceLabel, app/NAME/ID/targetgroup/NAME/ID, gives the group the
	// RequestCount of a target group; none where empty.
	ResourceLabel string
	// Expressions are the metric math expressions that yield something, by
	// their text: the mean over a period of what the minutes give, where that
	// is not NaN.
	Expressions map[string]func(fleet.Row) float64

	// Description is what else AWS says of the group, such as its default
	// warm-up or its launch template. It sets nothing that the simulation says
	// itself. GroupInServiceInstances and GroupDesiredCapacity, of what the
	// world has, are enabled where its EnabledMetrics are nil, and have values
	// only where they are enabled; no other group metric has.
	Description astypes.AutoScalingGroup
	// Policies are further policies, Alarms further alarms. They are described
	// and do not act. An alarm's action may be the name of one of the policies,
	// instead of its ARN; a target tracking policy without Alarms of its own
	// gets the two that AWS makes for it.
	Policies []astypes.ScalingPolicy
	Alarms   []cwtypes.MetricAlarm
	// Refreshes, Scheduled and WarmPool are what the group has of them. They
	// are described, and nothing comes of them.
	Refreshes []astypes.InstanceRefresh
	Scheduled []astypes.ScheduledUpdateGroupAction
	WarmPool  []astypes.Instance
}

// resourceLabel splits a resource label at the dimensions of its metrics.
var resourceLabel = regexp.MustCompile(`^(app/[^/\s]+/[^/\s]+)/(targetgroup/[^/\s]+/[^/\s]+)$`)

func (g Group) withDefaults() Group {
	most := g.mostUnits()
	if g.Min == 0 {
		g.Min = 1
	}
	if g.Max == 0 {
		g.Max = most
	}
	if g.Cooldown == 0 {
		g.Cooldown = 5 * time.Minute
	}
	g.Tags = maps.Clone(g.Tags)
	if g.Tags == nil {
		g.Tags = map[string]string{}
	}
	if g.Managed {
		for key, value := range map[string]string{streams.ManagedTag: "true", streams.ModeTag: string(streams.DesiredControl)} {
			if _, given := g.Tags[key]; !given {
				g.Tags[key] = value
			}
		}
	}
	if g.Description.EnabledMetrics == nil {
		g.enable(desiredMetric, inServiceMetric)
	}
	return g
}

func (g Group) validate() error {
	load := g.World.Config().Load
	switch {
	case g.Weight < 0 || g.Weight > maxWeight:
		return fmt.Errorf("weight: want 0 to %d, got %d", maxWeight, g.Weight)
	case g.Min < 1 || g.Max < g.Min || g.Max > g.mostUnits():
		return fmt.Errorf("size: want 1 <= min <= max <= %d, got %d and %d", g.mostUnits(), g.Min, g.Max)
	case g.ResourceLabel != "" && !resourceLabel.MatchString(g.ResourceLabel):
		return fmt.Errorf("resource label: want app/NAME/ID/targetgroup/NAME/ID, got %.80q", g.ResourceLabel)
	case !(g.TargetTracking.Target >= 0 && g.TargetTracking.Target <= 100):
		return fmt.Errorf("target tracking: want a target from 0 to 100 %%, got %v", g.TargetTracking.Target)
	case !load.Start.Equal(load.Start.Truncate(load.Period)):
		return fmt.Errorf("load: begins at %s, which is not on the grid of its period of %v", load.Start.Format(time.RFC3339), load.Period)
	case len(g.World.Rows()) > 0:
		return fmt.Errorf("world: has served minutes already")
	}
	return errors.Join(checkDescription(g.Description), checkPolicies(g.Policies), checkAlarms(g))
}

// checkDescription refuses what the simulation says itself.
func checkDescription(d astypes.AutoScalingGroup) error {
	for _, name := range []string{
		"AutoScalingGroupName", "AutoScalingGroupARN", "AvailabilityZones", "CreatedTime", "DefaultCooldown", "DesiredCapacity", "HealthCheckType",
		"HealthCheckGracePeriod", "Instances", "MaxSize", "MinSize", "NewInstancesProtectedFromScaleIn", "SuspendedProcesses", "Tags",
	} {
		if !reflect.ValueOf(d).FieldByName(name).IsZero() {
			return fmt.Errorf("description: %s is not to be set, since the simulation says it", name)
		}
	}
	return nil
}

// group is a Group that lives.
type group struct {
	Group
	name  string
	world *fleet.World
	next  int       // the minute of the load that advance moves to
	open  bool      // the minute before next is open
	known time.Time // the end of the newest minute that was served

	desired   int
	reason    change // the newest change of desired
	tracking  tracking
	suspended map[string]time.Time
	launched  int // the highest number of an instance
	pause     time.Duration
	retry     time.Time // no launch is tried before
	log       activities
	lag       time.Duration
	views     []view // oldest first, where there is a lag
}

// change is how desired came to be.
type change struct {
	at       time.Time // zero where nobody changed it yet
	from, to int
	cause    string // who changed it, in AWS's words
}

// Add puts a group into the region. It refuses a name, a resource label or an
// expression that is taken, bounds outside of the world's, and a world whose
// minutes do not lie on CloudWatch's grid or that has lived already.
func (s *Server) Add(g Group) error {
	if g.Name == "" || g.World == nil {
		return fmt.Errorf("add group %q: want a name and a world", g.Name)
	}
	g = g.withDefaults()
	if err := g.validate(); err != nil {
		return fmt.Errorf("add group %s: %w", g.Name, err)
	}
	if parts := resourceLabel.FindStringSubmatch(g.ResourceLabel); parts != nil && g.Description.TargetGroupARNs == nil {
		g.Description.TargetGroupARNs = []string{fmt.Sprintf("arn:aws:elasticloadbalancing:%s:%s:%s", s.config.Region, s.config.Account, parts[2])}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, taken := s.groups[g.Name]; taken {
		return fmt.Errorf("add group %s: there is one already", g.Name)
	}
	made := newGroup(g, s.config.DescribeLag)
	if err := s.register(made); err != nil {
		return fmt.Errorf("add group %s: %w", g.Name, err)
	}
	s.groups[g.Name] = made
	at := sort.SearchStrings(s.names, g.Name)
	s.names = slices.Insert(s.names, at, g.Name)
	return nil
}

func newGroup(g Group, lag time.Duration) *group {
	c := g.World.Config()
	made := &group{
		Group: g, name: g.Name, world: g.World,
		next: c.Start, known: c.Load.At(c.Start),
		desired:   min(max(g.units(g.World.Fleet().Desired()), g.Min), g.Max),
		suspended: map[string]time.Time{},
		log:       newActivities(g.Name),
		lag:       lag,
	}
	made.tracking = tracking{TargetTracking: g.TargetTracking, units: float64(g.units(1))}
	made.tracking.recall(g.World.Backfill())
	made.launched = len(g.World.Fleet().Ready())
	made.views = []view{made.look(nil, c.Load.Start)}
	return made
}

// instanceID names an instance of the group, by its number in the fleet.
func (g *group) instanceID(number int) string {
	high, _ := hashes(g.name)
	return fmt.Sprintf("i-0%08x%08x", high, number)
}
