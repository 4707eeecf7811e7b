package aws_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	script = "templates/userdata.sh"
	inside = "TestInsideTheBareHost"
	// hosting names the directory of a test that runs on the bare host.
	hosting = "AUTOSCALER_TEST_HOST"
	// versions names those of both releases.
	versions = "AUTOSCALER_TEST_VERSIONS"
	// unset is the value of a variable that is not exported.
	unset = "(unset)"

	userConfig = `
defaults:
  round: 5s
  load: {period: 60s}
  forecast: {model: naive}
groups:
  ml-predictive-asg: {scope: eu-west-1, scaling: {max: 400}}
`
)

// installOnBareHost holds that the script that hosts run installs a release where
// nothing was before, and starts it; refuses what was tampered with; and replaces
// a release by another one. The host is a root directory and namespaces of its
// own; systemd and the AWS CLI are stubs.
func installOnBareHost(t *testing.T, first released, version string) {
	need(t, "curl", "timeout", "install")
	if os.Getuid() != 0 {
		t.Skip("namespaces of its own need root")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	copyFile(t, first.path, filepath.Join(dir, "first.tar.gz"), 0o644)
	second := otherVersion(version)
	write(t, filepath.Join(dir, "second.tar.gz"), rebranded(t, first, version, second))
	if err := os.WriteFile(filepath.Join(dir, "autoscaler"), first.binary, 0o755); err != nil {
		t.Fatal(err)
	}
	copyFile(t, script, filepath.Join(dir, "userdata.sh"), 0o644)
	cmd := inNamespaces(t, inside)
	cmd.Env = append(cmd.Env, hosting+"="+dir, versions+"="+version+" "+second)
	out, err := cmd.CombinedOutput()
	if errno := fmt.Sprint(err); strings.Contains(errno, "operation not permitted") {
		t.Skipf("namespaces are not permitted here: %v", err)
	}
	t.Logf("on the bare host:\n%s", out)
	if err != nil || !bytes.Contains(out, []byte("--- PASS: "+inside)) {
		t.Errorf("%v", err)
	}
}

// otherVersion gives a version of the same length.
func otherVersion(version string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return '0' + (r-'0'+1)%10
		}
		return r
	}, version[:len(version)-1]) + "x"
}

// rebranded gives the archive of a release whose binary calls itself another
// version.
func rebranded(t *testing.T, r released, version, other string) []byte {
	t.Helper()
	binary := bytes.ReplaceAll(r.binary, []byte(version), []byte(other))
	service, err := os.ReadFile("../systemd/autoscaler.service")
	if err != nil {
		t.Fatal(err)
	}
	return archive(t, []entry{{name: r.name + "/autoscaler", body: string(binary)}, {name: r.name + "/autoscaler.service", body: string(service)}})
}

func copyFile(t *testing.T, from, to string, mode os.FileMode) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, text, mode)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestInsideTheBareHost is what TestRelease runs as the first process there.
func TestInsideTheBareHost(t *testing.T) {
	dir := os.Getenv(hosting)
	if dir == "" {
		t.Skip("runs within TestRelease only")
	}
	bareHost(t, dir)
	h := newHost(t)
	h.refuseTampered()
	h.refuseNonsense()
	h.install()
	h.keepWhenRefused()
	h.replace()
	h.useServer()
	if err := h.systemd.systemctl("stop autoscaler.service"); err != nil {
		t.Error(err)
	}
}

// wants reports the patterns that a text lacks.
func (h *host) wants(text string, patterns ...string) {
	h.Helper()
	for _, p := range patterns {
		if !regexp.MustCompile("(?m)" + p).MatchString(text) {
			h.Errorf("want %s", p)
		}
	}
}

// bare holds that nothing is installed.
func (h *host) bare() {
	h.Helper()
	for _, folder := range []string{"/etc/systemd/system", "/var/lib", "/tmp"} {
		if entries, err := os.ReadDir(folder); err != nil || len(entries) > 0 {
			h.Errorf("%s is not empty: %v (%v)", folder, entries, err)
		}
	}
	for _, path := range []string{"/usr/local/bin/autoscaler", "/usr/local/bin/autoscaler.new", "/etc/autoscaler"} {
		if _, err := os.Stat(path); !os.IsNotExist(err) {
			h.Errorf("%s is there", path)
		}
	}
	if calls := h.systemd.said(); len(calls) > 0 {
		h.Errorf("systemctl was called: %q", calls)
	}
}

