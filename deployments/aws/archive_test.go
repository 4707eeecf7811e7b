package aws_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/ml-autoscaling/autoscaler/deployments/aws"
)

// entry is a file of an archive.
type entry struct {
	name, body string
	link       string
}

// program gives the beginning of a program for a machine.
func program(machine uint16) string {
	header := append([]byte("\x7fELF\x02\x01\x01"), make([]byte, 57)...)
	binary.LittleEndian.PutUint16(header[18:], machine)
	return string(header)
}

func TestReadRelease(t *testing.T) {
	const folder = "autoscaler_v1.2.3_linux_arm64"
	whole := []entry{
		{name: folder + "/autoscaler", body: program(183)}, {name: folder + "/autoscaler.service", body: "[Unit]"},
		{name: folder + "/LICENSE", body: "Apache"}, {name: folder + "/README.md", body: "# autoscaler"},
	}
	replaced := func(i int, e entry) []entry {
		all := append([]entry{}, whole...)
		all[i] = e
		return all
	}
	for _, test := range []struct {
		what, file string
		entries    []entry
		sums       string // where empty, the right ones
		want       string // of the error; none where empty
	}{
		{"ours", folder + ".tar.gz", whole, "", ""},
		{"another name", "release.tar.gz", whole, "", "want a name such as autoscaler_v1.2.3_linux_arm64.tar.gz"},
		{"another system", "autoscaler_v1.2.3_darwin_arm64.tar.gz", whole, "", "want a name such as"},
		{"another folder", "autoscaler_v1.2.4_linux_arm64.tar.gz", whole, "", "none of our files"},
		{"a name outside", folder + ".tar.gz", append(whole, entry{name: folder + "/../../etc/passwd", body: "x"}), "", "none of our files"},
		{"a link", folder + ".tar.gz", replaced(1, entry{name: folder + "/autoscaler.service", link: "/etc/shadow"}), "", "none of our files"},
		{"one file more", folder + ".tar.gz", append(whole, entry{name: folder + "/miner", body: "x"}), "", "none of our files"},
		{"one file less", folder + ".tar.gz", whole[:3], "", "README.md is missing in it"},
		{"a script", folder + ".tar.gz", replaced(0, entry{name: folder + "/autoscaler", body: "#!/bin/sh\nreboot here and now\n"}), "", "its autoscaler is no program for Linux"},
		{"another machine", folder + ".tar.gz", replaced(0, entry{name: folder + "/autoscaler", body: program(62)}), "", "its autoscaler is not for arm64: ELF machine EM_X86_64, want EM_AARCH64"},
		{"another sum", folder + ".tar.gz", whole, strings.Repeat("0", 64) + "  " + folder + ".tar.gz\n", "it is damaged, or another's"},
		{"no line", folder + ".tar.gz", whole, strings.Repeat("0", 64) + "  other.tar.gz\n", "has no line for it"},
		{"no sums", folder + ".tar.gz", whole, "none", "there is no "},
	} {
		t.Run(test.what, func(t *testing.T) {
			body := archive(t, test.entries)
			file := filepath.Join(t.TempDir(), test.file)
			sums := fmt.Sprintf("%x *%s\n", sha256.Sum256(body), test.file)
			if test.sums != "" {
				sums = test.sums
			}
			write(t, file, body)
			if sums != "none" {
				write(t, filepath.Join(filepath.Dir(file), "SHA256SUMS"), []byte(sums))
			}
			r, err := aws.ReadRelease(file, "")
			if test.want != "" {
				if err == nil || !strings.Contains(err.Error(), test.want) {
					t.Errorf("want %q, got %v", test.want, err)
				}
				return
			}
			sum := fmt.Sprintf("%x", sha256.Sum256(body))
			if err != nil || r.Architecture != "arm64" || r.SHA256 != sum || r.Key != "releases/"+sum+"/"+test.file || !bytes.Equal(r.Body, body) {
				t.Errorf("want a release for arm64 under its SHA-256 %s, got %s %s %s, %v", sum, r.Architecture, r.Key, r.SHA256, err)
			}
		})
	}
}

