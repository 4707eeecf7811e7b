package forecaster

import (
	"encoding/json"
	"strings"
	"unicode"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// bounded gives a refusal whose words are no longer than a reply may be.
func bounded(e *streams.PredictionError) *streams.PredictionError {
	if len(e.Message) <= mostMessage {
		return e
	}
	short := *e
	short.Message = strings.ToValidUTF8(e.Message[:mostMessage], "") + "…"
	return &short
}

// encode gives a refusal as a body.
func encode(e *streams.PredictionError) []byte {
	body, err := json.Marshal(e)
	if err != nil { // a struct of texts and a number always has a body
		return []byte(`{"code":500,"error":"the refusal cannot be written"}`)
	}
	return body
}

// header gives a refusal as one line.
func header(e *streams.PredictionError) string {
	line := strings.Join(strings.Fields(e.Error()), " ")
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, line)
}
