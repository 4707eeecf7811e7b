package aws_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/ml-autoscaling/autoscaler/deployments/aws"
	"github.com/ml-autoscaling/autoscaler/deployments/aws/rights"
)

// tree is a parsed template: maps, lists and scalars, with functions in their
// long form.
type tree = map[string]any

// policy wants a document to be what package rights writes.
func policy(t *testing.T, what string, got any, name string) {
	t.Helper()
	p, err := rights.Of(name)
	if err != nil {
		t.Fatal(err)
	}
	text, err := p.Template()
	if err != nil {
		t.Fatal(err)
	}
	var want, have any
	written, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	for text, into := range map[string]*any{text: &want, string(written): &have} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			t.Fatal(err)
		}
	}
	equal(t, what, have, want)
}

// read gives a template and its tree.
func read(t *testing.T, name string) (aws.Template, tree) {
	t.Helper()
	template, err := aws.Read(name)
	if err != nil {
		t.Fatal(err)
	}
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(template.Body), &node); err != nil {
		t.Fatal(err)
	}
	return template, plain(t, node.Content[0]).(tree)
}

// plain makes a tree of a node, with functions in their long form.
func plain(t *testing.T, n *yaml.Node) any {
	t.Helper()
	tag := n.Tag
	if strings.HasPrefix(tag, "!!") {
		tag = ""
	}
	var value any
	switch n.Kind {
	case yaml.MappingNode:
		m := tree{}
		for i := 0; i < len(n.Content); i += 2 {
			m[n.Content[i].Value] = plain(t, n.Content[i+1])
		}
		value = m
	case yaml.SequenceNode:
		list := []any{}
		for _, c := range n.Content {
			list = append(list, plain(t, c))
		}
		value = list
	default:
		if tag != "" {
			value = n.Value
		} else if err := n.Decode(&value); err != nil {
			t.Fatal(err)
		}
	}
	switch tag {
	case "":
		return value
	case "!Ref":
		return tree{"Ref": value}
	}
	return tree{"Fn::" + strings.TrimPrefix(tag, "!"): value}
}

func ref(name string) any { return tree{"Ref": name} }
func att(name string) any { return tree{"Fn::GetAtt": name} }

// resource gives the properties of a resource of a type.
func resource(t *testing.T, document tree, name, kind string) tree {
	t.Helper()
	equal(t, name, at(document, "Resources", name, "Type"), kind)
	properties, _ := at(document, "Resources", name, "Properties").(tree)
	return properties
}

// at gives what lies at a path of keys and indices; nil where nothing does.
func at(value any, path ...any) any {
	for _, step := range path {
		switch v := value.(type) {
		case tree:
			value = v[fmt.Sprint(step)]
		case []any:
			i, ok := step.(int)
			if !ok || i >= len(v) {
				return nil
			}
			value = v[i]
		default:
			return nil
		}
	}
	return value
}

// walk visits every key of a tree.
func walk(value any, path string, visit func(path, key string, value any)) {
	switch v := value.(type) {
	case tree:
		for key, below := range v {
			visit(path+"."+key, key, below)
			walk(below, path+"."+key, visit)
		}
	case []any:
		for i, below := range v {
			walk(below, fmt.Sprintf("%s[%d]", path, i), visit)
		}
	}
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s (-want +got):\n%s", what, cmp.Diff(want, got))
	}
}
