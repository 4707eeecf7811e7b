package streams_test

import (
	"encoding/json"
	"io"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// module is the path that every package of ours begins with.
const module = "github.com/ml-autoscaling/autoscaler/"

// pureFolders hold what folds, computes and decides; all below them is pure,
// and so is package streams itself.
var pureFolders = []string{
	"ingest/window", "forecaster/fold", "forecaster/model", "forecaster/combine", "forecaster/calibrate", "forecaster/score", "forecaster/evaluation",
	"decider/policy", "actuator/plan", "replay/trace", "replay/fleet", "replay/rivals", "replay/sim", "replay/compare", "replay/backtest", "replay/generate", "replay/report",
}

// components are the folders whose shells do not know each other.
var components = []string{"ingest", "forecaster", "decider", "actuator", "replay"}

// listed is what the go tool says about a package.
type listed struct {
	ImportPath, Name, Dir string
	Standard              bool
	Imports               []string // its own
	Deps                  []string // and theirs, all the way down
}

// TestImports holds the directions in which packages may depend on each other.
// Test files are free.
func TestImports(t *testing.T) {
	standard := map[string]bool{}
	var ours []listed
	for _, p := range listPackages(t) {
		standard[p.ImportPath] = p.Standard
		if strings.HasPrefix(p.ImportPath, module) {
			ours = append(ours, p)
		}
	}
	if len(ours) < 3 {
		t.Fatalf("want the packages of this module, got %d", len(ours))
	}
	for _, p := range ours {
		path := strings.TrimPrefix(p.ImportPath, module)
		for _, dep := range p.Deps {
			if why := badDep(path, dep, standard[dep]); why != "" {
				t.Errorf("%s depends on %s: %s", path, dep, why)
			}
		}
		for _, imp := range p.Imports {
			if why := badImport(path, p.Name, strings.TrimPrefix(imp, module)); why != "" && strings.HasPrefix(imp, module) {
				t.Errorf("%s imports %s: %s", path, imp, why)
			}
		}
		if (within(path, "forecaster") || within(path, "decider")) && dependsBelow(p, "github.com/aws/") {
			t.Errorf("%s depends on AWS code: what forecasts and decides can reach nothing there, and needs no right", path)
		}
		if !within(path, "deployments") && dependsBelow(p, "github.com/aws/") && dependsBelow(p, "github.com/nats-io/") {
			t.Errorf("%s depends on both AWS and NATS: adapters do not import NATS, shells do not import AWS", path)
		}
	}
}

// TestImportRules tries the rules themselves on made-up packages.
func TestImportRules(t *testing.T) {
	for _, test := range []struct {
		path, dep string
		ok        bool
	}{
		{"streams", "encoding/json", true},
		{"streams", "gonum.org/v1/gonum/stat", false},
		{"streams", module + "decider/policy", false},
		{"streams/topology", "github.com/nats-io/nats.go", true},
		{"decider/policy", module + "streams", true},
		{"decider/policy", module + "streams/partition", false},
		{"decider/policy", module + "forecaster", false},
		{"decider/policy", "net/http", false},
		{"decider/policy", "net", false},
		{"decider/policy", "net/netip", true},
		{"forecaster/model/arima", "gonum.org/v1/gonum/optimize", true},
		{"forecaster/model/arima", "gonum.org/v1/plot", false},
		{"forecaster/model/arima", "github.com/rs/zerolog", false},
		{"forecaster/model/modeltest", "pgregory.net/rapid", true},
		{"forecaster/model/naive", module + "forecaster/model/modeltest", false},
		{"forecaster/modeling", "github.com/rs/zerolog", true},
		{"replay/report", module + "replay/backtest", true},
		{"replay/backtest", "github.com/rs/zerolog", false},
	} {
		isStandard := !strings.Contains(test.dep, ".")
		if why := badDep(test.path, test.dep, isStandard); (why == "") != test.ok {
			t.Errorf("%s on %s: want ok = %v, got %q", test.path, test.dep, test.ok, why)
		}
	}
	for _, test := range []struct {
		path, name, imported string
		ok                   bool
	}{
		{"deployments/autoscaler", "main", "forecaster", true},
		{"deployments/autoscaler", "main", "streams/embedded", true},
		{"deployments/autoscaler/config", "config", "streams/embedded", false},
		{"streams/embedded/servertest", "servertest", "streams/embedded", true},
		{"forecaster", "forecaster", "streams/embedded", false},
		{"forecaster", "forecaster", "streams/partition", true},
		{"forecaster", "forecaster", "forecaster/fold", true},
		{"forecaster", "forecaster", "decider", false},
		{"forecaster", "forecaster", "decider/policy", true},
		{"ingest", "ingest", "deployments/autoscaler/config", false},
		{"streams/partition", "partition", "forecaster/fold", false},
		{"replay", "replay", "replay/sim", true},
		{"replay", "replay", "replay/recording", true},
		{"replay", "replay", "ingest/aws", false},
		{"replay/awssim", "awssim", "replay/fleet", true},
		{"replay/awssim", "awssim", "streams", true},
		{"replay/awssim", "awssim", "decider/policy", false},
	} {
		if why := badImport(test.path, test.name, test.imported); (why == "") != test.ok {
			t.Errorf("%s importing %s: want ok = %v, got %q", test.path, test.imported, test.ok, why)
		}
	}
}

// badDep says why a package must not depend on another, however indirectly.
func badDep(path, dep string, standard bool) string {
	own, inModule := strings.CutPrefix(dep, module)
	switch {
	case !isPure(path):
		return ""
	case dep == "net", dep == "net/http":
		return "a pure package reaches no network"
	case standard:
		return ""
	case path == "streams":
		return "the contract has the standard library only"
	case strings.HasPrefix(dep, "gonum.org/v1/gonum/"), inModule && isPure(own):
		return ""
	}
	return "a pure package has the standard library, gonum and pure packages only"
}

// badImport says why a package of ours must not import another of ours.
func badImport(path, name, imported string) string {
	from, to := component(path), component(imported)
	switch {
	case within(imported, "deployments") && !within(path, "deployments"):
		return "dependencies run from the mains down"
	case imported == "streams/embedded" && name != "main" && !within(path, "streams/embedded"):
		return "only a main decides where its server runs"
	case within(path, "deployments"):
		return ""
	case within(path, "replay/awssim") && to != "" && to != "replay":
		return "the AWS wire knows no stage"
	case to != "" && from != to && !isPure(imported):
		return "a shell knows only the pure packages of others"
	case within(path, "streams") && to != "":
		return "streams is below every component"
	}
	return ""
}

// isPure says whether a package is bound by purity; a kit for tests beside a
// pure package (modeltest) is not, and no pure package may depend on it.
func isPure(path string) bool {
	if strings.HasSuffix(path, "test") && !slices.Contains(pureFolders, path) {
		return false
	}
	return path == "streams" || slices.ContainsFunc(pureFolders, func(folder string) bool { return within(path, folder) })
}

func component(path string) string {
	first, _, _ := strings.Cut(path, "/")
	if slices.Contains(components, first) {
		return first
	}
	return ""
}

func within(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, folder+"/")
}

func dependsBelow(p listed, prefix string) bool {
	return slices.ContainsFunc(p.Deps, func(dep string) bool { return strings.HasPrefix(dep, prefix) })
}

// listPackages lists every package of the module and what they depend on.
func listPackages(t *testing.T) []listed {
	t.Helper()
	readFolders(t)
	cmd := exec.CommandContext(t.Context(), "go", "list", "-e", "-deps", "-json=ImportPath,Name,Dir,Standard,Imports,Deps", "./...")
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []listed
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := dec.Decode(&p); err == io.EOF {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

// readFolders opens every folder of the module, so that a new one invalidates
// what go test has cached.
func readFolders(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && path != ".." && strings.HasPrefix(d.Name(), ".") {
			return fs.SkipDir
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
