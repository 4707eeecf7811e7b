//go:build linux && !purego

package kernel

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// TestDetect holds what the processor says about itself against what the kernel
// says about it; else a wrong bit would only show as slowness.
func TestDetect(t *testing.T) {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "\nflags")
	if !found {
		t.Fatal("no flags in /proc/cpuinfo")
	}
	line, _, _ := strings.Cut(rest, "\n")
	flags := strings.Fields(line)
	want := plain
	if slices.Contains(flags, "avx2") && slices.Contains(flags, "fma") {
		want = avx2
		if slices.Contains(flags, "avx512f") {
			want = avx512
		}
	}
	if machine != want {
		t.Errorf("got speed %d, want %d", machine, want)
	}
}
