package aws_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	ingestaws "github.com/ml-autoscaling/autoscaler/ingest/aws"
)

// Pages go on until there is none, and end at an error and at a page that leads
// to itself.
func TestPages(t *testing.T) {
	refused := errors.New("refused")
	for name, test := range map[string]struct {
		next  map[string]string // token by token
		fails string
		asked []string
		err   bool
	}{
		"one":    {asked: []string{""}},
		"three":  {next: map[string]string{"": "a", "a": "b"}, asked: []string{"", "a", "b"}},
		"circle": {next: map[string]string{"": "a", "a": "a"}, asked: []string{"", "a"}, err: true},
		"error":  {next: map[string]string{"": "a", "a": "b"}, fails: "a", asked: []string{"", "a"}, err: true},
	} {
		var asked []string
		err := ingestaws.Pages(func(token *string) (*string, error) {
			at := aws.ToString(token)
			if asked = append(asked, at); len(asked) > 9 {
				return nil, nil
			}
			if at != "" && at == test.fails {
				return nil, refused
			}
			if next, ok := test.next[at]; ok {
				return &next, nil
			}
			return nil, nil
		})
		if !slices.Equal(asked, test.asked) || (err != nil) != test.err || test.fails != "" && !errors.Is(err, refused) {
			t.Errorf("%s: asked %q, %v", name, asked, err)
		}
	}
}
