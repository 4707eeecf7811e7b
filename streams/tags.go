package streams

// Tags of an Auto Scaling group. They are written with an operator's own
// credentials when the group is attached, and by no component.
const (
	// ManagedTag, with the value true, is what ingest finds groups by.
	ManagedTag = "ml-autoscaling/managed"
	// ModeTag holds the Mode that the group's operator allows: the actuator
	// sets no capacity of a group whose tag is not desired, whatever its policy
	// says.
	ModeTag = "ml-autoscaling/mode"
	// BaselineMinTag holds the group's min as it was when it was attached, to be
	// restored when it is detached.
	BaselineMinTag = "ml-autoscaling/baseline-min"
)
