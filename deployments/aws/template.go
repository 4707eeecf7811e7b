package aws

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/template"

	"go.yaml.in/yaml/v3"

	"github.com/ml-autoscaling/autoscaler/deployments/aws/rights"
)

//go:embed templates
var templates embed.FS

// Template is a CloudFormation template as AWS gets it.
type Template struct {
	// Name is target or controller.
	Name string
	// Body is the text, YAML.
	Body string
	// Parameters are what may be set, in the order of the text.
	Parameters []Parameter
}

// Templates gives the names of the templates.
func Templates() []string { return []string{"target", "controller"} }

// Read gives the template of that name: with the policies that package rights
// writes, and with the script that sets a host up.
func Read(name string) (Template, error) {
	if !slices.Contains(Templates(), name) {
		return Template{}, fmt.Errorf("read template %q: want one of %s", name, strings.Join(Templates(), ", "))
	}
	body, err := render(name + ".yaml")
	if err != nil {
		return Template{}, fmt.Errorf("read template %s: %w", name, err)
	}
	var document struct {
		Parameters yaml.Node `yaml:"Parameters"`
	}
	if err := yaml.Unmarshal([]byte(body), &document); err != nil {
		return Template{}, fmt.Errorf("read template %s: %w", name, err)
	}
	t := Template{Name: name, Body: body}
	for i := 0; i+1 < len(document.Parameters.Content); i += 2 {
		p := Parameter{Name: document.Parameters.Content[i].Value}
		if err := document.Parameters.Content[i+1].Decode(&p); err != nil {
			return Template{}, fmt.Errorf("read template %s: parameter %s: %w", name, p.Name, err)
		}
		t.Parameters = append(t.Parameters, p)
	}
	return t, nil
}

// render fills in what a template does not say itself.
func render(file string) (string, error) {
	functions := template.FuncMap{"rights": policyOf, "script": script}
	parsed, err := template.New(file).Delims("[[", "]]").Funcs(functions).ParseFS(templates, "templates/"+file)
	if err != nil {
		return "", err
	}
	var body strings.Builder
	if err := parsed.Execute(&body, nil); err != nil {
		return "", err
	}
	return body.String(), nil
}

// policyOf writes a policy as one line. With operations given it has these of
// its grants only.
func policyOf(name string, operations ...string) (string, error) {
	p, err := rights.Of(name)
	if err != nil {
		return "", err
	}
	if len(operations) > 0 {
		p.Grants = slices.DeleteFunc(slices.Clone(p.Grants), func(g rights.Grant) bool { return !slices.Contains(operations, g.Operation) })
	}
	return p.Template()
}

// script gives the lines of the user data behind the exports, as one JSON
// string: a literal of YAML too, in which nothing is substituted.
func script() (string, error) {
	text, err := templates.ReadFile("templates/userdata.sh")
	if err != nil {
		return "", err
	}
	quoted, err := json.Marshal(string(text))
	return string(quoted), err
}