func TestReadReleaseDamaged(t *testing.T) {
	const file = "autoscaler_v1.2.3_linux_amd64.tar.gz"
	for what, body := range map[string][]byte{"no archive": []byte("hello"), "cut off": archive(t, []entry{{name: "x", body: strings.Repeat("y", 4096)}})[:40]} {
		path := filepath.Join(t.TempDir(), file)
		write(t, path, body)
		other := filepath.Join(t.TempDir(), "sums")
		write(t, other, fmt.Appendf(nil, "%x  %s\n", sha256.Sum256(body), file))
		if _, err := aws.ReadRelease(path, other); err == nil || !strings.Contains(err.Error(), "unpack: ") {
			t.Errorf("%s: want it refused, got %v", what, err)
		}
	}
	if _, err := aws.ReadRelease(filepath.Join(t.TempDir(), file), ""); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("want the missing file told, got %v", err)
	}
}

// TestUpload sends what is not there, with the checksum that S3 compares, and
// counts each byte once.
func TestUpload(t *testing.T) {
	body := bytes.Repeat([]byte("release "), 100_000)
	object := aws.NewConfig(body)
	for _, test := range []struct {
		what        string
		head, put   int
		size        int
		sent        int
		uploaded    bool
		mustContain string
	}{
		{"new", http.StatusNotFound, http.StatusOK, 0, len(body), true, ""},
		{"a bucket that may not be listed", http.StatusForbidden, http.StatusOK, 0, len(body), true, ""},
		{"there", http.StatusOK, 0, len(body), 0, false, ""},
		{"there, cut off", http.StatusOK, http.StatusOK, 7, len(body), true, ""},
		{"denied", http.StatusNotFound, http.StatusForbidden, 0, len(body), false, "the right s3:PutObject is missing"},
	} {
		t.Run(test.what, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if want := "/bucket/" + object.Key; r.URL.Path != want {
					t.Errorf("want %s, got %s", want, r.URL.Path)
				}
				if r.Method == http.MethodHead {
					w.Header().Set("Content-Length", fmt.Sprint(test.size))
					w.WriteHeader(test.head)
					return
				}
				got, err := io.ReadAll(r.Body)
				sum := sha256.Sum256(body)
				if err != nil || !bytes.Equal(got, body) || r.Header.Get("X-Amz-Checksum-Sha256") != base64.StdEncoding.EncodeToString(sum[:]) {
					t.Errorf("want the object and its checksum, got %d bytes, %s, %v", len(got), r.Header.Get("X-Amz-Checksum-Sha256"), err)
				}
				w.WriteHeader(test.put)
				if test.put == http.StatusForbidden {
					fmt.Fprint(w, "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>")
				}
			}))
			defer server.Close()
			cfg := sdk.Config{Region: "eu-west-1", BaseEndpoint: sdk.String(server.URL), Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
				Retryer: func() sdk.Retryer { return sdk.NopRetryer{} }}
			sent := 0
			uploaded, err := aws.NewUploader(cfg, "bucket").Upload(t.Context(), object, func(n int) { sent += n })
			if uploaded != test.uploaded || sent != test.sent {
				t.Errorf("want uploaded = %v and %d bytes, got %v, %d, %v", test.uploaded, test.sent, uploaded, sent, err)
			}
			if told := fmt.Sprint(err); (test.mustContain == "") != (err == nil) || !strings.Contains(told, test.mustContain) {
				t.Errorf("want %q, got %v", test.mustContain, err)
			}
		})
	}
}

func archive(t *testing.T, entries []entry) []byte {
	t.Helper()
	var body bytes.Buffer
	zipped := gzip.NewWriter(&body)
	w := tar.NewWriter(zipped)
	for _, e := range entries {
		h := &tar.Header{Name: e.name, Mode: 0o755, Size: int64(len(e.body)), Typeflag: tar.TypeReg}
		if e.link != "" {
			h.Typeflag, h.Linkname = tar.TypeSymlink, e.link
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, e.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	return body.Bytes()
}

func write(t *testing.T, file string, body []byte) {
	t.Helper()
	if err := os.WriteFile(file, body, 0o600); err != nil {
		t.Fatal(err)
	}
}
