package forecaster

import (
	"encoding/json"
	"fmt"

	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// metadata describes the endpoint of a model to whoever asks the service for its
// INFO: the JSON schemas of request, reply and refusal.
func metadata(model string) map[string]string {
	return map[string]string{
		"schema.request":  requestSchema(model),
		"schema.response": replySchema,
		"schema.error":    errorSchema,
	}
}

// schemas gives those of all models as one body.
func schemas(models []string) []byte {
	requests := make(map[string]json.RawMessage)
	for _, m := range models {
		requests[m] = json.RawMessage(requestSchema(m))
	}
	body, err := json.Marshal(map[string]any{
		"request": requests, "response": json.RawMessage(replySchema), "error": json.RawMessage(errorSchema),
	})
	if err != nil { // the schemas are constants, which a test reads
		panic(err)
	}
	return body
}

// requestSchema gives the schema of a request for a model.
func requestSchema(model string) string {
	steps := "periods ahead, at most the policy's horizon"
	if fold.AnySteps(model) {
		steps = "periods ahead; beyond the policy's horizon the model is fitted for the request"
	}
	return fmt.Sprintf(`{"type":"object","required":["steps"],"additionalProperties":false,"properties":{`+
		`"scope":{"type":"string","description":"may be left out where the group fits one scope"},`+
		`"group":{"type":"string","description":"may be left out where there is one group"},`+
		`"series":{"type":"string","description":"by default the one that the group's policy names"},`+
		`"steps":{"type":"integer","minimum":1,"maximum":%d,"description":%q},`+
		`"levels":{"type":"array","items":{"type":"number"},"description":"some of the policy's quantile levels, rising; by default all"}}}`,
		streams.MostSteps, steps)
}

const replySchema = `{"type":"object","properties":{` +
	`"scope":{"type":"string"},"group":{"type":"string"},"series":{"type":"string"},"model":{"type":"string"},` +
	`"origin":{"type":"string","format":"date-time","description":"end of the newest period with a value"},` +
	`"period_s":{"type":"number","description":"seconds"},"unit":{"type":"string"},` +
	`"timestamps":{"type":"array","items":{"type":"string","format":"date-time"},"description":"ends of the periods predicted"},` +
	`"predictions":{"type":"array","items":{"type":"number"},"description":"medians, one a step"},` +
	`"levels":{"type":"array","items":{"type":"number"}},` +
	`"quantiles":{"type":"array","items":{"type":"array","items":{"type":"number"}},"description":"a row a step, a column a level"},` +
	`"peak_quantiles":{"type":"array","items":{"type":"array","items":{"type":"number"}},"description":"of the maximum of the steps up to the row's"},` +
	`"samples":{"type":"integer","description":"settled periods that had a value"},` +
	`"warm":{"type":"boolean","description":"whether there are enough for the quantiles to mean what they say"},` +
	`"coverage":{"type":"array","items":{"type":"number"},"description":"for each of levels, the share of the targets of the last seven days at or below the quantile; ` +
	`absent until one was judged, and of a model that does not run"},` +
	`"weights":{"type":"object","additionalProperties":{"type":"number"},"description":"of the parts of a combined model; they sum to 1"},` +
	`"score":{"type":"object","description":"coverage at all of the policy's levels, and pinball loss beside that of seasonal naive, over the last seven days"}}}`

const errorSchema = `{"type":"object","required":["code","error"],"properties":{` +
	`"code":{"type":"integer","description":"an HTTP status"},"error":{"type":"string"},` +
	`"field":{"type":"string","description":"the field of the request that is wrong"}}}`
