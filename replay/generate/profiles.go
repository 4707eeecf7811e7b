package generate

import (
	"slices"
	"time"
)

// Find gives a profile by its name, a copy of its own.
func Find(name string) (Profile, bool) {
	all := Profiles()
	i := slices.IndexFunc(all, func(p Profile) bool { return p.Name == name })
	if i < 0 {
		return Profile{}, false
	}
	return all[i], true
}

// Profiles gives all profiles, new copies, in the order in which they are
// listed. Where one says which recorded trace it was set beside, it shares with
// it the share of a weekend, the range of a day, how alike neighbours are, and
// the size of the noise, all within what a test of this package allows.
func Profiles() []Profile {
	return []Profile{office(), shop(), media(), batch(), crowds(), quiet(), growth(), hostile()}
}

// steady is what profiles have in common: a load that has everything in
// measure.
func steady() Profile {
	return Profile{
		Timezone: "UTC", Base: 100,
		Workday:    Shape{{1, 15}, {0.35, 11.5}, {0.1, 3}},
		WeekendDay: Shape{{1, 17}, {0.3, 0.5}},
		Daily:      6, Weekend: 0.8, WeekendDaily: 4,
		Holidays: []string{"01-01", "05-01", "12-25", "12-26"}, HolidayLevel: 0.9,
		Wander: 0.08, WanderMemory: 8 * time.Hour,
		Noise: 0.03, NoiseMemory: 5 * time.Minute, Volatility: 0.3,
		Dispersion: 2, Jobs: 1,
		Flash: 0.3, FlashSize: 1, FlashRise: 5 * time.Minute, FlashDecay: 20 * time.Minute,
		Shifts: 0.1, ShiftSize: 0.2,
		Deploys: 3, DeploySize: 0.08, BadDeploys: 0.05, BadCost: 1.6, BadFor: 45 * time.Minute,
		Drop: 0.0005, Outages: 0.05, OutageFor: 20 * time.Minute,
		Late: 0.002, LateBy: 2 * time.Minute, Stalls: 0.1, StallFor: 10 * time.Minute,
	}
}

func office() Profile {
	p := steady()
	p.Name, p.About = "office", "an application that people work with: nine to six, a lunch, empty weekends"
	p.Timezone = "Europe/Berlin"
	p.Workday = Shape{{1, 13.6}, {0.3, 8}, {0.14, 0.5}, {0.2, 4}, {0.1, 1.2}}
	p.WeekendDay = Shape{{1, 15}, {0.3, 9}}
	p.Daily, p.Weekend, p.WeekendDaily = 28, 0.4, 8
	p.Base, p.Wander, p.WanderMemory = 150, 0.3, 5*time.Hour
	p.Noise, p.NoiseMemory, p.Volatility = 0.28, 4*time.Minute, 0.4
	p.HolidayLevel = 0.8
	return p
}

func shop() Profile {
	p := steady()
	p.Name, p.About = "shop", "a web shop: busiest in the evening and on weekends, campaigns, two deploys a day"
	p.Timezone = "America/New_York"
	p.Workday = Shape{{1, 16.5}, {0.45, 8.9}, {0.18, 4.7}, {0.06, 2.8}}
	p.WeekendDay = Shape{{1, 16}, {0.4, 8}, {0.1, 4.5}}
	p.Daily, p.Weekend, p.WeekendDaily = 9, 1.15, 8
	p.Base, p.Dispersion = 400, 3
	p.Holidays, p.HolidayLevel = []string{"12-25"}, 0.45
	p.Flash, p.FlashSize, p.FlashRise, p.FlashDecay = 1.5, 1.2, 4*time.Minute, 15*time.Minute
	p.Growth, p.Deploys = 0.5, 10
	return p
}

