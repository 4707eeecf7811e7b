package aws_test

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"debug/elf"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// archs names the architectures that TestRelease builds, such as "amd64 arm64";
// that of this machine where it is empty.
const archs = "RELEASE_ARCHS"

// released is an archive of a release, unpacked.
type released struct {
	path, name, sha256 string
	headers            []*tar.Header
	binary             []byte
}

// need skips a test where the machine lacks a tool.
func need(t *testing.T, tools ...string) {
	t.Helper()
	if testing.Short() {
		t.Skip("building releases takes its time")
	}
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is missing", tool)
		}
	}
}

// build makes a release of a checkout, in a directory of its own.
func build(t *testing.T, checkout string, env ...string) []released {
	t.Helper()
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(checkout, "deployments/aws/release.sh"), dir)
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("release.sh: %v\n%s", err, out)
	}
	return readSums(t, dir)
}

// readSums reads the archives that SHA256SUMS names, and holds that their sums
// are right and that nothing else is there.
func readSums(t *testing.T, dir string) []released {
	t.Helper()
	sums, err := os.Open(filepath.Join(dir, "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	defer sums.Close()
	var all []released
	for lines := bufio.NewScanner(sums); lines.Scan(); {
		sum, name, _ := strings.Cut(lines.Text(), "  ")
		r := unpack(t, filepath.Join(dir, name))
		if r.sha256 != sum {
			t.Errorf("%s: SHA-256 is %s, and SHA256SUMS says %s", name, r.sha256, sum)
		}
		all = append(all, r)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != len(all)+1 || len(all) == 0 {
		t.Errorf("SHA256SUMS names %d archives, and beside it there are %d files (%v)", len(all), len(entries)-1, err)
	}
	return all
}

func unpack(t *testing.T, path string) released {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(raw)
	r := released{path: path, name: strings.TrimSuffix(filepath.Base(path), ".tar.gz"), sha256: hex.EncodeToString(sum[:])}
	zipped, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if !zipped.ModTime.IsZero() || zipped.Name != "" {
		t.Errorf("%s: gzip knows of a file %q of %v", path, zipped.Name, zipped.ModTime)
	}
	for files := tar.NewReader(zipped); ; {
		h, err := files.Next()
		if errors.Is(err, io.EOF) {
			return r
		}
		if err != nil {
			t.Fatal(err)
		}
		r.headers = append(r.headers, h)
		if h.Name == r.name+"/autoscaler" {
			if r.binary, err = io.ReadAll(files); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// The same sources give the same bytes, in another directory and without git;
// what is in them is what the hosts want, and runs on any Linux of the
// architecture. That compilers repeat themselves is Go's promise: both builds may
// share its cache. The same archive is then installed on a bare host, for a build
// takes longer than all the rest.
func TestRelease(t *testing.T) {
	need(t, "git", "bash", "tar", "gzip", "sha256sum")
	checkout := filepath.Join("..", "..")
	wanted := strings.Fields(os.Getenv(archs))
	if len(wanted) == 0 {
		wanted = []string{runtime.GOARCH}
	}
	env := []string{"ARCHS=" + strings.Join(wanted, " ")}
	ours := build(t, checkout, env...)
	epoch := gitSays(t, checkout, "log", "-1", "--format=%ct")
	version := gitSays(t, checkout, "describe", "--always", "--dirty", "--abbrev=12")
	theirs := build(t, copied(t, checkout), append(env, "VERSION="+version, "SOURCE_DATE_EPOCH="+epoch, "GOFLAGS=-race", "GOAMD64=v3")...)
	if len(ours) != len(wanted) || len(theirs) != len(wanted) {
		t.Fatalf("%d and %d archives, want %d", len(ours), len(theirs), len(wanted))
	}
	for i, r := range ours {
		if want := "autoscaler_" + version + "_linux_" + wanted[i]; r.name != want {
			t.Errorf("the archive is %s, want %s", r.name, want)
		}
		if r.sha256 != theirs[i].sha256 {
			t.Errorf("%s: two builds differ: %s and %s", r.name, r.sha256, theirs[i].sha256)
		}
		checkHeaders(t, r, epoch)
		checkBinary(t, r, wanted[i])
		info, err := os.Stat(r.path)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %.1f MB, of it the binary %.1f MB unpacked", r.name, float64(info.Size())/1e6, float64(len(r.binary))/1e6)
		if wanted[i] == runtime.GOARCH {
			t.Run("UserData", func(t *testing.T) { installOnBareHost(t, r, version) })
		}
	}
}

// checkHeaders holds that an archive tells nothing of who made it.
func checkHeaders(t *testing.T, r released, epoch string) {
	t.Helper()
	var names []string
	for _, h := range r.headers {
		names = append(names, strings.TrimPrefix(h.Name, r.name+"/"))
		mode := map[bool]int64{true: 0o755, false: 0o644}[h.Typeflag == tar.TypeDir || strings.HasSuffix(h.Name, "/autoscaler")]
		if h.Uid != 0 || h.Gid != 0 || h.Uname != "" || h.Gname != "" || h.Mode != mode || strconv.FormatInt(h.ModTime.Unix(), 10) != epoch {
			t.Errorf("%s: %d:%d (%q:%q) mode %o of %v, want 0:0, mode %o and second %s", h.Name, h.Uid, h.Gid, h.Uname, h.Gname, h.Mode, h.ModTime, mode, epoch)
		}
	}
	if want := []string{"", "LICENSE", "README.md", "autoscaler", "autoscaler.service"}; !slices.Equal(names, want) {
		t.Errorf("%s has %q, want %q", r.name, names, want)
	}
}

// checkBinary holds that a binary needs nothing of its host but the kernel, and
// knows nothing of the one that it was built on.
func checkBinary(t *testing.T, r released, arch string) {
	t.Helper()
	file, err := elf.NewFile(bytes.NewReader(r.binary))
	if err != nil {
		t.Fatalf("%s: %v", r.name, err)
	}
	if want := map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}[arch]; file.Machine != want || file.Class != elf.ELFCLASS64 {
		t.Errorf("%s is for %v, want %v", r.name, file.Machine, want)
	}
	for _, p := range file.Progs {
		if p.Type == elf.PT_INTERP || p.Type == elf.PT_DYNAMIC {
			t.Errorf("%s is not static: it has a header %v", r.name, p.Type)
		}
	}
	if file.Section(".symtab") != nil || file.Section(".debug_info") != nil {
		t.Errorf("%s is not stripped", r.name)
	}
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(r.binary, []byte(wd)) {
		t.Errorf("%s knows the directory %s", r.name, wd)
	}
	if arch != runtime.GOARCH {
		return
	}
	path := filepath.Join(t.TempDir(), "autoscaler")
	if err := os.WriteFile(path, r.binary, 0o700); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), path, "version").CombinedOutput()
	if want := "autoscaler " + strings.TrimSuffix(strings.TrimPrefix(r.name, "autoscaler_"), "_linux_"+arch) + "\n"; err != nil || !strings.HasPrefix(string(out), want) {
		t.Errorf("version prints %s (%v), want %s", out, err, want)
	}
}

func gitSays(t *testing.T, checkout string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "git", append([]string{"-C", checkout}, args...)...).Output()
	if err != nil {
		t.Skipf("git %s: %v: this is no checkout", strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out))
}

// copied gives a directory with the files of a checkout, without git.
func copied(t *testing.T, checkout string) string {
	t.Helper()
	dir := t.TempDir()
	for name := range strings.SplitSeq(strings.TrimSuffix(gitSays(t, checkout, "ls-files", "-z", "--cached", "--others", "--exclude-standard"), "\x00"), "\x00") {
		info, err := os.Stat(filepath.Join(checkout, name))
		if errors.Is(err, os.ErrNotExist) {
			continue // deleted, and not committed yet
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join(checkout, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, info.Mode()&0o700); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
