package regarima

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/arima"
)

// The bytes of estimates and snapshots lie in checkpoints and recordings. Where a
// test of this file fails, raise estimateFormat or snapshotFormat.

// formats are estimates and their bytes, in little-endian 8-byte words; of a walk
// and of harmonics they are whole.
func formats() map[kind]struct {
	parameters parameters
	hex        string
} {
	type pair = struct {
		parameters parameters
		hex        string
	}
	const zero, n, logLik, sigma2 = "e703000000000000", "6400000000000000", "00000000000059c0", "0000000000001040"
	return map[kind]pair{
		plain: {
			parameters{order: arima.Order{Diff: 1}, zero: 999, n: 100, logLik: -100, params: arima.Params{Sigma2: 4}},
			"01 00 00 01 00 00 00 00" + zero + n + logLik + sigma2,
		},
		harmonic: {
			parameters{order: arima.Order{AR: 1, MA: 1}, zero: 999, n: 100, logLik: -100, constant: true, harmonics: [2]int{1, 0},
				params: arima.Params{AR: []float64{0.5}, MA: []float64{-0.25}, Beta: []float64{1, 2, 8}, Sigma2: 4}},
			"01 01 01 00 01 01 00 01" + zero + n + logLik + sigma2 +
				"000000000000e03f" + "000000000000d0bf" + "000000000000f03f" + "0000000000000040" + "0000000000002040",
		},
		decomposed: {
			parameters{order: arima.Order{Diff: 1}, zero: 999, n: 100, logLik: -100, params: arima.Params{Sigma2: 4},
				seasons: [2][]float64{make([]float64, 48), nil}},
			"01 02 00 01 00 00 00 00" + zero + n + logLik + sigma2 + "30000000" + strings.Repeat("00000000", 48) + "00000000",
		},
	}
}

func TestEstimateFormat(t *testing.T) {
	for k, f := range formats() {
		want := unhex(t, f.hex)
		if got := f.parameters.binary(k); string(got) != string(want) {
			t.Errorf("kind %d: want %x, got %x", k, want, got)
		}
		p, err := readParameters(want, k, 48)
		if err != nil {
			t.Errorf("kind %d: %v", k, err)
			continue
		}
		if got := p.binary(k); string(got) != string(want) {
			t.Errorf("kind %d: want to read what was written, got %x", k, got)
		}
		for other := range formats() {
			if _, err := readParameters(want, other, 48); other != k && err == nil {
				t.Errorf("want an estimate of kind %d refused by kind %d", k, other)
			}
		}
	}
}

// TestSnapshotFormat pins what lies before the errors of forecasts: a byte before
// the first estimate, and of a walk that was adopted over no bins the format, the
// estimate, the top, the two sums of the alarm and the filter, lengths before them.
func TestSnapshotFormat(t *testing.T) {
	c := half(t)
	past := model.NewHistory(c.Grid, 0)
	m := newModel(plain, c)
	if got := m.Snapshot(nil); string(got) != "\x02" {
		t.Errorf("cold: want the format, got %x", got)
	}
	walk := formats()[plain]
	if err := m.Adopt(past, unhex(t, walk.hex)); err != nil {
		t.Fatal(err)
	}
	const one = "000000000000f03f"
	word := strings.Repeat("00", 8)
	filter := "02" + word + word + // before the first value: the state
		one + word + word + word + // its covariance
		word + word + word + one // the unbounded part of it
	want := unhex(t, "02"+"28000000"+walk.hex+word+word+word+"51000000"+filter)
	got := m.Snapshot(nil)
	if len(got) < len(want) || string(got[:len(want)]) != string(want) {
		t.Fatalf("want %x, got %x", want, got[:min(len(got), len(want))])
	}
	if got, want := len(got)-len(want), m.dresser.Size(); got != want {
		t.Errorf("want %d bytes of the errors, got %d", want, got)
	}
	again := newModel(plain, c)
	if err := again.Restore(past, got); err != nil || string(again.Snapshot(nil)) != string(got) {
		t.Errorf("want to write what was read: %v", err)
	}
	newer := append([]byte{snapshotFormat + 1}, got[1:]...)
	if err := newModel(plain, c).Restore(past, newer); err == nil || !strings.Contains(err.Error(), "format: want 2, got 3") {
		t.Errorf("want a newer format named, got %v", err)
	}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
