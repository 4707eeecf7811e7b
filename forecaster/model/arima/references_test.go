//go:build unix

package arima

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"flag"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// references are the flags of TestReferences.
type references struct {
	run  *bool
	data *string
	reps *int
}

var against = references{
	run:  flag.Bool("references", false, "time the tasks beside R and statsmodels"),
	data: flag.String("data", "", "folder of azure_vm/vm_737498_avgcpu.csv and m4_hourly/H1.csv"),
	reps: flag.Int("repetitions", 3, "runs of a task, of which the fastest counts"),
}

// cost is what a task took in its fastest run.
type cost struct{ cpu, wall time.Duration }

// TestReferences prints what the tasks cost here, in R and in statsmodels, where
// those are installed. No time fails it.
func TestReferences(t *testing.T) {
	if !*against.run {
		t.Skip("task bench:arima runs it: -references -data DIR")
	}
	vmFile := filepath.Join(*against.data, "azure_vm", "vm_737498_avgcpu.csv")
	hourlyFile := filepath.Join(*against.data, "m4_hourly", "H1.csv")
	vm, hourly := column(t, vmFile), column(t, hourlyFile)
	var tasks []sized
	for _, n := range sizes() {
		tasks = append(tasks, vmTasks(t, vm[:n])...)
	}
	tasks = append(append(tasks, hourlyTasks(hourly[:336])...), hourlyTasks(hourly[:700])...)
	tasks = append(tasks, airTasks(t)...)
	reps := strconv.Itoa(*against.reps)
	r := outside(t, [][]string{{"Rscript", "testdata/references/references.R", vmFile, hourlyFile, reps}})
	sm := outside(t, [][]string{
		{"python3", "testdata/references/references.py", vmFile, hourlyFile, reps},
		{"/usr/bin/python3", "testdata/references/references.py", vmFile, hourlyFile, reps},
	})
	fmt.Printf("%-38s %5s %10s %10s %13s %7s %13s %7s\n", "CPU time, fastest of "+reps, "n", "ours", "wall", "R", "ratio", "statsmodels", "ratio")
	for _, task := range tasks {
		own := measure(t, task)
		key := fmt.Sprintf("%s\t%d", task.name, task.n)
		fmt.Printf("%-38s %5d %10s %10s %s %s\n", task.name, task.n, short(own.cpu), short(own.wall), beside(r, key, own), beside(sm, key, own))
	}
	fmt.Println("The likelihood is ours with its gradient; R's update filters the series again, statsmodels' is extend; an order takes both cores where there are two.")
}

// measure gives what a task costs.
func measure(t *testing.T, task sized) cost {
	t.Helper()
	best := cost{cpu: math.MaxInt64, wall: math.MaxInt64}
	for range max(3, *against.reps) {
		begun, cpu := time.Now(), spent(t)
		for range task.inner {
			if err := task.run(); err != nil {
				t.Fatalf("%s: %v", task.name, err)
			}
		}
		n := time.Duration(task.inner)
		best.cpu, best.wall = min(best.cpu, (spent(t)-cpu)/n), min(best.wall, time.Since(begun)/n)
	}
	return best
}

// spent gives the CPU time of this process.
func spent(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// outside runs the first of several commands that works, with one thread, and
// gives the costs that it prints; nil where none works.
func outside(t *testing.T, commands [][]string) map[string]cost {
	t.Helper()
	for _, words := range commands {
		c := exec.CommandContext(t.Context(), words[0], words[1:]...)
		c.Env = append(os.Environ(), "OPENBLAS_NUM_THREADS=1", "OMP_NUM_THREADS=1", "MKL_NUM_THREADS=1")
		var problem bytes.Buffer
		c.Stderr = &problem
		out, err := c.Output()
		if err != nil {
			t.Logf("%s: %v: %s", words[0], err, bytes.TrimSpace(problem.Bytes()))
			continue
		}
		return costs(t, out)
	}
	return nil
}

func costs(t *testing.T, out []byte) map[string]cost {
	t.Helper()
	found := map[string]cost{}
	lines := bufio.NewScanner(bytes.NewReader(out))
	for lines.Scan() {
		fields := strings.Split(lines.Text(), "\t")
		if len(fields) != 4 {
			t.Fatalf("want 4 fields, got %q", lines.Text())
		}
		cpu, err := strconv.ParseFloat(fields[2], 64)
		wall, also := strconv.ParseFloat(fields[3], 64)
		if err != nil || also != nil {
			t.Fatalf("want two times, got %q", lines.Text())
		}
		found[fields[0]+"\t"+fields[1]] = cost{time.Duration(cpu * 1e9), time.Duration(wall * 1e9)}
	}
	return found
}

// beside gives a reference's column: its time and how many times ours that is.
func beside(found map[string]cost, key string, own cost) string {
	if found == nil {
		return fmt.Sprintf("%13s %7s", "not installed", "")
	}
	c, there := found[key]
	if !there {
		return fmt.Sprintf("%13s %7s", "-", "")
	}
	return fmt.Sprintf("%13s %7.1f", short(c.cpu), float64(c.cpu)/float64(own.cpu))
}

// short gives a time with four figures.
func short(d time.Duration) string {
	switch {
	case d < time.Microsecond:
		return fmt.Sprintf("%d ns", d.Nanoseconds())
	case d < time.Millisecond:
		return fmt.Sprintf("%.4g µs", float64(d.Nanoseconds())/1e3)
	}
	return fmt.Sprintf("%.4g ms", float64(d.Nanoseconds())/1e6)
}

// column reads the column value of a file.
func column(t *testing.T, path string) []float64 {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatalf("open series: %v: name the folder with -data", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []float64
	for i, row := range rows[1:] {
		v, err := strconv.ParseFloat(row[1], 64)
		if err != nil {
			t.Fatalf("%s: row %d: %v", path, i+1, err)
		}
		out = append(out, v)
	}
	return out
}
