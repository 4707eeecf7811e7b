package awssim

// maxWeight is AWS's bound on the weight of an instance type.
const maxWeight = 999

// units gives what instances count for, in capacity units.
func (g Group) units(instances int) int { return instances * max(1, g.Weight) }

// instances gives the fewest instances that make up so many capacity units.
func (g Group) instances(units int) int {
	weight := max(1, g.Weight)
	return (units + weight - 1) / weight
}

// mostUnits is what the world has at most, in capacity units.
func (g Group) mostUnits() int { return g.units(g.World.Config().Load.MaxDesired()) }
