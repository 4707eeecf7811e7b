package rights_test

import (
	"fmt"
	"go/types"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/deployments/aws/rights"
)

const assumeRole = operation("sts.AssumeRole")

// simulating are the verbs whose clients reach nothing but a simulation in
// their own process; their code needs no right.
var simulating = []string{"demo"}

// TestTableIsTheCode compares the table with what the code of each verb
// reaches, in both directions.
func TestTableIsTheCode(t *testing.T) {
	p := load(t)
	p.sees(t)
	rows := map[string][]operation{}
	for _, name := range rights.Names() {
		policy := policyOf(t, name)
		rows[policy.Verb] = granted(policy)
	}
	reached := map[operation]bool{}
	for verb, named := range p.verbs(t) {
		if slices.Contains(simulating, verb) {
			continue
		}
		got := p.reached(named)
		if strings.HasPrefix(verb, "aws ") && !slices.Contains(rows[verb], assumeRole) {
			// What loads the credentials assumes a scope's role, and these have no scope.
			got = slices.DeleteFunc(got, func(op operation) bool { return op == assumeRole })
		}
		for _, op := range got {
			reached[op] = true
		}
		if diff := cmp.Diff(rows[verb], got); diff != "" {
			t.Errorf("autoscaler %s: want the operations of its row, got others by its code (-row +code):\n%s", verb, diff)
		}
		delete(rows, verb)
	}
	for verb := range rows {
		t.Errorf("row %q: there is no such verb", verb)
	}
	for op, files := range p.operations {
		if !reached[op] {
			t.Errorf("%s is referred to in %v, and no verb with a row reaches it", op, files)
		}
	}
}

// sees tries the kit itself: it must see what is there.
func (p *program) sees(t *testing.T) {
	t.Helper()
	for op, file := range map[operation]string{
		"autoscaling.SetDesiredCapacity": "actuator/asg/writer.go",
		"cloudwatch.GetMetricData":       "ingest/aws/source.go",
		assumeRole:                       "deployments/autoscaler/awsconfig.go", // by an interface
	} {
		if !slices.Contains(p.operations[op], file) {
			t.Errorf("%s: want it found in %s, got %v", op, file, p.operations[op])
		}
	}
}

// granted gives the operations of a policy, as the code names them.
func granted(policy rights.Policy) []operation {
	var all []operation
	for _, g := range policy.Grants {
		all = append(all, operation(g.Service+"."+g.Operation))
	}
	if policy.Assumes {
		all = append(all, assumeRole)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func policyOf(t *testing.T, name string) rights.Policy {
	t.Helper()
	policy, err := rights.Of(name)
	if err != nil {
		t.Fatal(err)
	}
	return policy
}

// verbs gives the types of all verbs by what is typed for them, from the
// fields of the command line's struct.
func (p *program) verbs(t *testing.T) map[string]*types.Named {
	t.Helper()
	at := slices.IndexFunc(p.packages, func(k *pkg) bool { return k.ImportPath == main })
	cli := p.packages[at].types.Scope().Lookup("cli").Type().(*types.Named)
	all := map[string]*types.Named{}
	var walk func(words string, of *types.Named)
	walk = func(words string, of *types.Named) {
		fields := of.Underlying().(*types.Struct)
		for i := range fields.NumFields() {
			tag := reflect.StructTag(fields.Tag(i))
			if _, isVerb := tag.Lookup("cmd"); !isVerb {
				continue
			}
			name := tag.Get("name")
			if name == "" {
				name = strings.ToLower(fields.Field(i).Name())
			}
			named := fields.Field(i).Type().(*types.Named)
			full := strings.TrimSpace(fmt.Sprintf("%s %s", words, name))
			all[full] = named
			walk(full, named)
		}
	}
	walk("", cli)
	if len(all) < 20 {
		t.Fatalf("want all verbs, got %d", len(all))
	}
	return all
}
