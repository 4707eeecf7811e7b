package combine_test

import (
	"testing"

	"github.com/ml-autoscaling/autoscaler/forecaster/combine"
	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/modeltest"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/naive"
)

// TestModel runs the checks of every model over parts of all kinds that are
// cheap: one that is not refitted, one that is, and one that sleeps before, of
// steps beyond the 20th for ever.
func TestModel(t *testing.T) {
	modeltest.Run(t, func(c model.Config) model.Model {
		return combine.New(c, []combine.Part{
			{Name: naive.Last, Model: naive.NewLast(c)},
			{Name: "mean", Model: modeltest.NewMean(c)},
			{Name: "sleeper", Model: sleeper{modeltest.NewMean(c).(model.Refitter), c}},
		})
	})
}

// sleeper sleeps until parameters are in force.
type sleeper struct {
	model.Refitter
	config model.Config
}

func (s sleeper) Reach(*model.History) int {
	const counted = 2 * 8 // the count of estimates, behind two parameters
	if s.Snapshot(nil)[counted+7] == 0 {
		return 0
	}
	return min(20, s.config.Horizon)
}
