package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm"
)

// loads writes two data sets of hourly loads, and gives their directory.
func loads(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, days := range map[string]int{"shop/web": 20, "shop/api": 12, "bank/core": 15} {
		path := filepath.Join(dir, name+".csv")
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		writeHours(t, path, 24*days)
	}
	return dir
}

// small makes a training of a blink.
func small(args ...string) []string {
	return append([]string{"train", "--hidden", "4", "--batch", "4", "--segment", "24", "--epochs", "3"}, args...)
}

// TestTrain trains over a directory, on one worker and on four, and wants the
// file that it tells of.
func TestTrain(t *testing.T) {
	dir, out := loads(t), t.TempDir()
	var files []string
	for _, workers := range []string{"1", "4"} {
		file := filepath.Join(out, workers)
		code, told, errs := autoscaler(t, small(dir, "--out", file, "--workers", workers)...)
		if code != 0 {
			t.Fatalf("exit %d: %s", code, errs)
		}
		w, err := readWeights(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"3 of bank, shop", "epoch   3  loss ", "weights: " + w.Sum(), "autoscaler weights put " + file} {
			if !strings.Contains(told, want) {
				t.Errorf("want %q in\n%s", want, told)
			}
		}
		if p := w.Provenance(); p.Series != 3 || p.Bins != 24*(20+12+15) || w.Hidden() != 4 {
			t.Errorf("got %+v", p)
		}
		files = append(files, contents(t, file))
	}
	if files[0] != files[1] {
		t.Error("the number of workers changes the weights")
	}
}

// canceling cancels where a text is written.
type canceling struct {
	bytes.Buffer
	at     string
	cancel context.CancelFunc
}

func (c *canceling) Write(b []byte) (int, error) {
	if bytes.Contains(b, []byte(c.at)) {
		c.cancel()
	}
	return c.Buffer.Write(b)
}

// TestTrainInterrupted interrupts a training, resumes it, and wants the bytes of
// one that was left alone.
func TestTrainInterrupted(t *testing.T) {
	dir, out := loads(t), t.TempDir()
	whole, parts := filepath.Join(out, "whole"), filepath.Join(out, "parts")
	if code, _, errs := autoscaler(t, small(dir, "--out", whole)...); code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var errs bytes.Buffer
	stdout := &canceling{at: "epoch   2", cancel: cancel}
	if code := run(ctx, process{stdout: stdout, stderr: &errs, env: os.Getenv}, small(dir, "--out", parts)); code != 130 {
		t.Fatalf("want exit 130, got %d: %s", code, errs.String())
	}
	checkpoint := parts + ".checkpoint"
	if !strings.Contains(errs.String(), "--resume "+checkpoint) {
		t.Errorf("want to be told how to go on, got %s", errs.String())
	}
	if _, err := os.Stat(parts); err == nil {
		t.Error("there are weights of a training that did not end")
	}
	code, told, complaint := autoscaler(t, "train", dir, "--out", parts, "--resume", checkpoint, "--checkpoint", checkpoint)
	if code != 0 || !strings.Contains(told, "resumed") {
		t.Fatalf("exit %d: %s%s", code, told, complaint)
	}
	if contents(t, whole) != contents(t, parts) {
		t.Error("interrupted and resumed it trains something else")
	}
	if o, err := lstm.CheckpointOptions([]byte(contents(t, checkpoint))); err != nil || o.Hidden != 4 {
		t.Errorf("the checkpoint after the last epoch: %+v, %v", o, err)
	}
}

// TestTrainRecording trains over a recorded timeline, from weights, and without
// the data set that is left out.
func TestTrainRecording(t *testing.T) {
	kept, out := filepath.Join(t.TempDir(), "tape"), t.TempDir()
	if code, _, errs := autoscaler(t, "replay", shortTrace(t, 96), "--keep", kept); code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	first, second := filepath.Join(out, "first"), filepath.Join(out, "second")
	dir := loads(t)
	if code, _, errs := autoscaler(t, small(dir, "--out", first, "--exclude", "bank")...); code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	code, told, errs := autoscaler(t, "train", kept, filepath.Join(dir, "shop", "web.csv"), "--init", first, "--hidden", "4",
		"--batch", "4", "--segment", "8", "--epochs", "3", "--out", second)
	if code != 0 || !strings.Contains(told, "2 of shop, tape") {
		t.Errorf("exit %d: %s%s", code, told, errs)
	}
}

