package aws

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"debug/elf"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Release is an archive of ours for one architecture.
type Release struct {
	Object
	// Name is the file's, such as autoscaler_v1.2.3_linux_arm64.tar.gz.
	Name string
	// Architecture is EC2's name: arm64 or x86_64.
	Architecture string
}

// mostArchive bounds an archive, and the binary in it: ours is a tenth of it.
const mostArchive = 512 << 20 // bytes

// releaseFiles are what lies in the archive's folder.
func releaseFiles() []string {
	return []string{"LICENSE", "README.md", "autoscaler", "autoscaler.service"}
}

// ReadRelease reads an archive. It refuses one that is none of ours by its
// names and its binary, and one whose SHA-256 is not that of the file sums; by
// default SHA256SUMS beside the archive.
func ReadRelease(file, sums string) (Release, error) {
	name := filepath.Base(file)
	m := regexp.MustCompile(`\A(autoscaler_[A-Za-z0-9.+-]+_linux_(amd64|arm64))\.tar\.gz\z`).FindStringSubmatch(name)
	if m == nil {
		return Release{}, fmt.Errorf("read release %s: want a name such as autoscaler_v1.2.3_linux_arm64.tar.gz, as 'task release' gives it", file)
	}
	body, err := readAtMost(file, mostArchive)
	if err != nil {
		return Release{}, fmt.Errorf("read release: %w", err)
	}
	if sums == "" {
		sums = filepath.Join(filepath.Dir(file), "SHA256SUMS")
	}
	got := sum(body)
	if err := checkSum(sums, name, got); err != nil {
		return Release{}, fmt.Errorf("read release %s: %w", file, err)
	}
	if err := checkArchive(body, m[1], m[2]); err != nil {
		return Release{}, fmt.Errorf("read release %s: %w", file, err)
	}
	r := Release{Object: Object{Key: "releases/" + got + "/" + name, SHA256: got, Body: body}, Name: name, Architecture: "arm64"}
	if m[2] == "amd64" {
		r.Architecture = "x86_64"
	}
	return r, nil
}

// NewConfig makes the object of a policy.
func NewConfig(body []byte) Object {
	got := sum(body)
	return Object{Key: "configs/" + got + ".yaml", SHA256: got, Body: body}
}

func sum(body []byte) string {
	digest := sha256.Sum256(body)
	return hex.EncodeToString(digest[:])
}

func readAtMost(file string, most int64) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	body, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(body)) > most {
		err = fmt.Errorf("%s: want at most %d bytes", file, most)
	}
	return body, err
}

// checkSum wants the line of a file as sha256sum writes it.
func checkSum(sums, name, got string) error {
	text, err := os.ReadFile(sums)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("there is no %s to check it against; --sums names another file", sums)
	}
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) != 2 || strings.TrimPrefix(fields[1], "*") != name {
			continue
		}
		if !strings.EqualFold(fields[0], got) {
			return fmt.Errorf("its SHA-256 is %s, and %s says %s: it is damaged, or another's", got, sums, fields[0])
		}
		return nil
	}
	return fmt.Errorf("%s has no line for it", sums)
}

// checkArchive wants our files in their folder, and nothing else.
func checkArchive(body []byte, folder, arch string) error {
	unzipped, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("unpack: %w", err)
	}
	found := map[string]bool{}
	archive := tar.NewReader(io.LimitReader(unzipped, mostArchive))
	for {
		h, err := archive.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("unpack: %w", err)
		}
		if h.Typeflag == tar.TypeDir && path.Clean(h.Name) == folder {
			continue
		}
		file, ok := strings.CutPrefix(h.Name, folder+"/")
		if !ok || h.Typeflag != tar.TypeReg || !slices.Contains(releaseFiles(), file) {
			return fmt.Errorf("%q in it is none of our files: want %s in folder %s", h.Name, strings.Join(releaseFiles(), ", "), folder)
		}
		if file == "autoscaler" {
			if err := checkBinary(archive, arch); err != nil {
				return err
			}
		}
		found[file] = true
	}
	if missing := slices.DeleteFunc(releaseFiles(), func(f string) bool { return found[f] }); len(missing) > 0 {
		return fmt.Errorf("%s is missing in it; it has %s", strings.Join(missing, ", "), strings.Join(slices.Sorted(maps.Keys(found)), ", "))
	}
	return nil
}

// checkBinary wants an ELF file for the architecture.
func checkBinary(r io.Reader, arch string) error {
	var header [20]byte
	if _, err := io.ReadFull(r, header[:]); err != nil || string(header[:4]) != elf.ELFMAG {
		return errors.New("its autoscaler is no program for Linux")
	}
	machines := map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}
	if got := elf.Machine(binary.LittleEndian.Uint16(header[18:])); got != machines[arch] {
		return fmt.Errorf("its autoscaler is not for %s: ELF machine %v, want %v", arch, got, machines[arch])
	}
	return nil
}
