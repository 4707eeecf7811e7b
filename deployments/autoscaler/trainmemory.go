package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm"
)

// freeMemory gives the bytes that may still be taken: the least that this host
// and the control groups of this process leave, which are the limits of a
// container or a unit (version 2); false where none of them says. Files are
// looked for under root.
func freeMemory(root string) (free int64, known bool) {
	if kib, ok := figure(filepath.Join(root, "proc/meminfo"), "MemAvailable:"); ok {
		free, known = kib<<10, true
	}
	lines, err := os.ReadFile(filepath.Join(root, "proc/self/cgroup"))
	if err != nil {
		return free, known
	}
	for line := range strings.Lines(string(lines)) {
		group, ok := strings.CutPrefix(strings.TrimSpace(line), "0::/")
		for ; ok; group = filepath.Dir(group) {
			if left, limited := leftIn(filepath.Join(root, "sys/fs/cgroup", group)); limited && (!known || left < free) {
				free, known = left, true
			}
			ok = group != "" && group != "."
		}
	}
	return free, known
}

// leftIn gives what a control group leaves; false where it has no limit. What
// is cached of files and was not read lately is given back when it is wanted.
func leftIn(dir string) (int64, bool) {
	limit, limited := figure(filepath.Join(dir, "memory.max"), "")
	used, ok := figure(filepath.Join(dir, "memory.current"), "")
	cached, _ := figure(filepath.Join(dir, "memory.stat"), "inactive_file")
	return max(0, limit-used+cached), limited && ok
}

// figure gives the number behind a key in a file, or the first where it is "".
func figure(file, key string) (int64, bool) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if key != "" && (len(fields) < 2 || fields[0] != key) {
			continue
		}
		if key != "" {
			fields = fields[1:]
		}
		if len(fields) == 0 {
			return 0, false
		}
		n, err := strconv.ParseInt(fields[0], 10, 64) // "max" is no limit
		return n, err == nil
	}
	return 0, false
}

// suffices looks, before anything large is allocated, whether a training fits in
// what is free, and says what would.
func suffices(o lstm.Options, bins int, free int64) error {
	need := o.Memory(bins)
	if need <= free {
		return nil
	}
	return fmt.Errorf("train: needs about %s of memory, %s is free: %s", gib(need), gib(free), smaller(o, bins, free))
}

// smaller says how a training fits.
func smaller(o lstm.Options, bins int, free int64) string {
	less := func(cut func(o *lstm.Options) *int) (int, bool) {
		try := o
		for n := cut(&try); *n > 1; {
			*n /= 2
			if try.Memory(bins) <= free {
				return *n, true
			}
		}
		return 0, false
	}
	var ways []string
	if n, ok := less(func(o *lstm.Options) *int { return &o.Batch }); ok {
		ways = append(ways, fmt.Sprintf("--batch %d", n))
	}
	if n, ok := less(func(o *lstm.Options) *int { return &o.Segment }); ok {
		ways = append(ways, fmt.Sprintf("--segment %d", n))
	}
	if n, ok := less(func(o *lstm.Options) *int { return &o.Hidden }); ok && len(ways) == 0 {
		ways = append(ways, fmt.Sprintf("--hidden %d", n))
	}
	if len(ways) == 0 {
		return "train over fewer series"
	}
	return strings.Join(ways, " or ") + " would fit"
}

// gib gives bytes as people read them.
func gib(bytes int64) string {
	if bytes < 1<<30 {
		return fmt.Sprintf("%.0f MiB", math.Ceil(float64(bytes)/(1<<20)))
	}
	return fmt.Sprintf("%.1f GiB", float64(bytes)/(1<<30))
}
