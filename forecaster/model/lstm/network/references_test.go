//go:build unix

package network

import (
	"encoding/csv"
	"flag"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

// references are the flags of TestReferences.
type references struct {
	run  *bool
	data *string
}

var against = references{
	run:  flag.Bool("references", false, "time training and a step beside PyTorch"),
	data: flag.String("data", "", "folder of speed_lstm.py"),
}

// TestReferences prints what training and a streaming step cost here and in
// PyTorch, where that is installed, one behind the other on one thread. It takes
// CPU time, so that what else runs on the machine counts less. No time fails it.
func TestReferences(t *testing.T) {
	if !*against.run {
		t.Skip("task bench:lstm runs it: -references -data DIR")
	}
	torch := pytorch(t)
	fmt.Printf("%-52s %12s %16s %16s\n", "64 hidden, 3 inputs, 12 outputs; CPU time, fastest", "ours float64", "PyTorch float64", "PyTorch float32")
	for _, task := range []struct {
		name, key string
		run       func(b *testing.B)
		inverse   float64 // 0 for a time
		unit      string
	}{
		{"training, 32 windows of 48 steps", "train", BenchmarkTrain, 32, "sequences/s"},
		{"one streaming step with its head", "infer step (stateful)", BenchmarkStep, 0, "µs"},
	} {
		show := func(seconds float64, there bool) string {
			switch {
			case !there:
				return "not installed"
			case task.inverse > 0:
				return fmt.Sprintf("%.0f", task.inverse/seconds)
			}
			return fmt.Sprintf("%.2f", seconds*1e6)
		}
		best := fastest(t, task.run)
		double, there := torch[task.key+" float64"]
		single := torch[task.key+" float32"]
		fmt.Printf("%-52s %12s %16s %16s\n", task.name+", "+task.unit, show(best, true), show(double, there), show(single, there))
	}
}

// fastest gives the seconds of a run in the best of some benchmarks.
func fastest(t *testing.T, run func(b *testing.B)) float64 {
	t.Helper()
	best := math.Inf(1)
	for range 5 {
		var begun float64
		r := testing.Benchmark(func(b *testing.B) {
			begun = spent(t)
			run(b)
		})
		best = min(best, (spent(t)-begun)/float64(r.N))
	}
	return best
}

// spent gives the seconds of CPU that this process took.
func spent(t *testing.T) float64 {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// pytorch runs a copy of the script, which writes into its folder, and gives the
// seconds of a run by task and type; none where there is no PyTorch.
func pytorch(t *testing.T) map[string]float64 {
	t.Helper()
	const python = "/usr/bin/python3"
	if err := exec.CommandContext(t.Context(), python, "-c", "import torch").Run(); err != nil {
		t.Logf("%s has no PyTorch: %v", python, err)
		return nil
	}
	script, err := os.ReadFile(filepath.Join(*against.data, "speed_lstm.py"))
	if err != nil {
		t.Fatalf("read script: %v: name its folder with -data", err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "speed_lstm.py"), script, 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), python, "speed_lstm.py", "1")
	c.Dir = dir
	c.Env = append(os.Environ(), "OPENBLAS_NUM_THREADS=1", "OMP_NUM_THREADS=1", "MKL_NUM_THREADS=1")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("run speed_lstm.py: %v: %s", err, out)
	}
	return seconds(t, filepath.Join(dir, "speed_lstm_1threads.csv"))
}

// seconds reads the times of CPU that belong to 64 hidden.
func seconds(t *testing.T, path string) map[string]float64 {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]float64{}
	for _, row := range rows[1:] {
		what, hidden, kind := row[0], row[2], row[5]
		ms, err := strconv.ParseFloat(row[7], 64)
		if err != nil {
			t.Fatal(err)
		}
		if hidden == "64" {
			found[what+" "+kind] = ms / 1e3
		}
	}
	return found
}
