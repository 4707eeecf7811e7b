package aws_test

import (
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"unsafe"
)

// bareHost turns this process, which has namespaces of its own, into the first one
// on a host where nothing is installed: its files lie in memory, but for the
// system's, which are the real ones and can only be read; its network is the
// loopback. dir is to be found at /srv.
func bareHost(t *testing.T, dir string) {
	t.Helper()
	root := filepath.Join(dir, "root")
	h := layout{T: t, root: root}
	h.do("keep mounts to ourselves", syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""))
	h.do("make a root", os.Mkdir(root, 0o755))
	h.do("mount a root", syscall.Mount("tmpfs", root, "tmpfs", 0, "mode=755"))
	h.bind("/usr", "/usr")
	for _, name := range []string{"/bin", "/sbin", "/lib", "/lib64"} {
		h.link(name)
	}
	h.do("empty /usr/local", syscall.Mount("tmpfs", root+"/usr/local", "tmpfs", 0, "mode=755"))
	h.bind(dir, "/srv")
	for _, name := range []string{"/dev/null", "/dev/zero", "/dev/urandom", "/etc/ld.so.cache"} {
		h.bind(name, name)
	}
	for name, mode := range map[string]fs.FileMode{
		"/proc": 0o555, "/run": 0o755, "/root": 0o700, "/var/lib": 0o755, "/etc/systemd/system": 0o755, "/tmp": 0o777 | fs.ModeSticky,
	} {
		h.do("make "+name, os.MkdirAll(root+name, 0o755))
		h.do("make "+name, os.Chmod(root+name, mode))
	}
	h.do("write /etc/passwd", os.WriteFile(root+"/etc/passwd", []byte("root:x:0:0::/root:/bin/bash\nnobody:x:65534:65534::/:/bin/false\n"), 0o644))
	h.do("mount /proc", syscall.Mount("proc", root+"/proc", "proc", 0, ""))
	h.do("name the host", syscall.Sethostname([]byte("bare")))
	h.do("bring the loopback up", loopbackUp())
	h.do("change the root", syscall.Chroot(root))
	h.do("change the directory", os.Chdir("/"))
}

// layout is a root directory that is being made.
type layout struct {
	*testing.T
	root string
}

func (h layout) do(what string, err error) {
	h.Helper()
	if err != nil {
		h.Fatalf("%s: %v", what, err)
	}
}

// bind shows a file or a directory of the real host, to be read only.
func (h layout) bind(from, to string) {
	h.Helper()
	info, err := os.Stat(from)
	h.do("look at "+from, err)
	if info.IsDir() {
		h.do("make "+to, os.MkdirAll(h.root+to, 0o755))
	} else {
		h.do("make "+to, os.MkdirAll(filepath.Dir(h.root+to), 0o755))
		h.do("make "+to, os.WriteFile(h.root+to, nil, 0o644))
	}
	h.do("bind "+from, syscall.Mount(from, h.root+to, "", syscall.MS_BIND, ""))
	if info.IsDir() {
		h.do("protect "+from, syscall.Mount("", h.root+to, "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
	}
}

// link repeats a link of the real host, or shows the directory that it is there.
func (h layout) link(name string) {
	h.Helper()
	to, err := os.Readlink(name)
	if err == nil {
		h.do("link "+name, os.Symlink(to, h.root+name))
		return
	}
	if _, err := os.Stat(name); err == nil {
		h.bind(name, name)
	}
}

// loopbackUp brings the loopback of a new network namespace up.
func loopbackUp() error {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	if err != nil {
		return err
	}
	defer syscall.Close(fd)
	request := struct {
		name  [syscall.IFNAMSIZ]byte
		flags uint16
		_     [22]byte
	}{flags: syscall.IFF_UP | syscall.IFF_RUNNING}
	copy(request.name[:], "lo")
	if _, _, code := syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), syscall.SIOCSIFFLAGS, uintptr(unsafe.Pointer(&request))); code != 0 {
		return fmt.Errorf("set the flags of lo: %w", code)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	return listener.Close()
}

// inNamespaces gives a command that runs a test of this binary as the first
// process in namespaces of its own: mounts, network, processes, host name.
func inNamespaces(t *testing.T, name string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^"+name+"$", "-test.v", "-test.timeout=3m")
	cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWNET | syscall.CLONE_NEWUTS | syscall.CLONE_NEWIPC,
		Pdeathsig:  syscall.SIGKILL,
	}
	return cmd
}
