package streams_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// source is one parsed file.
type source struct {
	pkg     string // its folder below the module
	name    string
	set     *token.FileSet
	file    *ast.File
	imports map[string]string // the name that the file gives a package: its path
}

func parseSource(pkg, name string, text []byte) (*source, error) {
	s := &source{pkg: pkg, name: name, set: token.NewFileSet(), imports: map[string]string{}}
	var err error
	if s.file, err = parser.ParseFile(s.set, pkg+"/"+name, text, parser.ParseComments|parser.SkipObjectResolution); err != nil {
		return nil, err
	}
	for _, spec := range s.file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		s.imports[importName(spec, path)] = path
	}
	return s, nil
}

func importName(spec *ast.ImportSpec, path string) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	path = strings.TrimSuffix(strings.TrimSuffix(path, "/v2"), ".go")
	return path[strings.LastIndex(path, "/")+1:]
}

// selected gives the path and name of what a selector takes from a package.
func (s *source) selected(e ast.Node) (path, name string) {
	sel, ok := e.(*ast.SelectorExpr)
	if !ok {
		return "", ""
	}
	if x, ok := sel.X.(*ast.Ident); ok && s.imports[x.Name] != "" {
		return s.imports[x.Name], sel.Sel.Name
	}
	return "", ""
}

// faults gives every broken ban as "position: what".
func faults(all []*source) []string {
	written := map[string]bool{}
	for _, s := range all {
		s.written(written)
	}
	var found []string
	for _, s := range all {
		report := func(at token.Pos, format string, args ...any) {
			found = append(found, fmt.Sprintf("%v: %s", s.set.Position(at), fmt.Sprintf(format, args...)))
		}
		if isPure(s.pkg) {
			s.impurities(report)
		}
		s.state(written, report)
		s.outsiders(report)
	}
	return found
}

type reporter func(at token.Pos, format string, args ...any)

// impurities are what makes the same input give another output.
func (s *source) impurities(report reporter) {
	for _, spec := range s.file.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		first, _, _ := strings.Cut(path, "/")
		switch {
		case spec.Name != nil && spec.Name.Name == ".":
			report(spec.Pos(), "a pure package imports %s with a dot, which hides what it uses", path)
		case slices.Contains([]string{"os", "log", "syscall"}, first), path == "crypto/rand", path == "hash/maphash":
			report(spec.Pos(), "a pure package imports %s", path)
		}
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		if g, ok := n.(*ast.GoStmt); ok {
			report(g.Pos(), "a pure package has a go statement")
		}
		if path, name := s.selected(n); impure(path, name) {
			report(n.Pos(), "a pure package uses %s.%s", filepath.Base(strings.TrimSuffix(path, "/v2")), name)
		}
		return true
	})
}

func impure(path, name string) bool {
	switch path {
	case "time":
		return slices.Contains([]string{"Now", "Since", "Until", "After", "AfterFunc", "Sleep", "Tick", "NewTimer", "NewTicker", "Local", "LoadLocation"}, name)
	case "math/rand", "math/rand/v2":
		return !slices.Contains([]string{"New", "NewSource", "NewPCG", "NewChaCha8", "NewZipf", "Rand", "Source", "Source64", "PCG", "ChaCha8", "Zipf"}, name)
	case "fmt":
		return slices.Contains([]string{"Print", "Printf", "Println", "Scan", "Scanf", "Scanln"}, name)
	}
	return false
}

// state is what two instances in one process would share: init functions, and
// package variables that have no value of their own, hold a lock or a channel,
// or are written to anywhere in the module.
func (s *source) state(written map[string]bool, report reporter) {
	for _, decl := range s.file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
			report(f.Pos(), "there is an init function")
		}
		g, ok := decl.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR {
			continue
		}
		for _, spec := range g.Specs {
			v := spec.(*ast.ValueSpec)
			for _, name := range v.Names {
				key := s.pkg + "." + name.Name
				if name.Name != "_" && (written[key] || !embeds(g.Doc) && len(v.Values) == 0 || s.shares(v)) {
					report(name.Pos(), "the package variable %s can change", name.Name)
				}
			}
		}
	}
}

func embeds(doc *ast.CommentGroup) bool {
	return doc != nil && slices.ContainsFunc(doc.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, "//go:embed ") })
}

// shares says whether a variable is made to be changed: a lock, an atomic, a
// channel.
func (s *source) shares(v *ast.ValueSpec) bool {
	found := false
	ast.Inspect(v, func(n ast.Node) bool {
		path, _ := s.selected(n)
		_, channel := n.(*ast.ChanType)
		_, inside := n.(*ast.FuncLit)
		found = found || path == "sync" || path == "sync/atomic" || channel
		return !inside
	})
	return found
}

// written adds the package variables that this file writes to, as folder.name.
// A local variable of the same name counts too: it hides the other. Methods
// that change their receiver are not seen.
func (s *source) written(names map[string]bool) {
	add := func(targets ...ast.Expr) {
		for _, e := range targets {
			if name := s.root(e); name != "" {
				names[name] = true
			}
		}
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE {
				add(n.Lhs...)
			}
		case *ast.IncDecStmt:
			add(n.X)
		case *ast.RangeStmt:
			if n.Tok == token.ASSIGN {
				add(n.Key, n.Value)
			}
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				add(n.X)
			}
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.Ident); ok && slices.Contains([]string{"delete", "clear", "copy"}, f.Name) {
				add(n.Args[0])
			}
		}
		return true
	})
}

// root gives the variable that an expression is part of, as folder.name.
func (s *source) root(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return s.pkg + "." + e.Name
	case *ast.SelectorExpr:
		if path, name := s.selected(e); path != "" {
			return strings.TrimPrefix(path, module) + "." + name
		}
		return s.root(e.X)
	case *ast.IndexExpr:
		return s.root(e.X)
	case *ast.SliceExpr:
		return s.root(e.X)
	case *ast.StarExpr:
		return s.root(e.X)
	case *ast.ParenExpr:
		return s.root(e.X)
	}
	return ""
}

// outsiders are subjects that are written outside the one file that owns them,
// and questions about the deployment outside the mains.
func (s *source) outsiders(report reporter) {
	deployed := within(s.pkg, "deployments") || within(s.pkg, "streams/embedded")
	ast.Inspect(s.file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING && s.pkg+"/"+s.name != "streams/subject.go" {
			text, _ := strconv.Unquote(lit.Value)
			if strings.HasPrefix(text, "autoscaling.") && !strings.Contains(text, ".amazonaws.") {
				report(lit.Pos(), "the subject %q stands outside streams/subject.go", text)
			}
		}
		path, name := s.selected(n)
		switch {
		case path == module+"streams" && name == "Root":
			report(n.Pos(), "streams.Root makes a subject outside streams/subject.go")
		case deployed:
		case path == "os" && slices.Contains([]string{"Getenv", "LookupEnv", "Environ", "ExpandEnv", "Args"}, name):
			report(n.Pos(), "os.%s is read outside a main", name)
		case strings.HasSuffix(path, "/nats.go") && name == "InProcessServer":
			report(n.Pos(), "nats.InProcessServer is chosen outside a main")
		}
		return true
	})
}
