package awssim

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"sort"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// ManagedTag is the tag that a managed group bears, with the value true.
const ManagedTag = "ml-autoscaling/managed"

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
	// Managed gives the group the ManagedTag and, where Tags has no other, the
	// tag of mode desired.
	Managed bool
	// Tags are further tags.
	Tags map[string]string
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
}

// resourceLabel splits a resource label at the dimensions of its metrics.
var resourceLabel = regexp.MustCompile(`^(app/[^/\s]+/[^/\s]+)/(targetgroup/[^/\s]+/[^/\s]+)$`)

func (g Group) withDefaults() Group {
	most := g.World.Config().Load.MaxDesired()
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
		g.Tags[ManagedTag] = "true"
		if _, given := g.Tags[streams.ModeTag]; !given {
			g.Tags[streams.ModeTag] = string(streams.DesiredControl)
		}
	}
	return g
}

func (g Group) validate() error {
	load := g.World.Config().Load
	switch {
	case g.Min < 1 || g.Max < g.Min || g.Max > load.MaxDesired():
		return fmt.Errorf("size: want 1 <= min <= max <= %d, got %d and %d", load.MaxDesired(), g.Min, g.Max)
	case g.ResourceLabel != "" && !resourceLabel.MatchString(g.ResourceLabel):
		return fmt.Errorf("resource label: want app/NAME/ID/targetgroup/NAME/ID, got %.80q", g.ResourceLabel)
	case !(g.TargetTracking.Target >= 0 && g.TargetTracking.Target <= 100):
		return fmt.Errorf("target tracking: want a target from 0 to 100 %%, got %v", g.TargetTracking.Target)
	case !load.Start.Equal(load.Start.Truncate(load.Period)):
		return fmt.Errorf("load: begins at %s, which is not on the grid of its period of %v", load.Start.Format(time.RFC3339), load.Period)
	case len(g.World.Rows()) > 0:
		return fmt.Errorf("world: has served minutes already")
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
	alarm    string // of the group's policy; empty where somebody asked for it
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
		desired:   min(max(g.World.Fleet().Desired(), g.Min), g.Max),
		suspended: map[string]time.Time{},
		log:       newActivities(g.Name),
		lag:       lag,
	}
	made.tracking.TargetTracking = g.TargetTracking
	made.launched = len(g.World.Fleet().Ready())
	made.views = []view{made.look(nil, c.Load.Start)}
	return made
}

// instanceID names an instance of the group, by its number in the fleet.
func (g *group) instanceID(number int) string {
	high, _ := hashes(g.name)
	return fmt.Sprintf("i-0%08x%08x", high, number)
}
