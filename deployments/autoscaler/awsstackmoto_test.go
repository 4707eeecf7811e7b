package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/ml-autoscaling/autoscaler/deployments/autoscaler/config"
	"github.com/ml-autoscaling/autoscaler/deployments/aws"
	"github.com/ml-autoscaling/autoscaler/replay/awssim/mototest"
)

// motoRegion is the one whose zones moto's Fn::GetAZs gives.
const motoRegion = "us-east-1"

// TestTargetOnMoto plans, applies, changes, looks at and destroys the stack of
// a target through the verbs.
func TestTargetOnMoto(t *testing.T) {
	m := newMoto(t)
	m.run(0, "6 to add, 0 to change, 0 to remove", "plan", "target")
	m.gone("ml-autoscaling-target")

	m.run(1, "nothing was changed: there is no terminal to ask on", "apply", "target")
	m.gone("ml-autoscaling-target")

	m.run(0, "stack ml-autoscaling-target in us-east-1: CREATE_COMPLETE", "apply", "target", "--yes")
	g := m.group("ml-predictive-asg")
	if *g.MinSize != 1 || *g.MaxSize != 10 || sdk.ToString(g.LaunchTemplate.LaunchTemplateName) != "ml-autoscaling-template" || len(g.Instances) != 1 {
		t.Errorf("want 1 to 10 instances of ml-autoscaling-template, got %+v", g)
	}
	want := []string{"ml-autoscaling/baseline-min=1", "ml-autoscaling/managed=true", "ml-autoscaling/mode=observe"}
	if got := tagsOf(g); !slices.Equal(got, want) {
		t.Errorf("want tags %v, got %v", want, got)
	}
	m.run(0, "no changes; it is as it would be", "apply", "target", "--yes")
	m.run(0, "it would be created", append([]string{"plan", "controller"}, m.network()...)...)
	m.gone("ml-autoscaling-controller") // although moto counts the target's change sets as its own

	// moto forgets which SSM parameter an AMI came from, so that it is given.
	image := "ImageId=/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
	m.run(0, "~ MaxSize  10 -> 20", "plan", "target", "--set", "MaxSize=20", "--set", image)
	if g := m.group("ml-predictive-asg"); *g.MaxSize != 10 {
		t.Errorf("a plan changes nothing, got max %d", *g.MaxSize)
	}
	out := m.run(0, "UPDATE_COMPLETE", "apply", "target", "--yes", "--set", "MaxSize=20", "--set", "Mode=desired", "--set", image)
	if !strings.Contains(out, "observe -> desired") {
		t.Errorf("want both changes shown, got\n%s", out)
	}
	g = m.group("ml-predictive-asg")
	if *g.MaxSize != 20 || !slices.Contains(tagsOf(g), "ml-autoscaling/mode=desired") {
		t.Errorf("want max 20 and mode desired, got max %d, %v", *g.MaxSize, tagsOf(g))
	}
	m.run(0, "group ml-predictive-asg: min 1, desired 1, max 20", "status", "target")

	m.run(1, "nothing was changed: there is no terminal to ask on", "destroy", "target")
	m.run(0, "stack ml-autoscaling-target in us-east-1: deleted", "destroy", "target", "--yes")
	m.gone("ml-autoscaling-target")
	m.noGroups()
	m.run(0, "it is not there; nothing to delete", "destroy", "target", "--yes")
}

// TestControllerOnMoto takes a controller from nothing to a host, to another
// release, and away again.
func TestControllerOnMoto(t *testing.T) {
	m := newMoto(t)
	network := m.network()
	first, second := writeRelease(t, "v1.0.0", "arm64"), writeRelease(t, "v1.1.0", "arm64")
	policy := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(policy, []byte("defaults:\n  mode: observe\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	m.run(0, "13 to add", append([]string{"plan", "controller", "--release", first, "--config", policy}, network...)...)
	m.gone("ml-autoscaling-controller")

	out := m.run(0, "step 2 of 2: the host", append([]string{"apply", "controller", "--yes", "--release", first, "--config", policy}, network...)...)
	if n := strings.Count(out, "uploaded "); n != 2 {
		t.Errorf("want a release and a policy uploaded, got %d\n%s", n, out)
	}
	bucket := m.physical("ml-autoscaling-controller", "ReleaseBucket")
	host := func() types.AutoScalingGroup { return m.group(m.physical("ml-autoscaling-controller", "HostGroup")) }
	sum := sumOf(t, first)
	keys := m.keys(bucket)
	if len(keys) != 2 || !strings.HasPrefix(keys[0], "configs/") || keys[1] != "releases/"+sum+"/"+filepath.Base(first) {
		t.Errorf("want both under keys with their SHA-256, got %v", keys)
	}
	if g := host(); *g.MinSize != 1 || *g.MaxSize != 1 || !slices.Contains(tagsOf(g), "ml-autoscaling/release="+sum) {
		t.Errorf("want one host of release %s, got %+v", sum, g)
	}

	// As above: moto forgets where AMIs came from.
	images := []string{"--set", "ImageIdArm64=/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
		"--set", "ImageIdX8664=/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"}
	out = m.run(0, "UPDATE_COMPLETE", append([]string{"apply", "controller", "--yes", "--release", second}, images...)...)
	if strings.Contains(out, "step 1 of 2") {
		t.Errorf("want one step where the bucket is there, got\n%s", out)
	}
	if g := host(); !slices.Contains(tagsOf(g), "ml-autoscaling/release="+sumOf(t, second)) {
		t.Errorf("want the other release, got %v", tagsOf(g))
	}
	if out = m.run(0, "UPDATE_COMPLETE", append([]string{"apply", "controller", "--yes", "--release", first}, images...)...); !strings.Contains(out, "is there already") {
		t.Errorf("want nothing uploaded twice, got\n%s", out)
	}

	well := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.URL.Path[1:]) }))
	defer well.Close()
	m.run(0, "/ready: 200 ready", "status", "controller", "--address", strings.TrimPrefix(well.URL, "http://"))
	m.run(1, "connection refused: is the API on an address that can be reached", "status", "controller", "--address", "127.0.0.1:1")
	m.run(1, "/health: instance i-", "status", "controller") // moto answers commands with nothing

	m.run(0, "of 3 object(s)", "destroy", "controller", "--yes")
	m.gone("ml-autoscaling-controller")
	m.noGroups()
	if _, err := m.s3.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: &bucket}); err == nil {
		t.Error("want the bucket gone")
	}
}