func media() Profile {
	p := steady()
	p.Name, p.About = "media", "news and video: prime time, and a crowd within minutes where something happens"
	p.Timezone = "Europe/London"
	p.Workday = Shape{{0.97, 18}, {0.4, 12.7}, {0.08, 2.5}, {0.06, 5.2}}
	p.WeekendDay = Shape{{0.88, 17.5}, {0.41, 12.3}, {0.12, 2.4}, {0.08, 4.9}}
	p.Daily, p.Weekend, p.WeekendDaily = 8, 1.05, 8
	p.Base, p.Wander = 1000, 0.1
	p.Flash, p.FlashSize, p.FlashRise, p.FlashDecay = 4, 1, 3*time.Minute, 30*time.Minute
	return p
}

func batch() Profile {
	p := steady()
	p.Name, p.About = "batch", "scheduled work: a night run, a job every hour and one every quarter; hardly a season"
	p.Workday, p.WeekendDay = Shape{{1, 14}}, Shape{{1, 14}}
	p.Timezone = "Europe/Berlin"
	p.Daily, p.Weekend, p.WeekendDaily = 1.4, 0.9, 1.2
	p.Base, p.Wander, p.Noise, p.Flash = 60, 0.05, 0.02, 0
	p.Schedule = []Job{
		{At: 2*time.Hour + 30*time.Minute, Length: 150 * time.Minute, Height: 6},
		{At: 10 * time.Minute, Every: time.Hour, Length: 12 * time.Minute, Height: 0.8},
		{Every: 15 * time.Minute, Length: 3 * time.Minute, Height: 0.4},
		{At: 18 * time.Hour, Length: 40 * time.Minute, Height: 3},
	}
	p.Holidays = nil
	return p
}

func crowds() Profile {
	p := steady()
	p.Name, p.About = "flash", "flash crowds, one or two a day, up to many times the usual within minutes"
	p.Daily, p.Weekend, p.WeekendDaily = 3, 1, 3
	p.Base = 80
	p.Flash, p.FlashSize, p.FlashRise, p.FlashDecay = 10, 3, 3*time.Minute, 25*time.Minute
	return p
}

func quiet() Profile {
	p := steady()
	p.Name, p.About = "quiet", "a small site, 42 requests a minute: chance is most of it; as NASA's web server in 1995"
	p.Timezone = "America/New_York"
	p.Workday = Shape{{0.63, 14.7}, {0.22, 11.5}, {0.13, 0.6}, {0.06, 3.5}}
	p.WeekendDay = Shape{{0.46, 17.9}, {0.22, 12}, {0.07, 1}}
	p.Daily, p.Weekend, p.WeekendDaily = 4.5, 0.57, 3
	p.Base = 0.8
	p.Wander, p.WanderMemory, p.Dispersion = 0.25, 6*time.Hour, 3.5
	p.Noise, p.NoiseMemory = 0.12, 4*time.Minute
	p.Holidays = []string{"01-01", "07-04", "12-25"}
	return p
}

func growth() Profile {
	p := steady()
	p.Name, p.About = "growth", "a young product: five percent more every week, shifts of the level, many deploys"
	p.Growth = 5
	p.Shifts, p.ShiftSize = 0.5, 0.3
	p.Deploys, p.DeploySize, p.BadDeploys = 15, 0.12, 0.08
	p.Base = 40
	return p
}

func hostile() Profile {
	p := steady()
	p.Name, p.About = "hostile", "everything at once, and worse metrics than anybody has: for tests of what holds"
	p.Timezone = "Europe/Berlin"
	p.Daily, p.Weekend, p.WeekendDaily = 12, 0.5, 6
	p.Growth = 2
	p.Wander, p.Noise, p.Volatility, p.Dispersion = 0.25, 0.12, 0.7, 6
	p.Schedule = []Job{{At: 2*time.Hour + 30*time.Minute, Length: time.Hour, Height: 2}}
	p.Flash, p.FlashSize, p.FlashRise, p.FlashDecay = 7, 3, 2*time.Minute, 15*time.Minute
	p.Shifts, p.ShiftSize = 2, 0.6
	p.Deploys, p.DeploySize, p.BadDeploys, p.BadCost = 10, 0.3, 0.2, 2.5
	p.Drop, p.Outages, p.OutageFor = 0.03, 2, 40*time.Minute
	p.Late, p.LateBy, p.Stalls, p.StallFor = 0.1, 4*time.Minute, 3, 15*time.Minute
	return p
}
