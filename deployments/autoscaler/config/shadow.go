package config

import (
	"maps"

	"go.yaml.in/yaml/v3"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// withShadows gives a policy the shadows that sections name, the later ones
// over those before: the scaling of each is the policy's own but for the keys
// that are given.
func withShadows(p streams.Policy, sections ...*yaml.Node) (streams.Policy, error) {
	p.Shadows = nil
	for _, section := range sections {
		named := child(section, "shadows")
		if named == nil || named.Kind != yaml.MappingNode {
			continue
		}
		for i := 0; i+1 < len(named.Content); i += 2 {
			name := named.Content[i].Value
			s, known := p.Shadows[name]
			if !known {
				s.Scaling = p.Scaling
			}
			if err := named.Content[i+1].Decode(&s); err != nil {
				return p, err
			}
			if p.Shadows == nil {
				p.Shadows = map[string]streams.Shadow{}
			}
			p.Shadows[name] = s
		}
	}
	return p, nil
}

// eachScaling gives a policy whose scaling, and that of its shadows, is what
// change makes of it.
func eachScaling(p streams.Policy, change func(streams.ScalingPolicy) streams.ScalingPolicy) streams.Policy {
	p.Scaling = change(p.Scaling)
	p.Shadows = maps.Clone(p.Shadows)
	for name, s := range p.Shadows {
		s.Scaling = change(s.Scaling)
		p.Shadows[name] = s
	}
	return p
}
