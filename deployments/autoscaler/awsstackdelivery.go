package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"go.yaml.in/yaml/v3"

	"github.com/ml-autoscaling/autoscaler/deployments/autoscaler/config"
	"github.com/ml-autoscaling/autoscaler/deployments/aws"
)

// deliveryFlags say what the host of a controller is to run.
type deliveryFlags struct {
	Release       string `group:"The controller's host:" placeholder:"FILE" help:"Archive of 'task release', to be put into the stack's bucket."`
	Sums          string `group:"The controller's host:" placeholder:"FILE" help:"Checksums that it has to match (default SHA256SUMS beside it)."`
	ReleaseURL    string `name:"release-url" group:"The controller's host:" placeholder:"URL" help:"An archive in another place, https:// or s3://, instead."`
	ReleaseSHA256 string `name:"release-sha256" group:"The controller's host:" placeholder:"SUM" help:"Its SHA-256."`
	Config        string `group:"The controller's host:" placeholder:"FILE" help:"Policy, a YAML with the keys defaults and groups, and ingest for more accounts and regions; into the bucket too."`
}

// validate checks the flags against each other.
func (f deliveryFlags) validate(stack string, s settings) error {
	given := map[string]string{"ReleaseURL": f.Release + f.ReleaseURL, "ReleaseSHA256": f.Release + f.ReleaseSHA256, "ConfigURL": f.Config, "ConfigSHA256": f.Config}
	switch {
	case stack != "controller" && f != deliveryFlags{}:
		return errors.New("a release and a configuration go with the controller")
	case f.Release != "" && f.ReleaseURL+f.ReleaseSHA256 != "":
		return errors.New("--release: goes without --release-url and --release-sha256")
	case (f.ReleaseURL == "") != (f.ReleaseSHA256 == ""):
		return errors.New("--release-url and --release-sha256 go together")
	case f.Sums != "" && f.Release == "":
		return errors.New("--sums: goes with --release")
	}
	values, err := s.values()
	for key := range values {
		if given[key] != "" {
			return fmt.Errorf("--set %s: another flag says it already", key)
		}
	}
	return err
}

// delivery is what goes into the bucket, and what the host is told of it.
type delivery struct {
	release *aws.Release
	config  *aws.Object
	values  map[string]string
}

// read reads and checks the files.
func (f deliveryFlags) read(region string) (delivery, error) {
	d := delivery{values: map[string]string{}}
	if f.ReleaseURL != "" {
		d.values["ReleaseURL"], d.values["ReleaseSHA256"] = f.ReleaseURL, f.ReleaseSHA256
	}
	if f.Release != "" {
		release, err := aws.ReadRelease(f.Release, f.Sums)
		if err != nil {
			return delivery{}, err
		}
		d.release = &release
	}
	if f.Config != "" {
		body, err := readPolicy(f.Config, region)
		if err != nil {
			return delivery{}, err
		}
		object := aws.NewConfig(body)
		d.config = &object
	}
	return d, nil
}

// readPolicy reads a configuration of the keys defaults and groups, and ingest
// where other accounts and regions are polled too, which is all that a host takes
// from elsewhere: the rest follows from its stack.
func readPolicy(file, region string) ([]byte, error) {
	body, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the policy: %w", err)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(body, &doc); err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode || doc.Content[0].Style == yaml.FlowStyle {
		return nil, fmt.Errorf("read %s: want the keys defaults and groups, each on a line of its own", file)
	}
	keys, lines := doc.Content[0].Content, strings.Split(string(body), "\n")
	scopes := fmt.Sprintf("\ningest:\n  scopes:\n    %[1]s: {region: %[1]s}\n", region)
	for i := 0; i < len(keys); i += 2 {
		switch key := keys[i]; key.Value {
		case "defaults", "groups":
		case "ingest":
			scopes = ""
		default:
			return nil, fmt.Errorf("read %s: line %d: %s: only defaults, groups and ingest may be in it; the rest follows from the stack's parameters", file, key.Line, key.Value)
		}
		// Behind the host's own text, where it also looks for ingest, another form
		// of a key would be refused: when the host before it is gone.
		if key := keys[i]; key.Line > len(lines) || !strings.HasPrefix(lines[key.Line-1], key.Value+":") {
			return nil, fmt.Errorf("read %s: line %d: each on a line of its own, and at its beginning, want the keys defaults, groups and ingest", file, key.Line)
		}
	}
	for line := range strings.Lines(string(body)) {
		// The host joins it to a text of its own.
		if strings.HasPrefix(line, "---") || strings.HasPrefix(line, "...") || strings.HasPrefix(line, "%") {
			return nil, fmt.Errorf("read %s: want one document, without %q", file, strings.TrimSpace(line))
		}
	}
	// With the scope that the host has, behind it, so that lines are the file's.
	cfg, err := config.Read(strings.NewReader(string(body)+scopes), file)
	if err != nil {
		return nil, err
	}
	if own := cfg.Ingest.Scopes[region]; own.Region != region {
		return nil, fmt.Errorf("read %s: ingest.scopes: want the host's own region among them, %[2]s: {region: %[2]s}", file, region)
	}
	return body, nil
}

// stored gives what goes into the bucket.
func (d delivery) stored() []aws.Object {
	var objects []aws.Object
	if d.release != nil {
		objects = append(objects, d.release.Object)
	}
	if d.config != nil {
		objects = append(objects, *d.config)
	}
	return objects
}

// fits refuses a release for another architecture than the host's, and a policy
// for no host.
func (d delivery) fits(t aws.Template, stack *aws.Stack, values map[string]string) error {
	had := map[string]string{}
	if stack.Exists() {
		had = stack.Parameters
	}
	if d.config != nil && d.into("", values)["ReleaseURL"] == "" && had["ReleaseURL"] == "" {
		return errors.New("--config: there is no host to read it; give --release too")
	}
	if d.release == nil {
		return nil
	}
	if have := cmp.Or(values["Architecture"], had["Architecture"], t.Complete(nil)["Architecture"]); have != d.release.Architecture {
		return fmt.Errorf("release %s is for %s, and the host is %s: take the other archive, or --set Architecture=%s", d.release.Name, d.release.Architecture, have, d.release.Architecture)
	}
	return nil
}

// into gives the values of the parameters that tell the host where its release
// and its policy are.
func (d delivery) into(bucket string, values map[string]string) map[string]string {
	all := maps.Clone(values)
	maps.Copy(all, d.values)
	if d.release != nil {
		all["ReleaseURL"], all["ReleaseSHA256"] = d.release.URL(bucket), d.release.SHA256
	}
	if d.config != nil {
		all["ConfigURL"], all["ConfigSHA256"] = d.config.URL(bucket), d.config.SHA256
	}
	return all
}

// upload puts what is not there yet into the bucket.
func (d delivery) upload(ctx context.Context, p process, cfg sdk.Config, bucket string) error {
	uploader := aws.NewUploader(cfg, bucket)
	for _, o := range d.stored() {
		bar := newProgress(p.stderr, int64(len(o.Body)), "uploading")
		uploaded, err := uploader.Upload(ctx, o, bar.add)
		bar.done()
		switch {
		case err != nil:
			return err
		case uploaded:
			fmt.Fprintf(p.stdout, "uploaded %s to %s\n", bytesOf(float64(len(o.Body))), o.URL(bucket))
		default:
			fmt.Fprintf(p.stdout, "%s is there already\n", o.URL(bucket))
		}
	}
	return nil
}
