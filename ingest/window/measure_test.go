package window

import (
	"testing"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// request shows a bin of a target group with the instances of the group.
func request(end int, count, instances float64) shown {
	return shown{end: end, from: end + 1, sum: count, instances: instances}
}

// idle shows a bin of which CloudWatch has the instances only.
func idle(end int, instances float64) shown {
	return shown{end: end, from: end + 1, silent: true, instances: instances}
}

// A bin without requests is zero when it settles, and not before; where
// CloudWatch itself is silent it is a gap.
func TestAbsentAsZero(t *testing.T) {
	r := newRig(t, requests(), request(-4, 120, 2), idle(-3, 2), request(-1, 60, 2),
		request(0, 60, 3), idle(1, 3), idle(2, 3), request(2, 30, 3).at(4), request(4, 6, 3), idle(5, 3))
	r.rounds(0, 7).want(`
		0: policy for requests
		0: requests -4 = 2 on 2 settled
		0: requests -3 = 0 on 2 settled
		0: requests -2 gap settled
		0: requests -1 = 1 on 2 settled
		0: round 1: 4 came of requests to -1
		1: requests 0 = 1 on 3
		4: requests 1 = 0 on 3 settled
		4: requests 2 = 0.5 on 3
		4: round 5: 2 came of requests to 2
		5: requests 4 = 0.1 on 3
		6: requests 3 gap settled`)
	if q := r.asked[0]; !q.Alive || q.Metrics() != 2 || q.ResourceLabel != "app/web/1/targetgroup/web/2" {
		t.Errorf("asked %+v", q)
	}
}

func TestAbsentAsZeroNeedsACompleteAnswer(t *testing.T) {
	r := newRig(t, requests(), request(-1, 60, 2), idle(0, 2))
	r.broken = func(m int) bool { return m > 0 && m < 6 }
	r.rounds(0, 6).want(`
		0: policy for requests
		0: requests -1 = 1 on 2 settled
		6: requests 0 = 0 on 2 settled
		6: requests 1 gap settled
		6: requests 2 gap settled
		6: requests 3 gap settled
		6: round 7: 4 came of requests to 3`)
}

// A zero that was read too early is corrected, and a gap is when the group's
// own metrics come.
func TestAbsentAsZeroIsRevised(t *testing.T) {
	r := newRig(t, requests(), request(-1, 60, 2), idle(0, 2), request(0, 60, 2).at(5), idle(1, 2).at(6))
	r.rounds(0, 6).want(`
		0: policy for requests
		0: requests -1 = 1 on 2 settled
		3: requests 0 = 0 on 2 settled
		4: requests 1 gap settled
		5: requests 0 = 1 on 2 revision 2 settled
		5: requests 2 gap settled
		5: round 6: 2 came of requests to 2
		6: requests 1 = 0 on 2 revision 2 settled
		6: requests 3 gap settled
		6: round 7: 2 came of requests to 3`)
}

func TestRequestsWithoutInstances(t *testing.T) {
	p := requests()
	p.Load.AbsentAsZero = false
	r := newRig(t, p, request(-1, 60, 2), idle(0, 2), request(1, 0, 2))
	r.rounds(0, 3).want(`
		0: policy for requests
		0: requests -1 = 1 settled
		2: requests 1 = 0
		3: requests 0 gap settled`)
	if q := r.asked[0]; q.Alive || q.Metrics() != 1 {
		t.Errorf("asked %+v", q)
	}
}

func TestExpression(t *testing.T) {
	p := perMinute()
	p.Load.Expression, p.Load.Unit = "SUM(METRICS())", streams.NoUnit
	r := newRig(t, p, shown{end: -1, from: 0, sum: 7.5}, shown{end: 0, from: 1, sum: -1}, shown{end: 1, from: 2, sum: 0})
	r.rounds(0, 3).want(`
		0: policy for cpu
		0: cpu -1 = 7.5 settled
		2: cpu 1 = 0
		3: cpu 0 gap settled`)
	if q := r.asked[0]; q.Measure != Expression || q.Expression != "SUM(METRICS())" || q.AutoScalingGroup != "web-asg" {
		t.Errorf("asked %+v", q)
	}
}
