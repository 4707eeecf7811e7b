package actuator

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/ml-autoscaling/autoscaler/actuator/plan"
)

// right is the right to make a call in a scope.
type right struct {
	scope, operation string
}

// rights are what answers told of them.
type rights struct {
	mu      sync.Mutex
	missing map[right]*plan.CallError
}

// note learns from an answer. One that is no failure proves the credentials of
// its whole scope, since the call that lacked them may not come again for hours.
// A failure that says nothing of rights changes nothing.
func (r *rights) note(of right, fault *plan.CallError) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case fault == nil:
		maps.DeleteFunc(r.missing, func(other right, was *plan.CallError) bool {
			return other == of || other.scope == of.scope && was.Fault == plan.Expired
		})
	case fault.Fault == plan.Denied, fault.Fault == plan.Expired:
		r.missing[of] = fault
	}
}

// check names the first right that is missing.
func (r *rights) check() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, of := range slices.SortedFunc(maps.Keys(r.missing), func(a, b right) int {
		return cmp.Or(strings.Compare(a.scope, b.scope), strings.Compare(a.operation, b.operation))
	}) {
		return fmt.Errorf("scope %s: %s", of.scope, r.missing[of].Explain())
	}
	return nil
}
