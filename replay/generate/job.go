package generate

import (
	"math"
	"time"
)

// How much one run differs from the next: the standard deviations of the
// logarithms of length and height, and the longest delay in minutes.
const (
	lengthSpread = 0.15
	heightSpread = 0.1
	startSpread  = 3.0
)

// jobs are the scheduled jobs of a load.
type jobs struct {
	schedule []Job
	scale    float64
	chance   stream
	running  []run
}

// run is a job that is on: from and until are minutes.
type run struct{ from, until, height float64 }

func newJobs(seed uint64, p Profile) *jobs {
	return &jobs{schedule: p.Schedule, scale: p.Jobs, chance: newStream(seed, "jobs")}
}

// step gives what the jobs add in a minute; minutes come in order.
func (j *jobs) step(minute float64, local time.Time) float64 {
	for _, job := range j.schedule {
		if job.begins(minuteOfDay(local)) {
			j.start(job, minute)
		}
	}
	sum, n := 0.0, 0
	for _, r := range j.running {
		if r.until <= minute {
			continue
		}
		share := math.Min(r.until, minute+1) - math.Max(r.from, minute)
		sum += float64(r.height * math.Max(0, share))
		j.running[n] = r
		n++
	}
	j.running = j.running[:n]
	return float64(j.scale * sum)
}

func (j Job) begins(minuteOfDay int) bool {
	first, every := int(j.At/time.Minute), int(j.Every/time.Minute)
	since := minuteOfDay - first
	return since == 0 || every > 0 && since > 0 && since%every == 0
}

func (j *jobs) start(job Job, minute float64) {
	from := minute + float64(startSpread*j.chance.uniform())
	length := float64(inMinutes(job.Length) * exp(float64(lengthSpread*j.chance.normal())))
	height := float64(job.Height * exp(float64(heightSpread*j.chance.normal())))
	j.running = append(j.running, run{from, from + length, height})
}
