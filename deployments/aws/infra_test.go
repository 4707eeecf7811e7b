package aws_test

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/ml-autoscaling/autoscaler/deployments/aws"
)

// The drawing names what the templates make, by its default name, stands alone,
// and is XML.
func TestDrawingIsOfTheTemplates(t *testing.T) {
	text, err := os.ReadFile("infra.svg")
	if err != nil {
		t.Fatal(err)
	}
	drawn := string(text)
	for dec := xml.NewDecoder(strings.NewReader(drawn)); ; {
		if _, err := dec.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	names := 0
	for _, template := range aws.Templates() {
		read, err := aws.Read(template)
		if err != nil {
			t.Fatal(err)
		}
		if stack := "ml-autoscaling-" + template; !strings.Contains(drawn, ">"+stack+"<") {
			t.Errorf("stack %s is not in the drawing", stack)
		}
		for _, p := range read.Parameters {
			name := p.Default
			if !strings.HasSuffix(p.Name, "Name") || name == nil {
				continue
			}
			names++
			if !strings.Contains(drawn, ">"+*name+"<") {
				t.Errorf("%s of the %s template is %s by default, and not in the drawing", p.Name, template, *name)
			}
		}
	}
	if names < 6 {
		t.Errorf("want the names of group, launch template, alarm, security group and two roles, got %d", names)
	}
	for _, foreign := range []string{"href", "url(http", "<image", "@import"} {
		if strings.Contains(drawn, foreign) {
			t.Errorf("the drawing needs something from elsewhere: %s", foreign)
		}
	}
}
