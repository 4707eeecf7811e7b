package model

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
)

// beside runs all tasks at once.
func beside(n int, task func(i int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { task(i) })
	}
	all.Wait()
}

// TestUnless stops an estimation of two rounds of two tasks at one of the times
// that it is asked, and only then.
func TestUnless(t *testing.T) {
	for name, tc := range map[string]struct {
		at   int32 // the asking at which stop says so, from 1
		each Each
		// recovers says that the estimation gives other bytes where it panics.
		recovers bool
		want     string
	}{
		"never":                     {0, InLine, false, "4 tasks"},
		"never, side by side":       {0, beside, false, "4 tasks"},
		"before it begins":          {1, InLine, false, ""},
		"half way":                  {3, InLine, false, ""},
		"half way, side by side":    {3, beside, false, ""},
		"half way, and it recovers": {3, InLine, true, ""},
		"at the last":               {4, InLine, false, ""},
	} {
		var ran, asked atomic.Int32
		e := Estimation(func(each Each) (out []byte) {
			defer func() {
				if tc.recovers && recover() != nil {
					out = []byte("what nobody may see")
				}
			}()
			for range 2 {
				each(2, func(int) { ran.Add(1) })
			}
			return fmt.Appendf(nil, "%d tasks", ran.Load())
		})
		got, whole := e.Unless(func() bool { return asked.Add(1) == tc.at }, tc.each)
		if string(got) != tc.want || whole != (tc.at == 0) {
			t.Errorf("%s: want %q, got %q, carried through: %v", name, tc.want, got, whole)
		}
		if tc.at > 0 && ran.Load() >= 4 {
			t.Errorf("%s: ran all tasks", name)
		}
	}
}

// TestUnlessLeavesPanicsAlone that are the estimation's own.
func TestUnlessLeavesPanicsAlone(t *testing.T) {
	defer func() {
		if got := recover(); got != "its own" {
			t.Errorf("want the estimation's own panic, got %v", got)
		}
	}()
	Estimation(func(Each) []byte { panic("its own") }).Unless(func() bool { return false }, InLine)
}
