package aws_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/coreos/go-systemd/v22/unit"
)

const (
	unitFile    = "/etc/systemd/system/autoscaler.service"
	stateFolder = "/var/lib/autoscaler"
	journalFile = "/run/journal"
	// notifySocket is where the service says that it is ready.
	notifySocket = "/run/notify"
	nobody       = 65534
	// credentialsFolder is what %d stands for.
	credentialsFolder = "/run/credentials"
)

// manager stands in for systemd, which does not run here: of the unit it does what
// ExecStart, EnvironmentFile, LoadCredential and StateDirectory say, as another user as DynamicUser
// does, and waits for READY=1 as Type=notify does. What the unit forbids, it
// does not.
type manager struct {
	*testing.T
	mu     sync.Mutex
	calls  []string
	loaded []*unit.UnitOption
	cmd    *exec.Cmd
	ended  chan error
}

// stubSystemctl hands its arguments to the manager.
const stubSystemctl = "#!/bin/sh\nexec curl --silent --show-error --fail-with-body --max-time 90 --data \"$*\" http://127.0.0.1:8081/\n"

func (m *manager) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	line, err := io.ReadAll(r.Body)
	if err == nil {
		err = m.systemctl(string(line))
	}
	if err != nil {
		http.Error(w, "systemctl: "+err.Error(), http.StatusBadRequest)
	}
}

func (m *manager) systemctl(line string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls = append(m.calls, line)
	switch line {
	case "daemon-reload":
		return m.load()
	case "enable autoscaler.service":
		if target := m.values("Install", "WantedBy"); !slices.Equal(target, []string{"multi-user.target"}) {
			return fmt.Errorf("the unit is wanted by %q", target)
		}
		return nil
	case "restart autoscaler.service":
		m.stop()
		return m.start()
	case "stop autoscaler.service":
		m.stop()
		return nil
	}
	return fmt.Errorf("unknown command %q", line)
}

// load reads the unit and its drop-ins.
func (m *manager) load() error {
	dropIns, err := filepath.Glob(unitFile + ".d/*.conf")
	if err != nil {
		return err
	}
	m.loaded = nil
	for _, path := range append([]string{unitFile}, dropIns...) {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		options, err := unit.DeserializeOptions(f)
		f.Close()
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		m.loaded = append(m.loaded, options...)
	}
	return nil
}

// values gives what a key is set to; an empty value takes back what came before.
func (m *manager) values(section, name string) []string {
	var all []string
	for _, o := range m.loaded {
		if o.Section != section || o.Name != name {
			continue
		}
		if all = append(all, o.Value); o.Value == "" {
			all = nil
		}
	}
	return all
}

// start starts the service, and returns when it says that it is ready.
func (m *manager) start() error {
	command := m.values("Service", "ExecStart")
	if len(command) != 1 || !slices.Equal(m.values("Service", "Type"), []string{"notify"}) {
		return fmt.Errorf("want one command of type notify, got %q of %q", command, m.values("Service", "Type"))
	}
	if err := os.MkdirAll(stateFolder, 0o700); err != nil {
		return err
	}
	if err := os.Chown(stateFolder, nobody, nobody); err != nil {
		return err
	}
	if err := m.credentials(); err != nil {
		return err
	}
	journal, err := os.OpenFile(journalFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer journal.Close()
	socket, err := listenNotify()
	if err != nil {
		return err
	}
	words := strings.Fields(command[0])
	for i := range words {
		words[i] = strings.ReplaceAll(strings.Trim(words[i], `"`), "%d", credentialsFolder)
	}
	m.cmd = exec.CommandContext(m.Context(), words[0], words[1:]...)
	m.cmd.Env = append(m.environment(), "STATE_DIRECTORY="+stateFolder, "NOTIFY_SOCKET="+notifySocket)
	m.cmd.Stdout, m.cmd.Stderr = journal, journal
	m.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	if err := m.cmd.Start(); err != nil {
		socket.Close()
		return err
	}
	m.ended = make(chan error, 1)
	go func(cmd *exec.Cmd, ended chan error) {
		ended <- cmd.Wait()
		socket.Close()
	}(m.cmd, m.ended)
	return awaitReady(socket)
}

// credentials shows the service what LoadCredential names.
func (m *manager) credentials() error {
	for _, line := range m.values("Service", "LoadCredential") {
		name, from, _ := strings.Cut(line, ":")
		text, err := os.ReadFile(from)
		if err == nil {
			err = os.MkdirAll(credentialsFolder, 0o755)
		}
		to := filepath.Join(credentialsFolder, name)
		if err == nil {
			err = os.WriteFile(to, text, 0o400)
		}
		if err == nil {
			err = os.Chown(to, nobody, nobody)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// environment gives what EnvironmentFile says.
func (m *manager) environment() []string {
	var all []string
	for _, path := range m.values("Service", "EnvironmentFile") {
		text, err := os.ReadFile(strings.TrimPrefix(path, "-"))
		if err == nil {
			all = append(all, strings.Fields(string(text))...)
		}
	}
	return all
}

// stop ends the service as systemd does, and holds that it ends well.
func (m *manager) stop() {
	if m.cmd == nil {
		return
	}
	if err := m.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		m.Errorf("end the service: %v", err)
	}
	if err := <-m.ended; err != nil {
		m.Errorf("the service ended badly after SIGTERM: %v\n%s", err, m.journal())
	}
	m.cmd = nil
}

// said gives the calls so far.
func (m *manager) said() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.calls)
}

// journal gives what the service logged.
func (m *manager) journal() string {
	text, err := os.ReadFile(journalFile)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// pid is the process of the service.
func (m *manager) pid() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.cmd.Process.Pid
}

func listenNotify() (*net.UnixConn, error) {
	if err := os.RemoveAll(notifySocket); err != nil {
		return nil, err
	}
	socket, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: notifySocket, Net: "unixgram"})
	if err != nil {
		return nil, err
	}
	return socket, os.Chmod(notifySocket, 0o777)
}

// awaitReady reads until the service is ready. It fails when the service ends,
// and its socket with it.
func awaitReady(socket *net.UnixConn) error {
	if err := socket.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		return err
	}
	buf := make([]byte, 4096)
	for {
		n, err := socket.Read(buf)
		if err != nil {
			return fmt.Errorf("the service does not get ready: %w", err)
		}
		if slices.Contains(strings.Split(string(buf[:n]), "\n"), "READY=1") {
			return nil
		}
	}
}
