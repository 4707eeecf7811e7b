package rights_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/deployments/aws/rights"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestDocuments holds every policy as it is printed, and as it stands in a
// template, to a file that is read before it is committed.
func TestDocuments(t *testing.T) {
	for _, name := range rights.Names() {
		p, err := rights.Of(name)
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Actions()) == 0 {
			if _, err := p.JSON(rights.Where{}); err == nil {
				t.Errorf("policy %s allows nothing: want an error, for IAM takes no empty document", name)
			}
			continue
		}
		text, err := p.JSON(rights.Where{Account: "111122223333", Region: "eu-west-1"})
		if err != nil {
			t.Fatal(err)
		}
		line, err := p.Template()
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name+".json", string(text))
		golden(t, name+".template.json", line+"\n")
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s: want the file's, got other words (-want +got):\n%s", path, diff)
	}
}
