package rights_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	module  = "github.com/ml-autoscaling/autoscaler/"
	main    = module + "deployments/autoscaler"
	service = "github.com/aws/aws-sdk-go-v2/service/"
)

// program is all code of ours that the binary is made of, with its types, and
// who refers to whom in it. To refer to a function is to reach it, called or
// not, and so are methods by which a type of ours satisfies an interface that
// the code calls: more is reached so than ever runs, and nothing less.
type program struct {
	fset     *token.FileSet
	packages []*pkg
	// refers holds what the body of a function, or the value of a variable of a
	// package, refers to: functions and variables of ours, methods of
	// interfaces, operations.
	refers map[types.Object][]types.Object
	// operations are where each operation is referred to, by file.
	operations map[operation][]string
}

// pkg is a package of ours.
type pkg struct {
	ImportPath, Dir, Export string
	GoFiles                 []string

	types *types.Package
	info  *types.Info
	files []*ast.File
}

// operation is one of a service's client, such as autoscaling.DescribeTags.
type operation string

// load reads the program. The types of what is not ours come from what the
// compiler wrote of it.
func load(t *testing.T) *program {
	t.Helper()
	p := &program{fset: token.NewFileSet(), refers: map[types.Object][]types.Object{}, operations: map[operation][]string{}}
	exports := map[string]string{}
	known := map[string]*types.Package{}
	foreign := importer.ForCompiler(p.fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	config := types.Config{Importer: importerFunc(func(path string) (*types.Package, error) {
		if own := known[path]; own != nil {
			return own, nil
		}
		return foreign.Import(path)
	})}
	for _, k := range list(t) {
		exports[k.ImportPath] = k.Export
		if !strings.HasPrefix(k.ImportPath, module) {
			continue
		}
		for _, name := range k.GoFiles {
			file, err := parser.ParseFile(p.fset, filepath.Join(k.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			k.files = append(k.files, file)
		}
		k.info = &types.Info{Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}, Types: map[ast.Expr]types.TypeAndValue{}}
		checked, err := config.Check(k.ImportPath, p.fset, k.files, k.info)
		if err != nil {
			t.Fatal(err)
		}
		k.types, known[k.ImportPath] = checked, checked
		p.packages = append(p.packages, k)
	}
	for _, k := range p.packages {
		p.read(t, k)
	}
	return p
}

// list gives the packages that the binary is made of, each after those that it
// imports.
func list(t *testing.T) []*pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-export", "-json=ImportPath,Dir,Export,GoFiles", main)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []*pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var k pkg
		if err := dec.Decode(&k); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, &k)
	}
}

type importerFunc func(path string) (*types.Package, error)

// Import imports.
func (f importerFunc) Import(path string) (*types.Package, error) { return f(path) }

// read notes what the declarations of a package refer to.
func (p *program) read(t *testing.T, k *pkg) {
	t.Helper()
	for _, file := range k.files {
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				p.note(t, k, k.info.Defs[d.Name], d)
			case *ast.GenDecl:
				for _, s := range d.Specs {
					if v, ok := s.(*ast.ValueSpec); ok {
						for _, name := range v.Names {
							p.note(t, k, k.info.Defs[name], v)
						}
					}
				}
			}
		}
	}
}

// note notes what is referred to below a node, which declares from.
func (p *program) note(t *testing.T, k *pkg, from types.Object, below ast.Node) {
	t.Helper()
	plain := map[ast.Expr]bool{} // where a client stands that nothing is given
	ast.Inspect(below, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			plain[n.X] = true
		case *ast.Ident:
			p.refer(k, from, n.Pos(), k.info.Uses[n])
		case *ast.CallExpr:
			for _, op := range k.handed(n) {
				p.refer(k, from, n.Pos(), op)
			}
			for _, arg := range n.Args {
				plain[arg] = true
			}
		}
		return true
	})
	// A client that becomes an interface elsewhere than as an argument is not
	// followed, so there must be none.
	for e, tv := range k.info.Types {
		if e.Pos() < below.Pos() || e.End() > below.End() || plain[e] || clientOf(tv.Type) == nil || !tv.IsValue() {
			continue
		}
		if _, call := e.(*ast.CallExpr); !call {
			t.Errorf("%s: want methods of a client handed on, got the client itself: what it is used for cannot be told", p.fset.Position(e.Pos()))
		}
	}
}

