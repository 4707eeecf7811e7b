package ingest

import (
	"testing"

	"github.com/ml-autoscaling/autoscaler/actuator/plan"
)

// The group events of a poll are as old as its calls took, and the actuator
// refuses what is older than MaxSkew.
func TestSlowPollsAreActedOn(t *testing.T) {
	if callTimeout >= plan.MaxSkew*3/4 {
		t.Errorf("calls may take %v, and an event may be %v old", callTimeout, plan.MaxSkew)
	}
}
