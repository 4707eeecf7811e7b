package forecaster

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// mostMessage bounds the words of a refusal, in bytes.
const mostMessage = 1024

// noModel refuses a request for a model that there is not.
func noModel(name string, models []string) *streams.PredictionError {
	return &streams.PredictionError{Code: 404, Field: "model",
		Message: fmt.Sprintf("no model %q, there are %s", streams.Excerpt(name), strings.Join(models, ", "))}
}

// unwritable is the refusal where a reply has a number that is not finite, which
// the fold never emits.
func unwritable() *streams.PredictionError {
	return &streams.PredictionError{Code: 500, Message: "the reply cannot be written"}
}

func stopping() *streams.PredictionError {
	return &streams.PredictionError{Code: 503, Message: "the forecaster is stopping"}
}

// encode gives a refusal as a body, whose words are no longer than a reply may
// be.
func encode(e *streams.PredictionError) []byte {
	body, err := json.Marshal(bounded(e))
	if err != nil { // a struct of texts and a number always has a body
		return []byte(`{"code":500,"error":"the refusal cannot be written"}`)
	}
	return body
}

func bounded(e *streams.PredictionError) *streams.PredictionError {
	if len(e.Message) <= mostMessage {
		return e
	}
	short := *e
	short.Message = strings.ToValidUTF8(e.Message[:mostMessage], "") + "…"
	return &short
}

// header gives a refusal as one line.
func header(e *streams.PredictionError) string {
	line := strings.Join(strings.Fields(bounded(e).Error()), " ")
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, line)
}
