package forecaster

import (
	"strings"

	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
)

// metadata describes the endpoint to whoever asks the service for its INFO:
// the models there are, and the JSON schemas of request, reply and refusal.
func metadata() map[string]string {
	return map[string]string{
		"models":          strings.Join(fold.Models(), ","),
		"subject":         "the last token names the model",
		"schema.request":  requestSchema,
		"schema.response": replySchema,
		"schema.error":    errorSchema,
	}
}

const requestSchema = `{"type":"object","required":["steps"],"additionalProperties":false,"properties":{` +
	`"scope":{"type":"string","description":"may be left out where the group fits one scope"},` +
	`"group":{"type":"string","description":"may be left out where there is one group"},` +
	`"series":{"type":"string","description":"by default the one that the group's policy names"},` +
	`"steps":{"type":"integer","minimum":1,"maximum":2016,"description":"periods ahead, at most the policy's horizon"},` +
	`"levels":{"type":"array","items":{"type":"number"},"description":"some of the policy's quantile levels, rising; by default all"}}}`

const replySchema = `{"type":"object","properties":{` +
	`"scope":{"type":"string"},"group":{"type":"string"},"series":{"type":"string"},"model":{"type":"string"},` +
	`"origin":{"type":"string","format":"date-time","description":"end of the newest period with a value"},` +
	`"period_s":{"type":"number","description":"seconds"},"unit":{"type":"string"},` +
	`"timestamps":{"type":"array","items":{"type":"string","format":"date-time"},"description":"ends of the periods predicted"},` +
	`"predictions":{"type":"array","items":{"type":"number"},"description":"medians, one a step"},` +
	`"levels":{"type":"array","items":{"type":"number"}},` +
	`"quantiles":{"type":"array","items":{"type":"array","items":{"type":"number"}},"description":"a row a step, a column a level"},` +
	`"peak_quantiles":{"type":"array","items":{"type":"array","items":{"type":"number"}},"description":"of the maximum of the steps up to the row's"},` +
	`"samples":{"type":"integer"},"warm":{"type":"boolean"},` +
	`"score":{"type":"object","description":"coverage per level and pinball loss beside seasonal naive, last seven days"}}}`

const errorSchema = `{"type":"object","required":["code","error"],"properties":{` +
	`"code":{"type":"integer","description":"an HTTP status"},"error":{"type":"string"},` +
	`"field":{"type":"string","description":"the field of the request that is wrong"}}}`
