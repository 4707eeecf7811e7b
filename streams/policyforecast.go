package streams

import (
	"fmt"
	"slices"
	"strings"
)

// ForecastPolicy says what is forecast, and by which model.
type ForecastPolicy struct {
	// Model is the one whose forecast is published.
	Model string `json:"model" yaml:"model"`
	// Members are further models that run beside it on the same series: they
	// are fitted, scored and asked like it, and nothing is decided from them.
	Members []string `json:"members,omitempty" yaml:"members,omitempty"`
	// Horizon is the number of steps of one period each.
	Horizon int `json:"horizon" yaml:"horizon"`
	// Levels are the quantile levels, rising.
	Levels []float64 `json:"levels" yaml:"levels"`
	// Settle is how long after its end a bin may still be restated.
	Settle Duration `json:"settle_s" yaml:"settle"`
	// Weights name the global weights that the networks of lstm and combined
	// begin with, by their SHA-256 in lower-case hex; empty where no model reads
	// any.
	Weights string `json:"weights,omitempty" yaml:"weights,omitempty"`
	// Training is how many mini-batches a network is trained on at each refit; 0
	// leaves it as it is.
	Training int `json:"training,omitempty" yaml:"training"`
}

// MaxTraining bounds ForecastPolicy.Training: a refit must end within a few bins.
const MaxTraining = 1000

// maxHorizon bounds the steps of a forecast: a week of 5-minute bins.
const maxHorizon = 2016

// maxLevels bounds the levels of a forecast, of which states keep at least one
// step.
const maxLevels = 256

// maxCells bounds steps times levels, so that a forecast stays well within the
// megabyte that a NATS message may have.
const maxCells = 16384

// MaxMembers is how many members a forecast may have: each runs every round.
const MaxMembers = 8

// maxJudged bounds models times levels: a state keeps up to 64 steps of what all
// models said from one origin in one message.
const maxJudged = 1024

func (p ForecastPolicy) check(c *checker) {
	c.name("forecast.model", p.Model)
	p.checkMembers(c)
	c.count("forecast.horizon", p.Horizon, 1)
	if p.Horizon > maxHorizon {
		c.failf("forecast.horizon", "want at most %d steps, got %d", maxHorizon, p.Horizon)
	}
	c.levels("forecast.levels", p.Levels)
	if len(p.Levels) > maxLevels {
		c.failf("forecast.levels", "want at most %d, got %d", maxLevels, len(p.Levels))
	}
	if cells := p.Horizon * len(p.Levels); cells > maxCells {
		c.failf("forecast.horizon", "want at most %d steps times levels, got %d", maxCells, cells)
	}
	c.positive("forecast.settle", p.Settle)
	if p.Weights != "" && !IsChecksum(p.Weights) {
		c.failf("forecast.weights", "want 64 lower-case hexadecimal digits, a SHA-256, got %.80q", p.Weights)
	}
	if p.Training < 0 || p.Training > MaxTraining {
		c.failf("forecast.training", "want 0 to %d mini-batches, got %d", MaxTraining, p.Training)
	}
}

// IsChecksum says whether a text is a SHA-256 in lower-case hex.
func IsChecksum(s string) bool { return len(s) == 64 && isHex(s) }

// isHex says whether a text has lower-case hexadecimal digits only.
func isHex(s string) bool { return strings.Trim(s, "0123456789abcdef") == "" }

func (p ForecastPolicy) checkMembers(c *checker) {
	if len(p.Members) > MaxMembers {
		c.failf("forecast.members", "want at most %d, got %d", MaxMembers, len(p.Members))
	}
	if n := (1 + len(p.Members)) * len(p.Levels); n > maxJudged {
		c.failf("forecast.members", "want at most %d models times levels, got %d", maxJudged, n)
	}
	for i, name := range p.Members {
		field := fmt.Sprintf("forecast.members[%d]", i)
		c.name(field, name)
		if name == p.Model {
			c.failf(field, "%q is forecast.model itself", name)
		}
		if slices.Contains(p.Members[:i], name) {
			c.failf(field, "%q stands there twice", name)
		}
	}
}
