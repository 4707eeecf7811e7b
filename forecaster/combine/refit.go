package combine

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/numbers"
)

// estimateFormat is the version of an estimate's bytes.
const estimateFormat = 1

// Estimation estimates the parts one after another. Its bytes are the format, a
// checksum of what follows, and the bytes of each part's estimate with their
// number before them; none where no part has any.
func (m *Model) Estimation(past *model.History, through int64) model.Estimation {
	var all []model.Estimation
	for _, p := range m.parts {
		if r, ok := p.Model.(model.Refitter); ok {
			all = append(all, r.Estimation(past, through))
		}
	}
	return func(each model.Each) []byte {
		var body []byte
		empty := true
		for _, e := range all {
			estimate := e(each)
			body = numbers.AppendBytes(body, estimate)
			empty = empty && len(estimate) == 0
		}
		if empty {
			return nil
		}
		return append(binary.LittleEndian.AppendUint64([]byte{estimateFormat}, sum(body)), body...)
	}
}

func sum(b []byte) uint64 {
	h := fnv.New64a()
	h.Write(b)
	return h.Sum64()
}

// Adopt lets the parts adopt what was estimated of each. Where the bytes are not
// those of an estimation of equal parts it changes nothing.
func (m *Model) Adopt(past *model.History, estimate []byte) error {
	if len(estimate) == 0 {
		return nil
	}
	estimates, err := m.split(estimate)
	if err != nil {
		return fmt.Errorf("combine: adopt: %w", err)
	}
	for _, p := range m.parts {
		r, ok := p.Model.(model.Refitter)
		if !ok {
			continue
		}
		if err := r.Adopt(past, estimates[0]); err != nil {
			return fmt.Errorf("combine: part %s: %w", p.Name, err)
		}
		estimates = estimates[1:]
	}
	if past.Len() > 0 {
		m.weigh(past)
	}
	return nil
}

// split gives the estimate of each part that is refitted.
func (m *Model) split(estimate []byte) ([][]byte, error) {
	const head = 1 + 8
	if len(estimate) < head || estimate[0] != estimateFormat {
		return nil, errors.New("not an estimate of this model")
	}
	body := estimate[head:]
	if binary.LittleEndian.Uint64(estimate[1:]) != sum(body) {
		return nil, errors.New("the checksum differs")
	}
	r := numbers.NewReader(body)
	var out [][]byte
	for _, p := range m.parts {
		if _, ok := p.Model.(model.Refitter); ok {
			out = append(out, r.Bytes())
		}
	}
	return out, r.End()
}

// Alarmed says whether a part is.
func (m *Model) Alarmed() bool {
	for _, p := range m.parts {
		if r, ok := p.Model.(model.Refitter); ok && r.Alarmed() {
			return true
		}
	}
	return false
}
