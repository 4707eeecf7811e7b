package fans

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/evaluation"
	"github.com/ml-autoscaling/autoscaler/replay/report/drawing"
)

// page is what the template shows.
type page struct {
	Title, Command, Version, Subtitle string
	Notes                             []string
	Methods                           []methodRow
	Findings                          []remark
	Strip                             *strip
	Reliability                       []curves
	Series                            []seriesView
	Few                               bool // so few series that each is unfolded
}

// methodRow is a method in the table. What is best of a column is marked.
type methodRow struct {
	Class, Name string
	Cells       []cell
}

type cell struct {
	Label, Text, Aside string
	Best               bool
}

// seriesView is one series.
type seriesView struct {
	ID, Name, Set, Facts string
	Fan, Close, Cold     *fanView
	Lead, ColdLead       string
	Overview             *overview
	Mix                  *mixView
	Scores               []methodRow
	Verdict              remark
	Folded               bool // until somebody opens it
}

// remark is what is said of a method.
type remark struct{ Method, Text string }

// few is how many series are unfolded beside each other.
const few = 3

func newPage(r Report) page {
	p := page{
		Title: r.Title, Command: r.Command, Version: r.Version, Notes: r.Notes, Few: len(r.Series) <= few,
		Subtitle: subtitle(r), Methods: methodRows(r), Strip: newStrip(r), Reliability: reliability(r),
	}
	if p.Title == "" {
		p.Title = "Forecasts of " + drawing.Count(len(r.Series), "series", "series")
	}
	for _, c := range r.Contrasts {
		p.Findings = append(p.Findings, finding(c))
	}
	for i, s := range r.Series {
		p.Series = append(p.Series, newSeries(r, s, fmt.Sprintf("s%d", i+1)))
	}
	return p
}

func subtitle(r Report) string {
	return fmt.Sprintf("Every value after the first history of a series is an origin, from which the next %s are forecast. "+
		"Pinball loss is the mean over %d quantiles and all steps; relative to repeating the day before (1), less is better.",
		drawing.Count(r.Horizon, "value", "values"), len(evaluation.Levels()))
}

// finding words how a method stands to what it is compared with.
func finding(c evaluation.Contrast) remark {
	against := strings.Join(c.Others, ", ")
	if len(c.Others) > 1 {
		against = "the best of " + against + " in hindsight"
	}
	text := fmt.Sprintf("is better than %s on %d of %s, with %s times its loss in the geometric mean.", against, c.Better,
		drawing.Count(len(c.Series), "series", "series"), figure(c.Ratio))
	if len(c.Series) > 0 && c.Series[0].Ratio >= 1 {
		worst := c.Series[0] // they come first
		text += fmt.Sprintf(" At worst it has %s times the loss, on %s.", figure(worst.Ratio), worst.ID)
	}
	return remark{c.Method, text}
}

func newSeries(r Report, s Series, id string) seriesView {
	v := seriesView{ID: id, Name: s.ID, Set: s.Set, Scores: scoreRows(s.Scores), Folded: len(r.Series) > few}
	v.Facts = fmt.Sprintf("%s from %s UTC, one every %s", drawing.Count(len(s.Test), "value", "values"), s.Start.Format(minuteForm), strings.TrimPrefix(duration(s.Period), "1\u00a0"))
	v.Verdict = verdict(r.Pictured, s.Scores)
	if s.Fan != nil {
		v.Lead = duration(time.Duration(s.Fan.Lead) * s.Fan.Period)
		v.Fan = newFan(s.Fan, fmt.Sprintf("%s and its forecast by %s, %s ahead", s.ID, r.Pictured, v.Lead))
		v.Overview = newOverview(s)
	}
	if s.Close != nil {
		v.Close = newFan(s.Close, fmt.Sprintf("Single forecasts of %s by %s", s.ID, r.Pictured))
	}
	if s.Cold != nil {
		v.ColdLead = duration(time.Duration(s.Cold.Lead) * s.Cold.Period)
		v.Cold = newFan(s.Cold, fmt.Sprintf("The first day of %s and its forecast by %s", s.ID, r.Pictured))
	}
	if s.Mix != nil {
		v.Mix = newMix(s.Mix)
	}
	return v
}

// verdict says how the method that is drawn did among all.
func verdict(method string, scores []Score) remark {
	at := slices.IndexFunc(scores, func(s Score) bool { return s.Method == method })
	if at < 0 {
		return remark{}
	}
	own, place := scores[at], 1
	for _, s := range scores {
		if s.Pinball < own.Pinball {
			place++
		}
	}
	return remark{method, fmt.Sprintf("has %s times the loss of repeating the day before, place %d of %d; %s of values are within its 80 %% band.",
		figure(own.Pinball), place, len(scores), share(own.Cov80))}
}

const minuteForm = "2 Jan 2006 15:04"

// duration words a lead or a period.
func duration(d time.Duration) string {
	if d%time.Hour == 0 {
		return drawing.Count(int(d/time.Hour), "hour", "hours")
	}
	if d%time.Minute == 0 {
		return drawing.Count(int(d/time.Minute), "minute", "minutes")
	}
	return drawing.Count(int(d/time.Second), "second", "seconds")
}