// moto is a simulated account, and the verbs pointed at it.
type moto struct {
	t       *testing.T
	address string
	stacks  *cloudformation.Client
	groups  *autoscaling.Client
	s3      *s3.Client
}

func newMoto(t *testing.T) *moto {
	t.Helper()
	address := mototest.Start(t)
	awsEnvironment(t, address)
	cfg, err := loadAWS(t.Context(), config.Scope{Region: motoRegion})
	if err != nil {
		t.Fatal(err)
	}
	return &moto{t, address, cloudformation.NewFromConfig(cfg), autoscaling.NewFromConfig(cfg), s3.NewFromConfig(cfg)}
}

// run runs autoscaler aws with the arguments, wants an exit code and a text in
// what it prints, and gives all that it printed.
func (m *moto) run(code int, want string, args ...string) string {
	m.t.Helper()
	var out bytes.Buffer
	p := process{stdout: &out, stderr: &out, env: func(string) string { return "" }, stacks: aws.Options{Poll: 10 * time.Millisecond}}
	got := run(m.t.Context(), p, append([]string{"aws", args[0], args[1], "--region", motoRegion}, args[2:]...))
	if got != code || !strings.Contains(out.String(), want) {
		m.t.Fatalf("aws %v: want exit code %d and %q, got %d and\n%s", args, code, want, got, out.String())
	}
	return out.String()
}

// gone wants that there is no stack of that name, not even the shell of one.
func (m *moto) gone(name string) {
	m.t.Helper()
	if out, err := m.stacks.DescribeStacks(m.t.Context(), &cloudformation.DescribeStacksInput{StackName: &name}); err == nil {
		m.t.Errorf("want no stack %s, got it %s", name, out.Stacks[0].StackStatus)
	}
}

func (m *moto) group(name string) types.AutoScalingGroup {
	m.t.Helper()
	out, err := m.groups.DescribeAutoScalingGroups(m.t.Context(), &autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{name}})
	if err != nil || len(out.AutoScalingGroups) != 1 {
		m.t.Fatalf("want group %s, got %v, %v", name, out, err)
	}
	return out.AutoScalingGroups[0]
}

func (m *moto) noGroups() {
	m.t.Helper()
	if out, err := m.groups.DescribeAutoScalingGroups(m.t.Context(), &autoscaling.DescribeAutoScalingGroupsInput{}); err != nil || len(out.AutoScalingGroups) > 0 {
		m.t.Errorf("want no group left, got %+v, %v", out, err)
	}
}

func (m *moto) physical(stack, logical string) string {
	m.t.Helper()
	out, err := m.stacks.ListStackResources(m.t.Context(), &cloudformation.ListStackResourcesInput{StackName: &stack})
	if err != nil {
		m.t.Fatal(err)
	}
	for _, r := range out.StackResourceSummaries {
		if sdk.ToString(r.LogicalResourceId) == logical {
			return sdk.ToString(r.PhysicalResourceId)
		}
	}
	m.t.Fatalf("stack %s has no %s", stack, logical)
	return ""
}

func (m *moto) keys(bucket string) []string {
	m.t.Helper()
	out, err := m.s3.ListObjectsV2(m.t.Context(), &s3.ListObjectsV2Input{Bucket: &bucket})
	if err != nil {
		m.t.Fatal(err)
	}
	var keys []string
	for _, o := range out.Contents {
		keys = append(keys, sdk.ToString(o.Key))
	}
	return keys
}

// network gives flags that name the default VPC and two of its subnets. It is
// asked for without a client of EC2, which would be a large dependency.
func (m *moto) network() []string {
	m.t.Helper()
	form := url.Values{"Action": {"DescribeSubnets"}, "Version": {"2016-11-15"}}
	request, err := http.NewRequestWithContext(m.t.Context(), http.MethodPost, m.address, strings.NewReader(form.Encode()))
	if err != nil {
		m.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	// Which service is meant, moto reads here.
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/"+motoRegion+"/ec2/aws4_request, SignedHeaders=host, Signature=none")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		m.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	vpc := regexp.MustCompile(`<vpcId>(vpc-[0-9a-f]+)<`).FindSubmatch(body)
	subnets := regexp.MustCompile(`<subnetId>(subnet-[0-9a-f]+)<`).FindAllSubmatch(body, 2)
	if err != nil || vpc == nil || len(subnets) != 2 {
		m.t.Fatalf("want the default network, got %s, %v", body, err)
	}
	return []string{"--set", "VpcId=" + string(vpc[1]), "--set", fmt.Sprintf("SubnetIds=%s,%s", subnets[0][1], subnets[1][1])}
}

func tagsOf(g types.AutoScalingGroup) []string {
	var tags []string
	for _, tag := range g.Tags {
		tags = append(tags, sdk.ToString(tag.Key)+"="+sdk.ToString(tag.Value))
	}
	slices.Sort(tags)
	return tags
}