// refuseTampered holds that neither one bit nor a whole other release passes.
func (h *host) refuseTampered() {
	for i, name := range []string{"tampered.tar.gz", "second.tar.gz"} {
		code, out := h.run(map[string]string{"RELEASE_URL": "http://127.0.0.1:8080/" + name})
		if code != 1 {
			h.Errorf("%s: exit %d", name, code)
		}
		h.wants(out, `^autoscaler-setup: FAILED: CHECKSUM MISMATCH of the release: want SHA-256 `+h.sums["first.tar.gz"]+`, got [0-9a-f]{64}; nothing was installed$`)
		if i == 0 { // the server was busy
			h.wants(out, `^autoscaler-setup: downloading \S+ \(try 2 of 10\)$`)
		}
		h.bare()
	}
}

func (h *host) refuseNonsense() {
	for name, value := range map[string]string{
		"RELEASE_SHA256": "abc", "AWS_REGION": unset, "RELEASE_URL": "ftp://127.0.0.1/a", "CONFIG_SHA256": "", "ACTUATOR_MODE": "floor", "API_ADDRESS": "127.0.0.1", "CONTROLLER": "a\nb", "NATS_URL": `nats://a" b`,
	} {
		code, out := h.run(map[string]string{name: value})
		if code != 1 {
			h.Errorf("exit %d", code)
		}
		h.wants(out, `FAILED: `+name+`: want `)
		h.bare()
	}
}

func (h *host) install() {
	environment := "AWS_ENDPOINT_URL=http://127.0.0.1:5010\nAWS_ACCESS_KEY_ID=test\nAWS_SECRET_ACCESS_KEY=test\nAWS_EC2_METADATA_DISABLED=true\n"
	if err := os.Mkdir("/etc/autoscaler", 0o755); err != nil {
		h.Fatal(err)
	}
	if err := os.WriteFile("/etc/autoscaler/environment", []byte(environment), 0o600); err != nil {
		h.Fatal(err)
	}
	code, out := h.run(nil)
	if code != 0 {
		h.Fatalf("exit %d\n%s", code, h.systemd.journal())
	}
	h.wants(out, `^autoscaler-setup: SHA-256 of the release is as wanted$`, `^autoscaler-setup: the release is autoscaler `+regexp.QuoteMeta(h.first)+`$`,
		`^ok +config +\S+: realm live, 1 groups, 1 scopes, discovery on$`, `^autoscaler-setup: autoscaler `+regexp.QuoteMeta(h.first)+` answers on http://127\.0\.0\.1:5000/health$`)
	if want := []string{"daemon-reload", "enable autoscaler.service", "restart autoscaler.service"}; !slices.Equal(h.systemd.said(), want) {
		h.Errorf("systemctl was called with %q, want %q", h.systemd.said(), want)
	}
	h.runs(h.first, "all --config /etc/autoscaler/autoscaler.yaml")
	h.awaitReady()
	for path, mode := range map[string]os.FileMode{"/usr/local/bin/autoscaler": 0o755, unitFile: 0o644, "/etc/autoscaler/autoscaler.yaml": 0o644, stateFolder: 0o700 | os.ModeDir} {
		if info, err := os.Stat(path); err != nil || info.Mode() != mode {
			h.Errorf("%s is not there with mode %v: %v (%v)", path, mode, info, err)
		}
	}
}

// runs holds which release runs, and with which arguments.
func (h *host) runs(version, arguments string) {
	h.Helper()
	pid := h.systemd.pid()
	exe, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid))
	if err != nil || exe != "/usr/local/bin/autoscaler" {
		h.Errorf("what runs is %s (%v)", exe, err)
	}
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if got := strings.TrimSuffix(strings.ReplaceAll(string(line), "\x00", " "), " "); err != nil || got != exe+" "+arguments {
		h.Errorf("what runs is %s (%v), want the arguments %s", got, err, arguments)
	}
	out, err := exec.CommandContext(h.Context(), exe, "version").CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "autoscaler "+version+"\n") {
		h.Errorf("version: %v\n%s", err, out)
	}
	if code, body := h.get("/health"); code != http.StatusOK {
		h.Errorf("/health: %d %s", code, body)
	}
}

