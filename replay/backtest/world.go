package backtest

import (
	"math/rand/v2"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// DefaultSettings are the world of the headline figures.
func DefaultSettings() Settings {
	return Settings{Boot: 180 * time.Second, Seed: 1, MetricDelay: time.Minute, SLO: 80, WarmUp: 0.5}
}

// world is a fresh world for one policy: all of the load is lived.
func (s Settings) world(policy string, load fleet.Load) (*fleet.World, error) {
	boot := fleet.ConstantBoot(s.Boot)
	if s.P95 != 0 {
		var err error
		boot, err = fleet.LognormalBoot(s.Boot, s.P95, rand.New(rand.NewPCG(s.Seed, 0)))
		if err != nil {
			return nil, err
		}
	}
	c := fleet.Lived(policy, load, s.Boot)
	c.Boot = boot
	c.BootCPU, c.MetricDelay, c.Signal, c.SLO = s.BootCPU, s.MetricDelay, s.Signal, s.SLO
	c.WarmUp = s.warmUp(load)
	return fleet.NewWorld(c)
}

// warmUp is how many minutes of a load are not scored.
func (s Settings) warmUp(load fleet.Load) int {
	return int(s.WarmUp * float64(load.Minutes()))
}
