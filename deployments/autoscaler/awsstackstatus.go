package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ml-autoscaling/autoscaler/deployments/aws"
)

type awsStatusVerb struct {
	stackFlags
	Address string `placeholder:"HOST:PORT" help:"Ask the controller here over HTTP, instead of on its host by Session Manager."`
}

// Help describes the verb at length.
func (awsStatusVerb) Help() string {
	return `Shows the stack, its outputs, the instances of its Auto Scaling group and its
alarm. The controller's host is asked for /health and /ready on loopback, by a
command that Session Manager carries there: no port has to be open. --address
asks over the network instead.

It exits with 1 where somebody should look: the stack is not there or not
complete, no instance is in service, the alarm rings, or the host is not well.`
}

// Validate checks the flags.
func (v awsStatusVerb) Validate() error {
	if v.Address == "" {
		return nil
	}
	if v.Stack != "controller" {
		return errors.New("--address: goes with the controller")
	}
	if _, _, err := net.SplitHostPort(v.Address); err != nil {
		return fmt.Errorf("--address: %w", err)
	}
	return nil
}

// Run shows how a stack stands.
func (v awsStatusVerb) Run(ctx context.Context, p process) error {
	cfg, err := v.load(ctx, p)
	if err != nil {
		return err
	}
	look := &inspection{w: p.stdout, inspector: aws.NewInspector(cfg)}
	stack, resources, err := look.inspector.Stack(ctx, v.name())
	if err != nil {
		return err
	}
	if !stack.Exists() {
		return fmt.Errorf("stack %s in %s is not there; make it with: %s", v.name(), cfg.Region, v.again("apply", cfg.Region))
	}
	look.stack(stack, cfg.Region)
	group, alarm := "Group", "HighCpuAlarm"
	if v.Stack == "controller" {
		group, alarm = "HostGroup", "HeartbeatAlarm"
	}
	host := look.group(ctx, aws.Physical(resources, group))
	look.alarm(ctx, aws.Physical(resources, alarm))
	if v.Stack == "controller" {
		look.health(ctx, v.asker(p, cfg, host))
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return look.verdict(v.name())
}

// asker gives how the host is asked; nil where there is none to ask.
func (v awsStatusVerb) asker(p process, cfg sdk.Config, host string) asker {
	switch {
	case v.Address != "":
		return httpAsker(v.Address)
	case host != "":
		return commandAsker(aws.NewMessenger(cfg, p.stacks), host)
	}
	return nil
}

// inspection is a look at a stack on its way.
type inspection struct {
	w         io.Writer
	inspector *aws.Inspector
	faults    []string
}

// fault notes what somebody should look at.
func (i *inspection) fault(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	i.faults = append(i.faults, text)
	fmt.Fprintln(i.w, "  LOOK:", text)
}

func (i *inspection) stack(s *aws.Stack, region string) {
	fmt.Fprintf(i.w, "stack %s in %s: %s since %s\n", s.Name, region, s.Status, s.Updated.UTC().Format(time.RFC3339))
	for _, o := range s.Outputs {
		fmt.Fprintf(i.w, "  %-18s %s\n", o.Key, o.Value)
	}
	switch {
	case s.InProgress():
		i.fault("AWS is at work on the stack")
	case !strings.HasSuffix(string(s.Status), "_COMPLETE") || strings.Contains(string(s.Status), "ROLLBACK"):
		i.fault("the stack is %s: %s", s.Status, s.Reason)
	}
}

// group tells of an Auto Scaling group and gives an instance that is in service;
// "" where none is.
func (i *inspection) group(ctx context.Context, name string) string {
	if name == "" {
		i.fault("the stack has no group; a controller has one when it is applied with --release")
		return ""
	}
	g, err := i.inspector.Group(ctx, name)
	if err != nil {
		i.fault("%v", err)
		return ""
	}
	serving := ""
	fmt.Fprintf(i.w, "group %s: min %d, desired %d, max %d\n", g.Name, g.Min, g.Desired, g.Max)
	for _, n := range g.Instances {
		fmt.Fprintf(i.w, "  %s  %s  %s  %s\n", n.ID, n.Zone, n.Lifecycle, n.Health)
		if n.InService() {
			serving = n.ID
		}
	}
	if serving == "" && g.Desired > 0 {
		i.fault("no instance is in service")
	}
	return serving
}

func (i *inspection) alarm(ctx context.Context, name string) {
	if name == "" {
		fmt.Fprintln(i.w, "alarm: the stack has none")
		return
	}
	a, err := i.inspector.Alarm(ctx, name)
	if err != nil {
		i.fault("%v", err)
		return
	}
	fmt.Fprintf(i.w, "alarm %s: %s since %s\n", a.Name, a.State, a.Since.UTC().Format(time.RFC3339))
	if a.State == "ALARM" {
		i.fault("the alarm rings: %s", a.Reason)
	}
}

// asker asks a host for a path of its API, and gives the status and the body.
type asker func(ctx context.Context, path string) (status int, body string, err error)

// health asks the host how it is.
func (i *inspection) health(ctx context.Context, ask asker) {
	if ask == nil {
		return
	}
	for _, path := range []string{"/health", "/ready"} {
		status, body, err := ask(ctx, path)
		if err != nil {
			i.fault("%s: %v", path, err)
			return // the other would say the same
		}
		fmt.Fprintf(i.w, "%s: %d %s\n", path, status, body)
		if status != http.StatusOK {
			i.fault("%s answers %d", path, status)
		}
	}
}

// verdict is an error where somebody should look.
func (i *inspection) verdict(name string) error {
	switch len(i.faults) {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("stack %s: %s", name, i.faults[0])
	}
	return fmt.Errorf("stack %s: %d things to look at, the first: %s", name, len(i.faults), i.faults[0])
}

// commandAsker asks on the host itself.
func commandAsker(m *aws.Messenger, instance string) asker {
	return func(ctx context.Context, path string) (int, string, error) {
		said, err := m.Run(ctx, instance, "curl -sS -m 10 -w '\\nstatus %{http_code}\\n' http://127.0.0.1:5000"+path+" 2>&1")
		if err != nil {
			return 0, "", err
		}
		found := regexp.MustCompile(`(?s)\A(.*)\nstatus (\d{3})\s*\z`).FindStringSubmatch(said)
		if found == nil {
			return 0, "", fmt.Errorf("instance %s says %q: is curl there?", instance, said)
		}
		body := strings.TrimSpace(found[1])
		if found[2] == "000" {
			return 0, "", fmt.Errorf("instance %s: %s: the service does not run; 'journalctl -u autoscaler' or 'journalctl -t autoscaler-setup' says why (aws ssm start-session --target %s)", instance, body, instance)
		}
		var status int
		if _, err := fmt.Sscan(found[2], &status); err != nil {
			return 0, "", err
		}
		return status, body, nil
	}
}

// httpAsker asks over the network.
func httpAsker(address string) asker {
	client := &http.Client{Timeout: 10 * time.Second}
	return func(ctx context.Context, path string) (int, string, error) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+path, nil)
		if err != nil {
			return 0, "", err
		}
		answer, err := client.Do(request)
		if err != nil {
			return 0, "", fmt.Errorf("%w: is the API on an address that can be reached (--set ApiCidr=RANGE), and the way open?", err)
		}
		defer func() { _ = answer.Body.Close() }()
		body, err := io.ReadAll(io.LimitReader(answer.Body, 64<<10))
		return answer.StatusCode, strings.TrimSpace(string(body)), err
	}
}