// keepWhenRefused holds that what runs goes on when the next one is no good.
func (h *host) keepWhenRefused() {
	before := h.systemd.pid()
	code, out := h.run(map[string]string{
		"RELEASE_URL": "http://127.0.0.1:8080/second.tar.gz", "RELEASE_SHA256": h.sums["second.tar.gz"],
		"CONFIG_URL": "http://127.0.0.1:8080/typo.yaml", "CONFIG_SHA256": h.sums["typo.yaml"],
	})
	if code != 1 || h.systemd.pid() != before {
		h.Errorf("exit %d, process %d and then %d", code, before, h.systemd.pid())
	}
	h.wants(out, `line \d+: field mod not found`, `^ +\d+\s+web: \{scope: eu-west-1, mod: observe\}$`, `^autoscaler-setup: FAILED: the configuration is refused`)
	h.runs(h.first, "all --config /etc/autoscaler/autoscaler.yaml")
}

func (h *host) replace() {
	code, out := h.run(map[string]string{
		"RELEASE_URL": "s3://bucket/second.tar.gz", "RELEASE_SHA256": strings.ToUpper(h.sums["second.tar.gz"]), "CONFIG_URL": "s3://bucket/config.yaml",
		"ACTUATOR_MODE": "desired", "ACTUATOR_ROLE_ARN": "arn:aws:iam::123456789012:role/EC2-CloudWatch-Role", "API_ADDRESS": "0.0.0.0:5000",
	})
	if code != 0 {
		h.Fatalf("exit %d\n%s", code, h.systemd.journal())
	}
	h.wants(out, `^autoscaler-setup: autoscaler `+regexp.QuoteMeta(h.second)+` answers on http://127\.0\.0\.1:5000/health$`)
	h.runs(h.second, "all --config /etc/autoscaler/autoscaler.yaml")
	h.awaitReady()
}

// accepts holds that the script comes to its end, and says something.
func (h *host) accepts(variables map[string]string, pattern string) {
	h.Helper()
	code, out := h.run(variables)
	if code != 0 {
		h.Fatalf("exit %d\n%s", code, h.systemd.journal())
	}
	h.wants(out, pattern)
}

// useServer holds that the process serves, and says so, while the NATS server of
// somebody else is not there, and that it is taken back.
func (h *host) useServer() {
	v2 := map[string]string{"RELEASE_URL": "s3://bucket/second.tar.gz", "RELEASE_SHA256": h.sums["second.tar.gz"], "NATS_URL": "nats://127.0.0.1:4333", "NATS_CREDENTIALS": "/autoscaler/nats"}
	if code, _ := h.run(v2); code != 0 {
		h.Fatalf("exit %d\n%s", code, h.systemd.journal())
	}
	h.runs(h.second, "all --config /etc/autoscaler/autoscaler.yaml --nats-url nats://127.0.0.1:4333 --nats-creds "+credentialsFolder+"/nats.creds")
	if info, err := os.Stat("/etc/autoscaler/nats.creds"); err != nil || info.Mode() != 0o600 {
		h.Errorf("the credentials are not root's alone: %v (%v)", info, err)
	}
	if code, body := h.get("/ready"); code != http.StatusServiceUnavailable {
		h.Errorf("/ready without a NATS server: %d %s", code, body)
	}
	delete(v2, "NATS_CREDENTIALS")
	v2["NATS_URL"], v2["CONFIG_URL"], v2["CONFIG_SHA256"] = unset, "http://127.0.0.1:8080/scopes.yaml", h.sums["scopes.yaml"]
	h.accepts(v2, `realm live, 0 groups, 2 scopes, discovery on$`)
	for _, optional := range []string{"CONFIG_URL", "CONFIG_SHA256", "ACTUATOR_ROLE_ARN"} {
		v2[optional] = unset
	}
	h.accepts(v2, `realm live, 0 groups, 1 scopes, discovery on$`)
	h.runs(h.second, "all --config /etc/autoscaler/autoscaler.yaml")
	if _, err := os.Stat("/etc/autoscaler/nats.creds"); !os.IsNotExist(err) {
		h.Errorf("the credentials of a server that is not used any more are still there (%v)", err)
	}
}
