package actuator_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// TestSideBySide holds that groups are acted on side by side, within bounds,
// and each by one call at a time.
func TestSideBySide(t *testing.T) {
	const groups, parallel = 40, 8
	w := newWorld(t, 10)
	w.parallel = parallel
	var mu sync.Mutex
	inside, most, full := map[string]int{}, 0, make(chan struct{})
	w.cloud.before = func(operation, name string) error {
		mu.Lock()
		inside[name]++
		if inside[name] > 1 {
			t.Errorf("two calls for %s", name)
		}
		n := len(inside)
		if most = max(most, n); n == parallel {
			select {
			case <-full:
			default:
				close(full)
			}
		}
		mu.Unlock()
		<-full // which is only reached side by side
		mu.Lock()
		delete(inside, name)
		mu.Unlock()
		return nil
	}
	for n := range groups {
		w.cloud.groups[fmt.Sprint("web", n)+"-asg"] = attached(10)
	}
	w.start()
	for n := range groups {
		id := streams.GroupID{Scope: web.Scope, Group: fmt.Sprint("web", n)}
		w.publish(w.policy(id, streams.DesiredControl), w.group(id, 10), w.decision(id, 10, 11+n%3))
	}
	for _, o := range w.outcomes(groups) {
		if o.Status != streams.Applied || w.cloud.desired(o.Group+"-asg") != o.Desired {
			t.Errorf("outcome %s", say(o))
		}
	}
	if most > parallel {
		t.Errorf("%d groups at once", most)
	}
}
