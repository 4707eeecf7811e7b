package rights_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/ml-autoscaling/autoscaler/deployments/aws"
	"github.com/ml-autoscaling/autoscaler/deployments/aws/rights"
)

// awsType is a type in a template, also one within another: a parameter that
// names something at AWS is looked up when the stack is planned.
var awsType = regexp.MustCompile(`AWS::[A-Za-z0-9]+::[A-Za-z0-9]+(::Value|::Id)?`)

// TestBehalfIsTheTemplates compares the types of what our templates make with
// those of the rows, in both directions.
func TestBehalfIsTheTemplates(t *testing.T) {
	parameters, resources, defaults := templateTypes(t)
	for name, want := range map[string]map[string]bool{"plan": parameters, "destroy": resources, "apply": union(parameters, resources)} {
		got := map[string]bool{}
		for _, b := range policyOf(t, name).Behalf {
			got[b.Type] = true
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("policy %s: want the types of the templates, got others (-templates +policy):\n%s", name, diff)
		}
	}
	text, err := policyOf(t, "apply").JSON(rights.Where{})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"RoleName", "ActuatorRoleName"} {
		if defaults[name] == "" || !strings.Contains(string(text), ":role/"+defaults[name]+`"`) {
			t.Errorf("policy apply: want the default of parameter %s, %q, as a role in it", name, defaults[name])
		}
	}
}

// templateTypes gives what parameters of the templates ask of AWS, the types of
// their resources, and the defaults of their parameters.
func templateTypes(t *testing.T) (parameters, resources map[string]bool, defaults map[string]string) {
	t.Helper()
	parameters, resources, defaults = map[string]bool{}, map[string]bool{}, map[string]string{}
	for _, name := range aws.Templates() {
		template, err := aws.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		var body struct {
			Parameters map[string]struct {
				Type    string `yaml:"Type"`
				Default string `yaml:"Default"`
			} `yaml:"Parameters"`
			Resources map[string]struct {
				Type string `yaml:"Type"`
			} `yaml:"Resources"`
		}
		if err := yaml.Unmarshal([]byte(template.Body), &body); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(template.Body, "!GetAZs") {
			parameters["Fn::GetAZs"] = true
		}
		for name, p := range body.Parameters {
			defaults[name] = p.Default
			for _, found := range awsType.FindAllString(p.Type, -1) {
				parameters[found] = true
			}
		}
		for _, r := range body.Resources {
			resources[r.Type] = true
		}
	}
	if len(resources) < 5 {
		t.Fatalf("want the resources of the templates, got %v", slices.Sorted(maps.Keys(resources)))
	}
	return parameters, resources, defaults
}

func union(a, b map[string]bool) map[string]bool {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}
