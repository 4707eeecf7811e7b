package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// TestControllerRefusals tries what is refused before AWS is asked for anything,
// or before anything is changed.
func TestControllerRefusals(t *testing.T) {
	m := newMoto(t)
	network := m.network()
	arm, amd := writeRelease(t, "v1.0.0", "arm64"), writeRelease(t, "v1.0.0", "amd64")
	file := func(name, text string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, test := range []struct {
		code int
		want string
		args []string
	}{
		{1, "is for x86_64, and the host is arm64: take the other archive, or --set Architecture=x86_64", []string{"--release", amd}},
		{2, "--release: goes without --release-url", []string{"--release", arm, "--release-url", "https://x/y", "--release-sha256", "00"}},
		{2, "--release-url and --release-sha256 go together", []string{"--release-url", "https://x/y"}},
		{2, "--sums: goes with --release", []string{"--sums", "x"}},
		{2, "--set ReleaseURL: another flag says it already", []string{"--release", arm, "--set", "ReleaseURL=s3://x/y"}},
		{1, "set ReleaseSHA256: want 64 hexadecimal digits", []string{"--release-url", "https://x/y", "--release-sha256", "00"}},
		{1, "--config: there is no host to read it", []string{"--config", file("c.yaml", "defaults:\n  mode: observe\n")}},
		{1, "line 3: actuator: only defaults, groups and ingest may be in it", []string{"--config", file("c.yaml", "defaults:\n  mode: observe\nactuator:\n  mode: desired\n")}},
		{1, "ingest.scopes: want the host's own region among them", []string{"--config", file("c.yaml", "ingest:\n  scopes:\n    other: {region: eu-north-1, role_arn: arn:aws:iam::222233334444:role/r}\n")}},
		{1, "line 2: defaults.mode: ", []string{"--config", file("c.yaml", "defaults:\n  mode: often\n")}},
		{1, "want one document", []string{"--config", file("c.yaml", "---\ndefaults:\n  mode: observe\n")}},
		{1, "each on a line of its own", []string{"--config", file("c.yaml", "{defaults: {mode: observe}}\n")}},
		{1, "each on a line of its own", []string{"--config", file("c.yaml", "")}},
		// Alone these are as good; behind the host's own text they are not.
		{1, "line 1: each on a line of its own", []string{"--config", file("c.yaml", "\"ingest\":\n  scopes:\n    us-east-1: {region: us-east-1}\n")}},
		{1, "line 1: each on a line of its own", []string{"--config", file("c.yaml", "ingest :\n  scopes:\n    us-east-1: {region: us-east-1}\n")}},
		{1, "line 2: each on a line of its own", []string{"--config", file("c.yaml", "\n  ingest:\n    scopes:\n      us-east-1: {region: us-east-1}\n")}},
		{1, "line 1: each on a line of its own", []string{"--config", file("c.yaml", "\ufeffdefaults:\n  mode: observe\n")}},
		{1, "no such file", []string{"--config", filepath.Join(t.TempDir(), "none")}},
		{2, "--set: want KEY=VALUE", []string{"--set", "VpcId"}},
		{2, "--set: MinSize is given twice", []string{"--set", "MinSize=1", "--set", "MinSize=2"}},
		{1, "--name: want a letter", []string{"--name", "1st"}},
	} {
		for _, verb := range []string{"plan", "apply"} {
			m.run(test.code, test.want, append(append([]string{verb, "controller"}, test.args...), network...)...)
		}
	}
	m.run(2, "a release and a configuration go with the controller", "apply", "target", "--release", arm)
	m.run(2, "--address: goes with the controller", "status", "target", "--address", "127.0.0.1:1")
	m.gone("ml-autoscaling-controller")
}

// writeRelease writes an archive of the form of a release, with SHA256SUMS
// beside it, and gives its path.
func writeRelease(t *testing.T, version, arch string) string {
	t.Helper()
	folder := "autoscaler_" + version + "_linux_" + arch
	binary := append([]byte("\x7fELF\x02\x01\x01"), make([]byte, 57)...)
	binary = setMachine(binary, map[string]uint16{"amd64": 62, "arm64": 183}[arch])
	var archive bytes.Buffer
	zipped := gzip.NewWriter(&archive)
	w := tar.NewWriter(zipped)
	for _, name := range []string{"autoscaler", "autoscaler.service", "LICENSE", "README.md"} {
		body := []byte(version)
		if name == "autoscaler" {
			body = binary
		}
		if err := w.WriteHeader(&tar.Header{Name: folder + "/" + name, Mode: 0o755, Size: int64(len(body)), Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), folder+".tar.gz")
	sums := fmt.Sprintf("%x  %s\n", sha256.Sum256(archive.Bytes()), filepath.Base(path))
	for name, body := range map[string][]byte{path: archive.Bytes(), filepath.Join(filepath.Dir(path), "SHA256SUMS"): []byte(sums)} {
		if err := os.WriteFile(name, body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func setMachine(header []byte, machine uint16) []byte {
	binary.LittleEndian.PutUint16(header[18:], machine)
	return header
}

func sumOf(t *testing.T, path string) string {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", sha256.Sum256(body))
}