func TestTrainRefuses(t *testing.T) {
	dir := loads(t)
	there := filepath.Join(t.TempDir(), "there")
	broken := filepath.Join(dir, "shop", "broken.csv")
	for path, text := range map[string]string{there: "", broken: "timestamp,value\n2026-01-05T00:00:00Z,1\n2026-01-05T01:00:00Z,many\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	web, out := filepath.Join(dir, "shop", "web.csv"), filepath.Join(t.TempDir(), "out")
	for name, tc := range map[string]struct {
		args []string
		code int
		want string
	}{
		"no path":            {[]string{"train"}, 2, "expected"},
		"no such file":       {small(dir+"x", "--out", out), 1, "open series"},
		"there already":      {small(web, "--out", there), 1, "--out: " + there + " is there already"},
		"nowhere to write":   {small(web, "--out", filepath.Join(out, "no", "out")), 1, "write "},
		"a broken file":      {small(dir, "--out", out), 1, broken + ": read trace: line 3: value: want a number, got \"many\" (--skip-unreadable"},
		"unknown set":        {small(web, "--out", out, "--exclude", "bank"), 1, "--exclude: no data set is named bank: want one of shop"},
		"everything left":    {small(web, "--out", out, "--exclude", "shop"), 1, "train: no series is left"},
		"twice":              {small(web, web, "--out", out), 1, "train: series shop/web is given twice"},
		"too short":          {small(web, "--out", out, "--segment", "4000"), 1, "train: series: want at least one of 8036 bins"},
		"hidden nonsense":    {small(web, "--hidden", "99999"), 2, "--hidden: want 1 to 512, got 99999"},
		"epochs nonsense":    {small(web, "--epochs=-3"), 2, "--epochs: want 1 to 100000, got -3"},
		"no patience":        {small(web, "--patience", "0"), 2, "--patience: want 1 to 100000, got 0"},
		"memory nonsense":    {[]string{"train", web, "--out", out, "--batch", "4096", "--segment", "4096", "--hidden", "512"}, 1, "would fit"},
		"resume and options": {small(web, "--resume", there), 2, "--resume: goes on with the options of the checkpoint"},
		"no checkpoint":      {[]string{"train", web, "--out", out, "--resume", web}, 1, web + ": read checkpoint: format: want a file that begins with"},
		"no weights":         {small(web, "--out", out, "--init", web), 1, "format: want a file that begins with"},
	} {
		code, _, errs := autoscaler(t, tc.args...)
		if code != tc.code || !strings.Contains(errs, tc.want) {
			t.Errorf("%s: want exit %d with %q, got %d: %s", name, tc.code, tc.want, code, errs)
		}
	}
	if code, _, errs := autoscaler(t, small(dir, "--out", out, "--skip-unreadable")...); code != 0 || !strings.Contains(errs, "left out: "+broken) {
		t.Errorf("the broken file is left out: exit %d: %s", code, errs)
	}
}

// TestFreeMemory wants the limit of a container to be seen, wherever above the
// process it is, without what the kernel gives back.
func TestFreeMemory(t *testing.T) {
	const meminfo = "MemTotal: 9 kB\nMemAvailable: 4096 kB\n"
	for name, test := range map[string]struct {
		files map[string]string
		want  int64
	}{
		"nothing is said":   {},
		"the host":          {map[string]string{"proc/meminfo": meminfo, "proc/self/cgroup": "8:memory:/x\n0::/\n"}, 4 << 20},
		"no limit":          {map[string]string{"proc/meminfo": meminfo, "proc/self/cgroup": "0::/a\n", "sys/fs/cgroup/a/memory.max": "max\n", "sys/fs/cgroup/a/memory.current": "1\n"}, 4 << 20},
		"a container":       {map[string]string{"proc/meminfo": meminfo, "proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "3000000\n", "sys/fs/cgroup/memory.current": "2000000\n", "sys/fs/cgroup/memory.stat": "anon 7\ninactive_file 500000\n"}, 1_500_000},
		"above the process": {map[string]string{"proc/meminfo": meminfo, "proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/memory.max": "900\n", "sys/fs/cgroup/a/memory.current": "1000\n", "sys/fs/cgroup/a/b/memory.max": "2000000\n", "sys/fs/cgroup/a/b/memory.current": "0\n"}, 0},
	} {
		root := t.TempDir()
		for path, text := range test.files {
			path = filepath.Join(root, path)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		free, known := freeMemory(root)
		if free != test.want || known != (test.files != nil) {
			t.Errorf("%s: want %d, got %d, %v", name, test.want, free, known)
		}
	}
}

// TestMemoryAdvice wants options that are said to fit to fit.
func TestMemoryAdvice(t *testing.T) {
	o := lstm.DefaultOptions()
	need := o.Memory(1000)
	if err := suffices(o, 1000, need); err != nil {
		t.Errorf("all that it needs is free: %v", err)
	}
	err := suffices(o, 1000, need-need/4)
	if err == nil || !strings.Contains(err.Error(), "is free: --batch 16 or --segment 48 would fit") {
		t.Errorf("want advice, got %v", err)
	}
	if err := suffices(o, 1<<40, need); err == nil || !strings.HasSuffix(err.Error(), "train over fewer series") {
		t.Errorf("nothing helps: got %v", err)
	}
	for bytes, want := range map[int64]string{1: "1 MiB", 300 << 20: "300 MiB", 5 << 29: "2.5 GiB"} {
		if got := gib(bytes); got != want {
			t.Errorf("%d bytes: want %s, got %s", bytes, want, got)
		}
	}
}

// TestTrainDefaults holds what the help says of defaults to what they are.
func TestTrainDefaults(t *testing.T) {
	var verbs cli
	parser, err := kong.New(&verbs)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse([]string{"train", "loads"}); err != nil {
		t.Fatal(err)
	}
	if got := verbs.Train.options(); got != lstm.DefaultOptions() {
		t.Errorf("the flags have other defaults: %+v", got)
	}
	_, help, _ := autoscaler(t, "train", "--help")
	help = strings.Join(strings.Fields(help), " ")
	for _, want := range []string{"(default 8)", "(default 3)", "(default 64)", "(default 32)", "(default 96)", "(default 0.004)", "(default 1)"} {
		if !strings.Contains(help, want) {
			t.Errorf("want %q in %s", want, help)
		}
	}
	if o := lstm.DefaultOptions(); o.Epochs != 8 || o.Patience != 3 || o.Hidden != 64 || o.Batch != 32 || o.Segment != 96 || o.Rate != 0.004 || o.Seed != 1 {
		t.Errorf("the defaults are %+v: change the help", o)
	}
}
