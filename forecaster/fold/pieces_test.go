package fold

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/modeltest"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// message is what a part may have: a NATS message has a megabyte, with its
// subject and headers.
const message = 1<<20 - 4096

func TestPiecesAreJoined(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		size := rapid.OneOf(rapid.IntRange(0, 5000), rapid.IntRange(0, 3*mostPiece),
			rapid.SampledFrom([]int{mostPiece - 1, mostPiece, mostPiece + 1, 2 * mostPiece})).Draw(rt, "bytes")
		data := make([]byte, size)
		for i := range data {
			data[i] = byte(i * 7919 >> 3)
		}
		all := cut(7, data)
		var from pieces
		for i, piece := range all {
			if len(piece) > message {
				rt.Fatalf("piece %d has %d bytes", i, len(piece))
			}
			from[i] = piece
		}
		from[len(all)] = []byte{format} // as an earlier outlook left it
		got, used, err := joined(7, from)
		if err != nil || used != len(all) || !bytes.Equal(got, data) {
			rt.Errorf("%d bytes: got %d of %d pieces (%v)", size, len(got), used, err)
		}
		if _, _, err := joined(8, from); err == nil {
			rt.Error("pieces of another outlook were joined")
		}
		from[len(all)-1] = nil
		if _, _, err := joined(7, from); err == nil {
			rt.Error("a piece is missing, and nobody noticed")
		}
	})
}

// bulky is a mean whose parameters and state have so many bytes more.
type bulky struct {
	*modeltest.Mean
	parameters, state func() int
}

func (m bulky) Fixed() int { return m.Mean.Fixed() + m.parameters() }

func (m bulky) Snapshot(b []byte) []byte {
	whole, fixed := m.Mean.Snapshot(nil), m.Mean.Fixed()
	b = append(append(b, whole[:fixed]...), make([]byte, m.parameters())...)
	b = append(append(b, whole[fixed:]...), make([]byte, m.state())...)
	return binary.LittleEndian.AppendUint32(b, uint32(m.state()))
}

func (m bulky) Restore(past *model.History, snapshot []byte) error {
	fixed := m.Mean.Fixed()
	end := len(snapshot) - 4
	state := snapshot[fixed+m.parameters() : end-int(binary.LittleEndian.Uint32(snapshot[end:]))]
	return m.Mean.Restore(past, slices.Concat(snapshot[:fixed], state))
}

// TestLargeModelsAreStoredInPieces lets a model grow and shrink by megabytes. No
// part outgrows a message, parameters are written at refits only, and what is
// loaded goes on as before.
func TestLargeModelsAreStoredInPieces(t *testing.T) {
	parameters, state := 1_500_000, 100
	large := stage()
	large.more["bulky"] = func(c model.Config) model.Model {
		return bulky{modeltest.NewMean(c).(*modeltest.Mean), func() int { return parameters }, func() int { return state }}
	}
	calm, moved, kept := stage().New(id()), large.New(id()), store{}
	drive(t, calm, inForce(forecastBy("mean")))
	drive(t, moved, inForce(forecastBy("bulky")))
	var written []int
	for n := range 60 {
		state = 100 + n%4*600_000
		want, got := drive(t, calm, live(n, n+1, steady)...), drive(t, moved, live(n, n+1, steady)...)
		want[0].Model = "bulky"
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("bin %d: %s", n, diff)
		}
		parts := moved.Changed()
		for _, p := range parts {
			if len(p.Data) > message {
				t.Fatalf("bin %d: a part of %d bytes in slot %d", n, len(p.Data), p.Key.Slot)
			}
			if p.Key.Slot == slot(0, parametersHalf, 0) {
				written = append(written, n)
			}
		}
		kept.put(parts)
		moved = kept.loadInto(t, large)
	}
	// Once as the model begins, and as each estimate takes effect: two bins have
	// not settled then.
	want := []int{0, firstRefit() - 1 + 3 + 2}
	if diff := cmp.Diff(want, written); diff != "" {
		t.Errorf("parameters were written at other bins: %s", diff)
	}
	drive(t, moved, inForce(forecastBy("naive")))
	kept.put(moved.Changed())
	if left := bytesOf(kept); left > 20_000 {
		t.Errorf("the model ended, and %d bytes are left", left)
	}
}

// TestLargestPoliciesFitMessages stores what the largest policies make of the
// largest model, and goes on from it.
func TestLargestPoliciesFitMessages(t *testing.T) {
	const begins, last = 2*24 + 4, 2*24 + 12 // hours, just enough to be estimated from
	many := make([]float64, 256)
	for i := range many {
		many[i] = float64(i+1) / 257
	}
	for _, tc := range []struct {
		horizon int
		levels  []float64
	}{
		{64, many}, {2016, append([]float64{0.01}, policy().Forecast.Levels...)},
	} {
		p := forecastBy("combined", "naive")
		p.Forecast.Training = 1
		p.Forecast.Horizon, p.Forecast.Levels = tc.horizon, tc.levels
		p.Load.Period = streams.Duration(time.Hour)
		p.Scaling.Quantile = tc.levels[len(tc.levels)-1]
		if err := p.Validate(); err != nil {
			t.Fatal(err)
		}
		s, kept := Stage{}.New(id()), store{}
		drive(t, s, inForce(p))
		drive(t, s, hourly(backfill(begins, wave))...)
		drive(t, s, hourly(live(begins, last, wave))...)
		if adopted, _ := s.(*State).Refits(); adopted != 1 {
			t.Errorf("horizon %d: want a refit, got %d", tc.horizon, adopted)
		}
		largest, parts := 0, s.Changed()
		for _, part := range parts {
			largest = max(largest, len(part.Data))
		}
		t.Logf("horizon %d, %d levels: %d bytes, %d in the largest part", tc.horizon, len(tc.levels), kept.put(parts), largest)
		if largest > message {
			t.Errorf("horizon %d, %d levels: a part of %d bytes", tc.horizon, len(tc.levels), largest)
		}
		want := encode(t, drive(t, s, hourly(live(last, last+1, wave))...))
		got := encode(t, drive(t, kept.load(t), hourly(live(last, last+1, wave))...))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("horizon %d, %d levels: %s", tc.horizon, len(tc.levels), diff)
		}
	}
}
