package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
)

// KnownModels lists the models that a policy may name.
func KnownModels() []string { return fold.Models() }

// decodeStrict decodes one YAML document that has no key which into lacks.
// Another one behind it would be read by nobody, and is an error.
func decodeStrict(text []byte, into any) error {
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(into); err != nil {
		if errors.Is(err, io.EOF) {
			return nil
		}
		return err
	}
	var next yaml.Node
	switch err := dec.Decode(&next); {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return err
	}
	return fmt.Errorf("line %d: there is a second document, after ---: want one", next.Line)
}

// child gives the value of a key of a mapping or of a document's mapping, or
// nil.
func child(node *yaml.Node, key string) *yaml.Node {
	if node == nil {
		return nil
	}
	if node.Kind == yaml.DocumentNode {
		if len(node.Content) == 0 {
			return nil
		}
		node = node.Content[0]
	}
	if node.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			return node.Content[i+1]
		}
	}
	return nil
}

// find gives the node of a dotted path, or nil. An index such as levels[2]
// finds the list.
func find(node *yaml.Node, path string) *yaml.Node {
	for key := range strings.SplitSeq(path, ".") {
		key, _, _ = strings.Cut(key, "[")
		if node = child(node, key); node == nil {
			return nil
		}
	}
	return node
}
