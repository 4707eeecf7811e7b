package rights_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ml-autoscaling/autoscaler/deployments/aws/rights"
)

// mostDocument is how many characters IAM takes in a managed policy, white
// space not counted.
const mostDocument = 6144

// TestLint has cfn-lint, which knows the names of IAM's actions, read every
// policy in a template.
func TestLint(t *testing.T) {
	cfnLint, err := exec.LookPath("cfn-lint")
	if err != nil {
		t.Skip("cfn-lint is missing: the names of actions are not checked against those that IAM knows")
	}
	policies := map[string]string{}
	for _, name := range rights.Names() {
		if policy := policyOf(t, name); len(policy.Actions()) > 0 {
			line, err := policy.Template()
			if err != nil {
				t.Fatal(err)
			}
			policies[name] = line
		}
	}
	if out, err := lint(t, cfnLint, policies); err != nil {
		t.Errorf("cfn-lint: %v\n%s", err, out)
	}
	// That it says nothing counts for something only if it would.
	wrong := strings.Replace(policies["actuator"], "SetDesiredCapacity", "SetDesireCapacity", 1)
	if out, err := lint(t, cfnLint, map[string]string{"wrong": wrong}); err == nil || !strings.Contains(out, "W3037") {
		t.Errorf("an action that IAM does not know: want cfn-lint to say W3037, got %v: %s", err, out)
	}
}

// lint runs cfn-lint on a template of managed policies.
func lint(t *testing.T, cfnLint string, policies map[string]string) (string, error) {
	t.Helper()
	resources := map[string]any{}
	for name, line := range policies {
		resources["Policy"+name] = map[string]any{
			"Type":       "AWS::IAM::ManagedPolicy",
			"Properties": map[string]any{"PolicyDocument": json.RawMessage(line)},
		}
	}
	text, err := json.Marshal(map[string]any{"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "policies.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), cfnLint, "--regions", "us-east-1", "eu-west-1", "--template", path).CombinedOutput()
	return string(out), err
}

// TestSize holds every policy to what IAM takes.
func TestSize(t *testing.T) {
	for _, name := range rights.Names() {
		policy := policyOf(t, name)
		if len(policy.Actions()) == 0 {
			continue
		}
		text, err := policy.JSON(rights.Where{Partition: "aws-us-gov", Account: "111122223333", Region: "us-gov-west-1"})
		if err != nil {
			t.Fatal(err)
		}
		if n := len(strings.Join(strings.Fields(string(text)), "")); n > mostDocument {
			t.Errorf("policy %s: want at most %d characters, got %d", name, mostDocument, n)
		}
	}
}
