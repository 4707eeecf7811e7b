package evaluation

// Scores are the means over all origins and steps of one forecaster on one
// series. Errors are of the median.
type Scores struct {
	// Origins counts the origins scored.
	Origins int
	// MASE is the mean absolute error over the series' MASEScale; RMSSE the root
	// of the mean squared error over RMSSEScale2; SMAPE the mean of
	// 200 |e| / (|y| + |f|) in percent, where 0 / 0 is 0.
	MASE, SMAPE, RMSSE float64
	// Pin50 to Pin99 are the pinball losses of single quantiles over the series'
	// PinScale, PinAll the mean of those of all seven: the headline.
	Pin50, Pin90, Pin95, Pin99, PinAll float64
	// Cov80 and Cov95 are the shares of values within the central 80 % and 95 %,
	// bounds included; Exceed95 and Exceed99 those above the quantile.
	Cov80, Cov95, Exceed95, Exceed99 float64
	// Width80 is the mean width of the central 80 % over PinScale.
	Width80 float64
	// AtStep is the MASE of the steps 1, 3, 6 and 12; NaN beyond the horizon.
	AtStep [4]float64
	// Peak judges the peak of the whole horizon; nil for a forecaster that does
	// not say it.
	Peak *Peak
	// Coverage says how often the quantiles of each step held; nil of scores that
	// were read.
	Coverage *Coverage
}

// Peak judges the quantiles of the maximum over all steps, a mean over origins.
type Peak struct {
	// Pin99 and PinAll are pinball losses over PinScale, of all levels for the
	// latter.
	Pin99  float64 `json:"pin99"`
	PinAll float64 `json:"pin_all"`
	// Exceed95 and Exceed99 are the shares of peaks above the quantile, Cov80
	// and Cov95 those within the central 80 % and 95 %.
	Cov80    float64 `json:"cov80"`
	Cov95    float64 `json:"cov95"`
	Exceed95 float64 `json:"exceed95"`
	Exceed99 float64 `json:"exceed99"`
}

//nolint:gochecknoglobals // read only
var scoredSteps = [4]int{1, 3, 6, 12}

// Columns names the scores in the order in which score files have them.
func Columns() []string {
	return []string{"mase", "smape", "rmsse", "pin50", "pin90", "pin95", "pin99", "pin_all",
		"cov80", "cov95", "exceed95", "exceed99", "width80", "mase_h1", "mase_h3", "mase_h6", "mase_h12"}
}

// fields gives where each column is kept.
func (s *Scores) fields() []*float64 {
	return []*float64{&s.MASE, &s.SMAPE, &s.RMSSE, &s.Pin50, &s.Pin90, &s.Pin95, &s.Pin99, &s.PinAll,
		&s.Cov80, &s.Cov95, &s.Exceed95, &s.Exceed99, &s.Width80, &s.AtStep[0], &s.AtStep[1], &s.AtStep[2], &s.AtStep[3]}
}

// Values gives the scores, one a column.
func (s Scores) Values() []float64 {
	var values []float64
	for _, field := range s.fields() {
		values = append(values, *field)
	}
	return values
}
