package streams

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// MostSteps is the most steps that a request may ask for: a week of 5-minute
// bins.
const MostSteps = maxHorizon

// PredictionRequest asks a model for the next steps of a series.
type PredictionRequest struct {
	// Scope, Group and Series may be left out where there is only one.
	Scope  string `json:"scope,omitempty"`
	Group  string `json:"group,omitempty"`
	Series string `json:"series,omitempty"`
	// Steps is how many periods ahead, from 1 to MostSteps. Some models answer
	// no more than the policy's horizon.
	Steps int `json:"steps"`
	// Levels picks quantile levels of the policy, rising; all of them where
	// empty.
	Levels []float64 `json:"levels,omitempty"`
}

// PredictionReply is what a model expects, a row a step.
type PredictionReply struct {
	SeriesID
	Model  string    `json:"model"`
	Origin time.Time `json:"origin"`
	Period Duration  `json:"period_s"`
	Unit   Unit      `json:"unit"`
	// Timestamps are the ends of the periods that are predicted.
	Timestamps []time.Time `json:"timestamps"`
	// Predictions are the medians.
	Predictions []float64   `json:"predictions"`
	Levels      []float64   `json:"levels"`
	Quantiles   [][]float64 `json:"quantiles"`
	Peak        [][]float64 `json:"peak_quantiles"`
	Samples     int         `json:"samples"`
	Warm        bool        `json:"warm"`
	// Coverage is, for each of Levels, the share of the last days' targets that
	// lay at or below the quantile, as in Score; absent until any was judged.
	Coverage []float64 `json:"coverage,omitempty"`
	// Weights is what each part of a combined model counts, as in Forecast.
	Weights map[string]float64 `json:"weights,omitempty"`
	// Score is that of the forecasts, over all levels of the policy.
	Score *Score `json:"score,omitempty"`
}

// PredictionError is the body of a refused request. Code is an HTTP status.
type PredictionError struct {
	Code    int    `json:"code"`
	Message string `json:"error"`
	Field   string `json:"field,omitempty"`
}

// Error gives "code field: message".
func (e *PredictionError) Error() string {
	if e.Field == "" {
		return fmt.Sprintf("%d %s", e.Code, e.Message)
	}
	return fmt.Sprintf("%d %s: %s", e.Code, e.Field, e.Message)
}

// maxExcerpt bounds what an answer repeats of a request, in bytes.
const maxExcerpt = 80

// Excerpt gives the beginning of what somebody else said, as UTF-8 of at most
// 80 bytes, so that an answer may repeat it.
func Excerpt(s string) string {
	const more = "…"
	if len(s) > maxExcerpt {
		s = strings.ToValidUTF8(s[:maxExcerpt-len(more)], "") + more
	}
	return strings.ToValidUTF8(s, "?")
}

// MostRequest is the most bytes that a request may have.
const MostRequest = 1 << 16

// RequestTooLong refuses a request of more bytes, which need not be read.
func RequestTooLong() *PredictionError {
	return &PredictionError{413, fmt.Sprintf("want at most %d bytes", MostRequest), "body"}
}

// DecodePredictionRequest reads a request; its error names the field. An empty
// body asks for nothing: steps is needed.
func DecodePredictionRequest(body []byte) (PredictionRequest, *PredictionError) {
	var r PredictionRequest
	if len(body) > MostRequest {
		return r, RequestTooLong()
	}
	if len(body) == 0 {
		body = []byte("{}")
	}
	if err := strict(body, &r); err != nil {
		return PredictionRequest{}, &PredictionError{400, err.Cause, Excerpt(err.Field)}
	}
	if r.Steps < 1 || r.Steps > MostSteps {
		return PredictionRequest{}, &PredictionError{400, fmt.Sprintf("want 1 to %d, got %d", MostSteps, r.Steps), "steps"}
	}
	if len(r.Levels) > 0 {
		var c checker
		if c.levels("levels", r.Levels); c.err != nil {
			return PredictionRequest{}, &PredictionError{400, c.err.Cause, c.err.Field}
		}
	}
	return r, nil
}

// Reply gives the first steps of a forecast at the request's levels.
func (r PredictionRequest) Reply(f Forecast) (PredictionReply, *PredictionError) {
	reply := PredictionReply{SeriesID: f.SeriesID, Model: f.Model, Origin: f.Origin, Period: f.Period, Unit: f.Unit,
		Samples: f.Samples, Warm: f.Warm, Weights: f.Weights, Score: f.Score, Levels: f.Levels}
	if len(f.Quantiles) == 0 {
		return reply, &PredictionError{503, "no value of this series was seen yet", ""}
	}
	if r.Steps > len(f.Quantiles) {
		return reply, &PredictionError{400, fmt.Sprintf("want at most %d, the horizon, got %d", len(f.Quantiles), r.Steps), "steps"}
	}
	if len(r.Levels) > 0 {
		reply.Levels = r.Levels
	}
	columns := make([]int, len(reply.Levels))
	for i, p := range reply.Levels {
		column, found := slices.BinarySearch(f.Levels, p)
		if !found {
			return reply, &PredictionError{400, fmt.Sprintf("want some of %s, got %v", some(f.Levels), p), fmt.Sprintf("levels[%d]", i)}
		}
		columns[i] = column
	}
	if f.Score != nil {
		reply.Coverage = pick(f.Score.Coverage, columns)
	}
	median := nearestMedian(f.Levels)
	for h := range r.Steps {
		reply.Timestamps = append(reply.Timestamps, f.Origin.Add(time.Duration(h+1)*f.Period.Std()))
		reply.Predictions = append(reply.Predictions, f.Quantiles[h][median])
		reply.Quantiles = append(reply.Quantiles, pick(f.Quantiles[h], columns))
		reply.Peak = append(reply.Peak, pick(f.Peak[h], columns))
	}
	return reply, nil
}

// some lists the first few levels.
func some(levels []float64) string {
	const few = 16
	if more := len(levels) - few; more > 0 {
		return fmt.Sprintf("%v and %d more", levels[:few], more)
	}
	return fmt.Sprint(levels)
}

func nearestMedian(levels []float64) int {
	best := 0
	for i, p := range levels {
		if math.Abs(p-0.5) < math.Abs(levels[best]-0.5) {
			best = i
		}
	}
	return best
}

func pick(row []float64, columns []int) []float64 {
	out := make([]float64, 0, len(columns))
	for _, j := range columns {
		out = append(out, row[j])
	}
	return slices.Clip(out)
}
