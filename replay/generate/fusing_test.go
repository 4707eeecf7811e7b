package generate

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// On arm64 and others the compiler may fuse x*y + z and round once. A product
// that is converted, x*y in float64(x*y), is not fused (Go specification,
// "Floating-point operators"). So every product of floats in this package is
// converted, or goes into a product or a quotient. Nor may the package use a
// function of math that differs from machine to machine.
func TestNoProductCanBeFused(t *testing.T) {
	files := token.NewFileSet()
	parsed := parseAll(t, files)
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}
	if _, err := (&types.Config{Importer: exported(t, files)}).Check("generate", files, parsed, info); err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, f := range parsed {
		for _, at := range fusible(f, info, &found) {
			t.Errorf("%v: a product of floats that could be fused with a sum: convert it to float64", files.Position(at))
		}
	}
	if found < 20 {
		t.Errorf("looked at %d products only", found)
	}
	exact := []string{"Round", "Ldexp", "Frexp", "Sqrt", "Max", "Min", "Ceil", "Floor", "Inf", "NaN", "IsNaN", "Ln2", "Sqrt2", "Pi"}
	for id, object := range info.Uses {
		if p := object.Pkg(); p != nil && p.Path() == "math" && !slices.Contains(exact, object.Name()) {
			t.Errorf("%v: math.%s may differ from machine to machine", files.Position(id.Pos()), object.Name())
		}
	}
}

// TestFusible tries the scan itself.
func TestFusible(t *testing.T) {
	for text, want := range map[string]int{
		"a*b + c": 1, "c - a*b": 1, "float64(a*b) + c": 0, "float64(a*b*c)": 0, "a*b/c": 0, "g(a * b)": 1, "(a*b) + c": 1, "float64((a*b))": 0,
		"float64(i*j)": 0, "i*j + i": 0, "-(a * b)": 1, "2 * 3.0": 0, "float64(a*b + c)": 1,
	} {
		files := token.NewFileSet()
		f, err := parser.ParseFile(files, "x.go", "package x\nfunc g(a float64) float64 { return a }\nfunc f(a, b, c float64, i, j int) any { return "+text+" }", 0)
		if err != nil {
			t.Fatal(err)
		}
		info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
		if _, err := (&types.Config{}).Check("x", files, []*ast.File{f}, info); err != nil {
			t.Fatal(err)
		}
		if got := len(fusible(f, info, new(int))); got != want {
			t.Errorf("%s: %d products, want %d", text, got, want)
		}
	}
}

// fusible gives the products of a file that are not held by a conversion, and
// counts all of them.
func fusible(f *ast.File, info *types.Info, found *int) []token.Pos {
	var faults []token.Pos
	var above []ast.Node
	ast.Inspect(f, func(n ast.Node) bool {
		if n == nil {
			above = above[:len(above)-1]
			return true
		}
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if tv := info.Types[n]; n.Op == token.MUL && tv.Value == nil && isFloat(tv.Type) {
				*found++
				if !held(above, info) {
					faults = append(faults, n.OpPos)
				}
			}
		case *ast.AssignStmt:
			if n.Tok == token.MUL_ASSIGN && isFloat(info.TypeOf(n.Lhs[0])) {
				*found++
				faults = append(faults, n.TokPos)
			}
		}
		above = append(above, n)
		return true
	})
	return faults
}

// held says whether what is above a product rounds it first.
func held(above []ast.Node, info *types.Info) bool {
	for _, n := range slices.Backward(above) {
		switch n := n.(type) {
		case *ast.ParenExpr:
			continue
		case *ast.BinaryExpr:
			return n.Op == token.MUL || n.Op == token.QUO
		case *ast.CallExpr:
			return info.Types[n.Fun].IsType()
		default:
			return false
		}
	}
	return false
}

func isFloat(t types.Type) bool {
	basic, ok := t.Underlying().(*types.Basic)
	return ok && basic.Info()&types.IsFloat != 0
}

func parseAll(t *testing.T, files *token.FileSet) []*ast.File {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var parsed []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(files, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, f)
	}
	return parsed
}

// exported imports what this package imports, as the go tool built it.
func exported(t *testing.T, files *token.FileSet) types.Importer {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-export", "-deps", "-json=ImportPath,Export", ".").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	export := map[string]string{}
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		var p struct{ ImportPath, Export string }
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		export[p.ImportPath] = p.Export
	}
	return importer.ForCompiler(files, "gc", func(path string) (io.ReadCloser, error) { return os.Open(export[path]) })
}
