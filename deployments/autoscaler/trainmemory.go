package main

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"

	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm"
)

// freeMemory gives the bytes that may still be taken on this host; false where
// it does not say.
func freeMemory() (int64, bool) {
	file, err := os.Open("/proc/meminfo")
	if err != nil {
		return 0, false
	}
	defer file.Close()
	for s := bufio.NewScanner(file); s.Scan(); {
		fields := strings.Fields(s.Text())
		if len(fields) < 2 || fields[0] != "MemAvailable:" {
			continue
		}
		kib, err := strconv.ParseInt(fields[1], 10, 64)
		return kib << 10, err == nil
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
