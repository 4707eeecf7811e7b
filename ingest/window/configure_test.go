package window

import (
	"math"
	"testing"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// Another Auto Scaling group goes on with the series: what it shows of bins
// that had ended restates nothing that the one before showed, and fills
// nothing that it left open.
func TestAnotherGroupGoesOn(t *testing.T) {
	r := newRig(t, perMinute(), minutes(-20, 9, 6)...)
	r.reload = true
	r.rounds(0, 9)
	r.lines = nil
	r.policy.AutoScalingGroup = "green"
	r.cloud = nil
	for end := 1; end <= 12; end++ {
		r.cloud = append(r.cloud, value(end, 20, 1))
	}
	r.configure(10)
	r.rounds(10, 40)
	if len(r.lines) < 8 {
		t.Fatalf("%q", r.lines)
	}
	r.lines = r.lines[:8]
	r.want(`
		10: policy for cpu
		12: cpu 9 gap settled
		12: cpu 11 = 20 on 1
		12: round 13: 2 came of cpu to 11
		13: cpu 10 gap settled
		13: cpu 12 = 20 on 1
		13: round 14: 2 came of cpu to 12
		16: cpu 13 gap settled`)
	for end := 1; end <= 10; end++ { // gaps are read again for long
		r.cloud = append(r.cloud, value(end, 90, 4).at(41))
	}
	r.round(41)
	r.want(`41: cpu 38 gap settled`)
}

// Where nothing of the group before was told, the new one's history is the
// series'.
func TestAnotherGroupBegins(t *testing.T) {
	r := newRig(t, perMinute())
	r.rounds(0, 3)
	r.policy.AutoScalingGroup = "green"
	r.cloud = minutes(2, 5)
	r.configure(4)
	r.rounds(4, 6).want(`
		0: policy for cpu
		4: policy for cpu
		4: cpu 2 = 20 on 2
		4: cpu 3 = 20 on 2
		4: round 5: 2 came of cpu to 3
		5: cpu 4 = 20 on 2
		6: cpu 5 = 20 on 2`)
}

// Requests are of the target group, whoever serves them, but their instances
// are of the Auto Scaling group; an expression is of neither.
func TestAnotherGroupServesTheSame(t *testing.T) {
	r := newRig(t, requests(), request(-1, 60, 2), request(0, 60, 2), request(1, 60, 2).at(3), request(2, 60, 2), idle(3, 2))
	r.rounds(0, 2)
	r.lines = nil
	r.policy.AutoScalingGroup = "green"
	for i := range r.cloud {
		r.cloud[i].instances = 1
	}
	r.cloud = append(r.cloud, request(4, 120, 1))
	r.configure(3)
	r.rounds(3, 6).want(`
		3: policy for requests
		3: requests 1 = 1
		3: requests 2 = 1
		3: round 4: 2 came of requests to 2
		5: requests 4 = 2 on 1
		6: requests 3 gap settled`)
	p := perMinute()
	p.Load.Expression, p.Load.Unit = "m0", streams.Count
	r = newRig(t, p, value(0, 7, 1), value(1, 7, 1).at(3))
	r.rounds(0, 2)
	r.lines = nil
	r.policy.AutoScalingGroup = "green"
	r.configure(3)
	r.rounds(3, 3).want(`
		3: policy for cpu
		3: cpu 1 = 7`)
}

// A value that no load can have is not absent, and so not zero.
func TestRefusedIsNotZero(t *testing.T) {
	for _, bad := range []float64{math.NaN(), -1, math.Inf(1)} {
		r := newRig(t, requests(), request(-1, 60, 2), request(0, 60, 2), request(1, bad, 2), idle(2, 2))
		r.rounds(0, 5).want(`
			0: policy for requests
			0: requests -1 = 1 on 2 settled
			1: requests 0 = 1 on 2
			4: requests 1 gap settled
			5: requests 2 = 0 on 2 settled`)
	}
}

// A policy whose shadows alone changed is told anew, and goes on with the
// series.
func TestOtherShadowsAreTold(t *testing.T) {
	r := newRig(t, perMinute(), minutes(-20, 9, 6)...)
	r.rounds(0, 9)
	r.lines = nil
	r.configure(10)
	r.want("")
	r.policy.Shadows = map[string]streams.Shadow{"same": {Scaling: r.policy.Scaling}}
	r.configure(10)
	r.want(`10: policy for cpu`)
	r.configure(10)
	r.want("")
	bold := r.policy.Scaling
	bold.Min++
	r.policy.Shadows = map[string]streams.Shadow{"same": {Scaling: bold}}
	r.configure(10)
	r.want(`10: policy for cpu`)
}
