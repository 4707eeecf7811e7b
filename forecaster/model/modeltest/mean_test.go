package modeltest_test

import (
	"testing"

	"github.com/ml-autoscaling/autoscaler/forecaster/model/modeltest"
)

func TestMean(t *testing.T) { modeltest.Run(t, modeltest.NewMean) }
