package streams_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestBans reads the source of every package for what an import does not show:
// clocks, randomness and goroutines in pure packages, package state anywhere,
// subjects outside subject.go, and code that asks where it was deployed.
func TestBans(t *testing.T) {
	var all []*source
	for _, p := range listPackages(t) {
		path, ours := strings.CutPrefix(p.ImportPath, module)
		if !ours {
			continue
		}
		files, err := filepath.Glob(filepath.Join(p.Dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			src, err := parseSource(path, filepath.Base(name), text)
			if err != nil {
				t.Error(err)
				continue
			}
			all = append(all, src)
		}
	}
	if len(all) < 10 {
		t.Fatalf("want the sources of this module, got %d files", len(all))
	}
	for _, fault := range faults(all) {
		t.Error(fault)
	}
}

// TestBansFind tries the scan itself: each snippet has the fault it says, or
// none.
func TestBansFind(t *testing.T) {
	const pure, shell = "decider/policy", "decider"
	for _, test := range []struct{ path, text, want string }{
		{pure, `import "os"`, "imports os"},
		{pure, `import "os/exec"`, "imports os/exec"},
		{pure, `import "crypto/rand"`, "imports crypto/rand"},
		{pure, `import "log/slog"`, "imports log/slog"},
		{pure, `import . "time"`, "imports time with a dot"},
		{pure, "import \"time\"\nfunc f() { time.Now() }", "time.Now"},
		{pure, "import clock \"time\"\nfunc f() { clock.Now() }", "time.Now"},
		{pure, "import \"time\"\nvar now = time.Now", "time.Now"},
		{pure, "import \"time\"\nfunc f(d time.Duration) { time.Sleep(d) }", "time.Sleep"},
		{pure, "import \"time\"\nfunc f(s string) { time.LoadLocation(s) }", "time.LoadLocation"},
		{pure, "import \"time\"\nfunc f(t time.Time) time.Time { return t.Add(time.Second).UTC() }", ""},
		{pure, "import \"math/rand\"\nfunc f() int { return rand.Int() }", "rand.Int"},
		{pure, "import \"math/rand/v2\"\nfunc f() { rand.Shuffle(1, nil) }", "rand.Shuffle"},
		{pure, "import \"math/rand/v2\"\nfunc f(a rand.Source) *rand.Rand { return rand.New(a) }", ""},
		{pure, "import \"fmt\"\nfunc f() { fmt.Println() }", "fmt.Println"},
		{pure, "import \"fmt\"\nfunc f() string { return fmt.Sprint() }", ""},
		{pure, `func f() { go f() }`, "go statement"},
		{shell, "import \"os\"\nfunc f() { go f() }", ""},
		{shell, `func init() {}`, "init function"},
		{shell, `type t struct{}; func (t) init() {}`, ""},
		{shell, `var count int`, "package variable count"},
		{shell, `var table = map[string]int{"a": 1}`, ""},
		{shell, `var _ fmt.Stringer = t{}`, ""},
		{shell, `var table = map[string]int{}; func f() { table["a"] = 1 }`, "package variable table"},
		{shell, `var count = 0; func f() { count++ }`, "package variable count"},
		{shell, `var count = 0; func f() *int { return &count }`, "package variable count"},
		{shell, `var table = map[string]int{}; func f() { delete(table, "a") }`, "package variable table"},
		{shell, `var x = struct{ n int }{}; func f() { x.n = 2 }`, "package variable x"},
		{shell, "import \"sync\"\nvar lock = sync.Mutex{}", "package variable lock"},
		{shell, `var wake = make(chan struct{})`, "package variable wake"},
		{shell, `const s = "autoscaling.live.predict.naive"`, "subject"},
		{shell, `const s = "autoscaling.eu-west-1.amazonaws.com"`, ""},
		{shell, "import \"github.com/ml-autoscaling/autoscaler/streams\"\nconst s = streams.Root + \".x\"", "streams.Root"},
		{shell, "import \"os\"\nfunc f() { os.Getenv(\"MODE\") }", "os.Getenv"},
		{shell, "import \"os\"\nvar n = len(os.Args)", "os.Args"},
		{shell, "import \"github.com/nats-io/nats.go\"\nvar o = nats.InProcessServer", "nats.InProcessServer"},
		{"deployments/autoscaler", "import \"os\"\nfunc f() { os.Getenv(\"X\") }", ""},
	} {
		src, err := parseSource(test.path, "x.go", []byte("package x\n"+test.text))
		if err != nil {
			t.Fatal(err)
		}
		got := faults([]*source{src})
		if test.want == "" && len(got) > 0 || test.want != "" && (len(got) != 1 || !strings.Contains(got[0], test.want)) {
			t.Errorf("%s\nwant %q, got %q", test.text, test.want, got)
		}
	}
}

// TestBansFindOtherWriters holds that a table of one package is not written to
// by another.
func TestBansFindOtherWriters(t *testing.T) {
	owner, err := parseSource("streams", "event.go", []byte("package streams\nvar EventKinds = [1]string{\"metric\"}"))
	if err != nil {
		t.Fatal(err)
	}
	writer, err := parseSource("decider", "x.go", []byte("package decider\nimport \"github.com/ml-autoscaling/autoscaler/streams\"\nfunc f() { streams.EventKinds[0] = \"x\" }"))
	if err != nil {
		t.Fatal(err)
	}
	if got := faults([]*source{owner}); len(got) != 0 {
		t.Errorf("alone: want none, got %q", got)
	}
	if got := faults([]*source{owner, writer}); len(got) != 1 || !strings.Contains(got[0], "package variable EventKinds") {
		t.Errorf("with a writer: want EventKinds, got %q", got)
	}
}
