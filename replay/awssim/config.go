package awssim

import "time"

// Config says which AWS is simulated. The zero value is usable.
type Config struct {
	// Region and Account name where the groups live; eu-west-1 and
	// 111122223333 where empty.
	Region, Account string
	// Now is the clock of the simulated AWS; time.Now where nil. It is called
	// by many goroutines.
	Now func() time.Time
	// DescribeLag is how old a description of a group is.
	DescribeLag time.Duration
	// PageSize is the most groups, or activities, on a page: 1 to 100, and 100
	// where it is 0.
	PageSize int
	// PageDatapoints is the most datapoints on a page of GetMetricData: 1 to
	// 100,800, and 100,800 where it is 0.
	PageDatapoints int
	// Rate is how many calls of Auto Scaling a second the account may make in
	// the long run, all operations together, and Burst how many at once. A Rate
	// of 0 is unlimited. The bucket is refilled by Now.
	Rate, Burst float64
}

const (
	// maxPage is AWS's bound on MaxRecords, and defaultPage what it takes
	// where a request names none.
	maxPage     = 100
	defaultPage = 50
	// maxDatapoints is AWS's bound on MaxDatapoints.
	maxDatapoints = 100_800
)

func (c Config) withDefaults() Config {
	if c.Region == "" {
		c.Region = "eu-west-1"
	}
	if c.Account == "" {
		c.Account = "111122223333"
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.PageSize <= 0 || c.PageSize > maxPage {
		c.PageSize = maxPage
	}
	if c.PageDatapoints <= 0 || c.PageDatapoints > maxDatapoints {
		c.PageDatapoints = maxDatapoints
	}
	return c
}
