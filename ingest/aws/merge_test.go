package aws_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ml-autoscaling/autoscaler/ingest/aws"
	"github.com/ml-autoscaling/autoscaler/ingest/window"
)

// book is what CloudWatch holds of one id, by minute, and how it ends.
type book struct {
	values map[int]float64
	status string
}

const bookMinutes = 6

func drawBook(t *rapid.T, label string) book {
	b := book{map[int]float64{}, rapid.SampledFrom([]string{"Complete", "Complete", "Complete", "PartialData", "InternalError"}).Draw(t, label+" status")}
	for m := range bookMinutes {
		if rapid.Bool().Draw(t, label+" has") {
			b.values[m] = float64(rapid.IntRange(1, 9).Draw(t, label+" value"))
		}
	}
	return b
}

// cut lays books out on pages: each book's bins in order, its last status on
// the last page that has it.
func cut(t *rapid.T, books []book) []any {
	n := rapid.IntRange(1, 4).Draw(t, "pages")
	pages := make([]output, n)
	for i, b := range books {
		id := fmt.Sprint("m", i)
		at := rapid.IntRange(0, n-1).Draw(t, "first page")
		r := result{Id: id, StatusCode: "PartialData"}
		for m := range bookMinutes {
			if at+1 < n && rapid.IntRange(0, 3).Draw(t, "turn") == 0 {
				pages[at].MetricDataResults = append(pages[at].MetricDataResults, r)
				r = result{Id: id, StatusCode: "PartialData"}
				at = rapid.IntRange(at+1, n-1).Draw(t, "next page")
			}
			if v, ok := b.values[m]; ok {
				r.Timestamps, r.Values = append(r.Timestamps, minute(m)), append(r.Values, v)
			}
		}
		r.StatusCode = b.status
		pages[at].MetricDataResults = append(pages[at].MetricDataResults, r)
	}
	var all []any
	for _, p := range pages {
		all = append(all, p)
	}
	return all
}

// expected puts the answer of a query together without regard to pages.
func expected(q window.Query, books []book) window.Answer {
	a := window.Answer{Complete: true}
	for _, b := range books {
		a.Complete = a.Complete && b.status == "Complete"
	}
	for m := range bookMinutes {
		p := window.Point{Start: minute(m)}
		v, has := books[0].values[m]
		if has {
			p.Value = &v
		}
		if len(books) == 2 {
			second, also := books[1].values[m]
			switch {
			case q.Measure == window.CPU:
				p.Samples, has = second, has && also
			case also:
				p.Instances, has = &second, true
			}
		}
		if has {
			a.Points = append(a.Points, p)
		}
	}
	return a
}

// TestMergeProperty holds that where pages are cut makes no difference.
func TestMergeProperty(t *testing.T) {
	c := &cloud{}
	s := c.source(t, aws.Options{RequestsPerSecond: 1e6})
	rapid.Check(t, func(t *rapid.T) {
		var queries []window.Query
		var books []book
		var want []window.Answer
		for i := range rapid.IntRange(1, 4).Draw(t, "queries") {
			q := rapid.SampledFrom([]window.Query{cpu("web"), requests("web", true), requests("web", false), expression("web", "e")}).Draw(t, "query")
			q.Until = minute(bookMinutes)
			own := []book{drawBook(t, fmt.Sprint(i, " first"))}
			if q.Measure == window.CPU || q.Alive {
				own = append(own, drawBook(t, fmt.Sprint(i, " second")))
			}
			queries, books, want = append(queries, q), append(books, own...), append(want, expected(q, own))
		}
		c.metrics = pages(cut(t, books)...)
		got, err := s.Read(t.Context(), queries)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
		for _, a := range want {
			if !a.Complete && err == nil {
				t.Fatal("want an error of the answer that is not complete")
			}
		}
	})
}
