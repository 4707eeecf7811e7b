package awssim

import (
	"bytes"
	"fmt"
	"net/http"

	"github.com/fxamacker/cbor/v2"
)

// cborPath is where rpc-v2-cbor has the operations of CloudWatch.
const cborPath = "/service/GraniteServiceVersion20100801/operation/"

// cborWire is the protocol of CloudWatch: Smithy's rpc-v2-cbor, with the
// error codes of the query protocol that it had before.
type cborWire struct{ operation string }

func (p cborWire) parse(s *Server, body []byte) (Call, action) {
	c := Call{Operation: p.operation, service: cloudWatch}
	var act action
	var err error
	switch p.operation {
	case "GetMetricData":
		var in metricDataInput
		err = cbor.Unmarshal(body, &in)
		c.later, c.Metrics = in.NextToken != "", in.metrics()
		act = func(c *Call) (any, *refusal) { return answered(s.getMetricData(c, in)) }
	case "DescribeAlarms":
		var in alarmsInput
		err = cbor.Unmarshal(body, &in)
		c.later = in.NextToken != ""
		act = func(c *Call) (any, *refusal) { return answered(s.describeAlarms(c, in)) }
	case "PutMetricData":
		var in putInput
		err = cbor.Unmarshal(body, &in)
		act = func(c *Call) (any, *refusal) { return answered(struct{}{}, s.putMetricData(c, in)) }
	default:
		return c, refusing(unknownOperation(p.operation, "2010-08-01"))
	}
	if err != nil {
		return c, refusing(malformed(fmt.Errorf("decode %s: %w", p.operation, err)))
	}
	return c, act
}

// answered makes an answer of any kind.
func answered[T any](answer T, r *refusal) (any, *refusal) { return answer, r }

func (p cborWire) answer(w http.ResponseWriter, c Call, answer any) {
	sendCBOR(w, http.StatusOK, c.RequestID, answer)
}

func (p cborWire) refuse(w http.ResponseWriter, requestID string, r *refusal) {
	shape := r.shape
	if shape == "" {
		shape = r.code
	}
	w.Header().Set("X-Amzn-Query-Error", r.code+";"+r.fault())
	sendCBOR(w, r.status, requestID, map[string]string{
		"__type":  "com.amazonaws.cloudwatch#" + shape,
		"message": r.message, // lower case, or the SDK does not find it
	})
}

func sendCBOR(w http.ResponseWriter, status int, requestID string, body any) {
	var b bytes.Buffer
	// Timestamps bear tag 1; the SDK takes no others.
	mode, err := cbor.EncOptions{Time: cbor.TimeUnixDynamic, TimeTag: cbor.EncTagRequired, Sort: cbor.SortCanonical}.EncMode()
	if err == nil {
		err = mode.NewEncoder(&b).Encode(body)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Smithy-Protocol", "rpc-v2-cbor")
	w.Header().Set("Content-Type", "application/cbor")
	w.Header().Set("X-Amzn-Requestid", requestID)
	w.WriteHeader(status)
	// The client is gone where this fails.
	_, _ = w.Write(b.Bytes())
}