// refer notes one reference.
func (p *program) refer(k *pkg, from types.Object, at token.Pos, to types.Object) {
	f, isFunc := to.(*types.Func)
	if v, isVar := to.(*types.Var); isFunc || isVar && !v.IsField() && v.Parent() == v.Pkg().Scope() {
		p.refers[from] = append(p.refers[from], to)
	}
	if !isFunc {
		return
	}
	if op := operationOf(f); op != "" {
		file := strings.TrimPrefix(k.ImportPath, module) + "/" + filepath.Base(p.fset.Position(at).Filename)
		if !slices.Contains(p.operations[op], file) {
			p.operations[op] = append(p.operations[op], file)
		}
	}
}

// handed gives the operations that a call makes possible by handing a client
// on as an interface: paginators, waiters, the provider of a role's credentials.
func (k *pkg) handed(call *ast.CallExpr) []types.Object {
	signature, ok := k.info.TypeOf(call.Fun).(*types.Signature)
	if !ok {
		return nil
	}
	var all []types.Object
	for i, arg := range call.Args {
		client := clientOf(k.info.TypeOf(arg))
		if client == nil || i >= signature.Params().Len() {
			continue
		}
		if face, ok := signature.Params().At(i).Type().Underlying().(*types.Interface); ok {
			for m := range face.Methods() {
				object, _, _ := types.LookupFieldOrMethod(types.NewPointer(client), true, nil, m.Name())
				all = append(all, object)
			}
		}
	}
	return all
}

// clientOf gives the type of an SDK client that t is, or points to.
func clientOf(t types.Type) *types.Named {
	if t == nil {
		return nil
	}
	if pointer, ok := types.Unalias(t).(*types.Pointer); ok {
		t = pointer.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Name() != "Client" || named.Obj().Pkg() == nil || !strings.HasPrefix(named.Obj().Pkg().Path(), service) {
		return nil
	}
	return named
}

// operationOf names the operation that a method of a client makes; empty where
// f is something else.
func operationOf(f *types.Func) operation {
	receiver := f.Signature().Recv()
	if receiver == nil || !f.Exported() || f.Name() == "Options" {
		return ""
	}
	client := clientOf(receiver.Type())
	if client == nil {
		return ""
	}
	return operation(fmt.Sprintf("%s.%s", client.Obj().Pkg().Name(), f.Name()))
}

// reached gives the operations that the methods of a type of package main
// reach.
func (p *program) reached(verb *types.Named) []operation {
	var todo []types.Object
	for m := range types.NewMethodSet(types.NewPointer(verb)).Methods() {
		todo = append(todo, m.Obj())
	}
	seen, found := map[types.Object]bool{}, map[operation]bool{}
	for len(todo) > 0 {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[at] {
			continue
		}
		seen[at] = true
		todo = append(todo, p.refers[at]...)
		if f, ok := at.(*types.Func); ok {
			if op := operationOf(f); op != "" {
				found[op] = true
			}
			todo = append(todo, p.behind(f)...)
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// behind gives the methods of ours that may run where a method of an interface
// is called.
func (p *program) behind(f *types.Func) []types.Object {
	receiver := f.Signature().Recv()
	if receiver == nil || !types.IsInterface(receiver.Type()) {
		return nil
	}
	face := receiver.Type().Underlying().(*types.Interface)
	var all []types.Object
	for _, k := range p.packages {
		for _, name := range k.types.Scope().Names() {
			declared, ok := k.types.Scope().Lookup(name).(*types.TypeName)
			if !ok || declared.IsAlias() || types.IsInterface(declared.Type()) {
				continue
			}
			if pointer := types.NewPointer(declared.Type()); types.Implements(pointer, face) {
				method, _, _ := types.LookupFieldOrMethod(pointer, true, f.Pkg(), f.Name())
				all = append(all, method)
			}
		}
	}
	return all
}
