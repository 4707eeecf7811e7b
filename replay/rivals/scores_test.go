package rivals

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

func summary(s fleet.Score) string {
	return fmt.Sprintf("%d min, %d violations, %.1f unserved, %.2f instance-hours, J(8) %.2f",
		s.Minutes, s.Violations, s.Unserved, s.InstanceHours, s.J(8))
}

// TestScores pins the scores of the second week, in both modes; those of lived
// mode come from minutes that TestAnchors holds. In history mode phpa, crane
// and aws-predictive learn from the first week what they would have lived.
func TestScores(t *testing.T) {
	load := readLoad(t, anchors[0].trace)
	boot := anchors[0].boot
	var got []string
	for name := range policies(load) {
		for mode, config := range map[string]fleet.Config{
			"lived":   fleet.Lived(name, load, boot),
			"history": fleet.History(name, load, boot, load.Minutes()/2),
		} {
			score := Run(newWorld(t, config), policies(load)[name])
			got = append(got, mode+" "+name+": "+summary(score))
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff(strings.Split(strings.TrimSpace(secondWeek), "\n"), got); diff != "" {
		t.Errorf("nasa, second week (-want +got):\n%s", diff)
	}
}

const secondWeek = `
history aws-predictive-fast@60: 10080 min, 216 violations, 83.4 unserved, 2681.87 instance-hours, J(8) 4409.87
history aws-predictive.9@60: 10080 min, 124 violations, 4.6 unserved, 2804.23 instance-hours, J(8) 3796.23
history aws-predictive@60: 10080 min, 43 violations, 4.6 unserved, 2954.58 instance-hours, J(8) 3298.58
history crane@60: 10080 min, 93 violations, 48.5 unserved, 3418.60 instance-hours, J(8) 4162.60
history hpa@60: 10080 min, 1229 violations, 1161.3 unserved, 2315.18 instance-hours, J(8) 12147.18
history oracle: 10080 min, 0 violations, 0.0 unserved, 1781.70 instance-hours, J(8) 1781.70
history phpa@60: 10080 min, 372 violations, 126.1 unserved, 2508.53 instance-hours, J(8) 5484.53
history schedule@1.0: 10080 min, 1380 violations, 2574.5 unserved, 2301.05 instance-hours, J(8) 13341.05
history static-peak@1.0: 10080 min, 225 violations, 735.7 unserved, 4704.00 instance-hours, J(8) 6504.00
history step%@70: 10080 min, 223 violations, 32.4 unserved, 2682.20 instance-hours, J(8) 4466.20
history step.8@70: 10080 min, 847 violations, 94.6 unserved, 2243.10 instance-hours, J(8) 9019.10
history step@70: 10080 min, 235 violations, 45.2 unserved, 2764.68 instance-hours, J(8) 4644.68
history tt-fast@60: 10080 min, 1301 violations, 1023.7 unserved, 2263.35 instance-hours, J(8) 12671.35
history tt.7@60: 10080 min, 440 violations, 476.5 unserved, 2683.73 instance-hours, J(8) 6203.73
history tt.9@60: 10080 min, 775 violations, 544.6 unserved, 2484.70 instance-hours, J(8) 8684.70
lived aws-predictive-fast@60: 10080 min, 216 violations, 83.4 unserved, 2678.90 instance-hours, J(8) 4406.90
lived aws-predictive.9@60: 10080 min, 124 violations, 4.6 unserved, 2802.27 instance-hours, J(8) 3794.27
lived aws-predictive@60: 10080 min, 43 violations, 4.6 unserved, 2952.95 instance-hours, J(8) 3296.95
lived crane@60: 10080 min, 93 violations, 48.5 unserved, 3418.67 instance-hours, J(8) 4162.67
lived hpa@60: 10080 min, 1229 violations, 1161.3 unserved, 2315.25 instance-hours, J(8) 12147.25
lived oracle: 10080 min, 0 violations, 0.0 unserved, 1781.70 instance-hours, J(8) 1781.70
lived phpa@60: 10080 min, 537 violations, 198.7 unserved, 2494.00 instance-hours, J(8) 6790.00
lived schedule@1.0: 10080 min, 1380 violations, 2574.5 unserved, 2301.05 instance-hours, J(8) 13341.05
lived static-peak@1.0: 10080 min, 225 violations, 735.7 unserved, 4704.00 instance-hours, J(8) 6504.00
lived step%@70: 10080 min, 223 violations, 32.4 unserved, 2682.20 instance-hours, J(8) 4466.20
lived step.8@70: 10080 min, 848 violations, 94.6 unserved, 2242.75 instance-hours, J(8) 9026.75
lived step@70: 10080 min, 235 violations, 45.2 unserved, 2764.68 instance-hours, J(8) 4644.68
lived tt-fast@60: 10080 min, 1301 violations, 1023.7 unserved, 2263.35 instance-hours, J(8) 12671.35
lived tt.7@60: 10080 min, 440 violations, 476.5 unserved, 2684.08 instance-hours, J(8) 6204.08
lived tt.9@60: 10080 min, 775 violations, 544.6 unserved, 2484.63 instance-hours, J(8) 8684.63
`
