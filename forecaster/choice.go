package forecaster

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// mostChoices bounds the names that a refusal lists.
const mostChoices = 8

// groupsOf gives the groups that there are, sorted by scope and name.
func groupsOf(states map[streams.GroupID]streams.State) []streams.GroupID {
	return slices.SortedFunc(maps.Keys(states), func(a, b streams.GroupID) int {
		return cmp.Or(strings.Compare(a.Scope, b.Scope), strings.Compare(a.Group, b.Group))
	})
}

// choose gives the group that a request means: the only one that fits.
func choose(groups []streams.GroupID, req streams.PredictionRequest) (streams.GroupID, *streams.PredictionError) {
	var fits []streams.GroupID
	for _, id := range groups {
		if (req.Scope == "" || id.Scope == req.Scope) && (req.Group == "" || id.Group == req.Group) {
			fits = append(fits, id)
		}
	}
	field := "group"
	if req.Group != "" && req.Scope == "" && len(fits) > 1 {
		field = "scope"
	}
	switch {
	case len(groups) == 0:
		return streams.GroupID{}, &streams.PredictionError{Code: 503, Message: "no group was seen yet"}
	case len(fits) == 0:
		asked := strings.Trim(streams.Excerpt(req.Scope)+"/"+streams.Excerpt(req.Group), "/")
		return streams.GroupID{}, &streams.PredictionError{Code: 404, Field: field,
			Message: fmt.Sprintf("no group %q, there is %s", asked, list(groups))}
	case len(fits) > 1:
		return streams.GroupID{}, &streams.PredictionError{Code: 400, Field: field, Message: "name one of " + list(fits)}
	}
	return fits[0], nil
}

// list names the first few groups, as scope/group.
func list(ids []streams.GroupID) string {
	var names []string
	for _, id := range ids[:min(mostChoices, len(ids))] {
		names = append(names, id.String())
	}
	if more := len(ids) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(names, ", ")
}
