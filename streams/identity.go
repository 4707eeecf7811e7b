package streams

import "unicode/utf8"

// maxName is the longest name in bytes that an identity may hold. Auto Scaling
// group names end at 255 characters.
const maxName = 255

// GroupID names a group: a scope (an account and a region under a configured
// name, by default the region) and the group's own name, by default that of
// its Auto Scaling group.
type GroupID struct {
	Scope string `json:"scope"`
	Group string `json:"group"`
}

// String gives scope/group, for people and for the partition hash.
func (id GroupID) String() string { return id.Scope + "/" + id.Group }

// ID gives the identity itself, so that whatever embeds it has an identity.
func (id GroupID) ID() GroupID { return id }

func (id GroupID) check(c *checker) {
	c.name("scope", id.Scope)
	c.name("group", id.Group)
}

// SeriesID names a series of a group: a configured name that fixes metric,
// statistic and period.
type SeriesID struct {
	GroupID
	Series string `json:"series"`
}

// String gives scope/group/series.
func (id SeriesID) String() string { return id.GroupID.String() + "/" + id.Series }

func (id SeriesID) check(c *checker) {
	id.GroupID.check(c)
	c.name("series", id.Series)
}

func validName(s string) bool {
	return s != "" && len(s) <= maxName && utf8.ValidString(s)
}
