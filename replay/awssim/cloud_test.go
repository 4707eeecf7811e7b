package awssim

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

const (
	here, there = "111122223333", "444455556666"
	away        = "arn:aws:iam::444455556666:role/path/to/reader"
)

// clouded is a cloud of three places, each with a group of its own, on a socket.
func clouded(t *testing.T, roles ...Role) (cloud *Cloud, servers []*Server, config func(region string) aws.Config) {
	t.Helper()
	c := &clock{now: minute(1)}
	for name, at := range map[string]place{"web": {here, "eu-west-1"}, "api": {there, "eu-west-1"}, "db": {there, "us-east-1"}} {
		s := New(Config{Account: at.account, Region: at.region, Now: c.Now})
		if err := s.Add(Group{Name: name, World: steady(t, nil), Detailed: true}); err != nil {
			t.Fatal(err)
		}
		servers = append(servers, s)
	}
	cloud, err := NewCloud(here, servers...)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range roles {
		if err := cloud.Trust(r); err != nil {
			t.Fatal(err)
		}
	}
	cloud.Advance(minute(1))
	listening := httptest.NewServer(cloud)
	t.Cleanup(listening.Close)
	return cloud, servers, func(region string) aws.Config {
		return aws.Config{
			Region: region, BaseEndpoint: aws.String(listening.URL),
			Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
			HTTPClient:  plainBody{&http.Client{Transport: &http.Transport{}}},
			Retryer:     func() aws.Retryer { return aws.NopRetryer{} },
		}
	}
}

// as assumes a role.
func as(c aws.Config, arn, externalID string) aws.Config {
	client := sts.NewFromConfig(c)
	c.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(client, arn, func(o *stscreds.AssumeRoleOptions) {
		o.RoleSessionName = "test"
		if externalID != "" {
			o.ExternalID = &externalID
		}
	}))
	return c
}

func groupsOf(t *testing.T, c aws.Config) string {
	t.Helper()
	out, err := autoscaling.NewFromConfig(c).DescribeAutoScalingGroups(t.Context(), &autoscaling.DescribeAutoScalingGroupsInput{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, g := range out.AutoScalingGroups {
		names = append(names, *g.AutoScalingGroupName+" "+*g.AutoScalingGroupARN)
	}
	return strings.Join(names, ", ")
}

// TestCloudRoutes: the signature's region and the key's account say whose groups
// are seen, in both protocols.
func TestCloudRoutes(t *testing.T) {
	_, servers, config := clouded(t, Role{ARN: away, ExternalID: "s3cret"})
	for _, test := range []struct {
		config aws.Config
		want   string
		arn    string
	}{
		{config("eu-west-1"), "web arn:aws:autoscaling:eu-west-1:111122223333:", "arn:aws:sts::111122223333:assumed-role/autoscaler/session"},
		{config("us-east-1"), "", "arn:aws:sts::111122223333:assumed-role/autoscaler/session"},
		{as(config("eu-west-1"), away, "s3cret"), "api arn:aws:autoscaling:eu-west-1:444455556666:", "arn:aws:sts::444455556666:assumed-role/reader/test"},
		{as(config("us-east-1"), away, "s3cret"), "db arn:aws:autoscaling:us-east-1:444455556666:", "arn:aws:sts::444455556666:assumed-role/reader/test"},
	} {
		if got := groupsOf(t, test.config); !strings.HasPrefix(got, test.want) || test.want == "" && got != "" || strings.Contains(got, ",") {
			t.Errorf("%s: groups %q, want %q", test.arn, got, test.want)
		}
		who, err := sts.NewFromConfig(test.config).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
		if err != nil || *who.Arn != test.arn || *who.Account != strings.Split(test.arn, ":")[4] {
			t.Errorf("identity %+v (%v), want %s", who, err, test.arn)
		}
		if _, err := cloudwatch.NewFromConfig(test.config).DescribeAlarms(t.Context(), &cloudwatch.DescribeAlarmsInput{}); err != nil {
			t.Error(err)
		}
	}
	alarms, assumed := 0, 0
	for _, s := range servers {
		for _, c := range s.Calls() {
			switch c.Operation {
			case "DescribeAlarms":
				alarms++
			case "AssumeRole":
				assumed++
			}
			if account := strings.Split(c.Caller, ":")[4]; account != s.config.Account {
				t.Errorf("%s of %s at %s", c.Operation, c.Caller, s.config.Account)
			}
		}
	}
	if alarms != 3 || assumed != 1 {
		t.Errorf("%d calls of DescribeAlarms, %d of AssumeRole in the places that were given, want 3 and 1", alarms, assumed)
	}
}

func TestAssumeRoleRefuses(t *testing.T) {
	_, _, config := clouded(t, Role{ARN: away, ExternalID: "s3cret"})
	client := sts.NewFromConfig(config("eu-west-1"))
	denied := "User: arn:aws:sts::111122223333:assumed-role/autoscaler/session is not authorized to perform: sts:AssumeRole on resource: "
	unknown := "arn:aws:iam::444455556666:role/nobody"
	for _, test := range []struct {
		in         sts.AssumeRoleInput
		code, want string
	}{
		{sts.AssumeRoleInput{RoleArn: aws.String(away)}, "AccessDenied", denied + away},
		{sts.AssumeRoleInput{RoleArn: aws.String(away), ExternalId: aws.String("wrong")}, "AccessDenied", denied + away},
		{sts.AssumeRoleInput{RoleArn: aws.String(unknown), ExternalId: aws.String("s3cret")}, "AccessDenied", denied + unknown},
		{sts.AssumeRoleInput{RoleArn: aws.String(away), ExternalId: aws.String("s3cret"), DurationSeconds: aws.Int32(60)}, "ValidationError", "at 'durationSeconds' failed"},
		{sts.AssumeRoleInput{RoleArn: aws.String(away), RoleSessionName: aws.String("a b")}, "ValidationError", "at 'roleSessionName' failed"},
	} {
		if test.in.RoleSessionName == nil {
			test.in.RoleSessionName = aws.String("test")
		}
		_, err := client.AssumeRole(t.Context(), &test.in)
		if code, message := codeOf(t, err); code != test.code || !strings.Contains(message, test.want) {
			t.Errorf("%s %q, want %s %q", code, message, test.code, test.want)
		}
	}
}

// TestRolesAllow: a role may do what it is allowed, and the rest is denied in
// AWS's words.
func TestRolesAllow(t *testing.T) {
	_, _, config := clouded(t, Role{ARN: away, Allowed: []string{"autoscaling:DescribeAutoScalingGroups"}})
	c := as(config("us-east-1"), away, "")
	if got := groupsOf(t, c); !strings.HasPrefix(got, "db ") {
		t.Errorf("groups %s", got)
	}
	_, err := autoscaling.NewFromConfig(c).SetDesiredCapacity(t.Context(), &autoscaling.SetDesiredCapacityInput{AutoScalingGroupName: aws.String("db"), DesiredCapacity: aws.Int32(9)})
	code, message := codeOf(t, err)
	if want := "User: arn:aws:sts::444455556666:assumed-role/reader/test is not authorized to perform: autoscaling:SetDesiredCapacity on resource: arn:aws:autoscaling:us-east-1:444455556666:autoScalingGroup:"; code != "AccessDenied" || !strings.HasPrefix(message, want) {
		t.Errorf("%s %s, want %s", code, message, want)
	}
	_, err = cloudwatch.NewFromConfig(c).DescribeAlarms(t.Context(), &cloudwatch.DescribeAlarmsInput{})
	if code, message := codeOf(t, err); code != "AccessDenied" || !strings.Contains(message, "cloudwatch:DescribeAlarms") {
		t.Errorf("%s %s", code, message)
	}
}

// TestCloudRefusesKeys: a session's key goes with its token, and a request
// without a signature is nobody's.
func TestCloudRefusesKeys(t *testing.T) {
	cloud, _, config := clouded(t, Role{ARN: away})
	session, err := as(config("eu-west-1"), away, "").Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stolen := config("eu-west-1")
	stolen.Credentials = credentials.NewStaticCredentialsProvider(session.AccessKeyID, session.SecretAccessKey, "")
	_, err = autoscaling.NewFromConfig(stolen).DescribeAutoScalingGroups(t.Context(), &autoscaling.DescribeAutoScalingGroupsInput{})
	if code, _ := codeOf(t, err); code != "InvalidClientTokenId" {
		t.Errorf("a key without its token: %v", err)
	}
	unsigned := config("eu-west-1")
	unsigned.Credentials = aws.AnonymousCredentials{}
	_, err = autoscaling.NewFromConfig(unsigned).DescribeAutoScalingGroups(t.Context(), &autoscaling.DescribeAutoScalingGroupsInput{})
	if code, _ := codeOf(t, err); code != "MissingAuthenticationToken" {
		t.Errorf("no signature: %v", err)
	}
	for _, arn := range []string{away, "arn:aws:iam::1:role/x", "arn:aws:iam::444455556666:user/x", ""} {
		if err := cloud.Trust(Role{ARN: arn}); err == nil {
			t.Errorf("the role %q is taken", arn)
		}
	}
	if _, err := NewCloud(here); err == nil {
		t.Error("a cloud of nothing is made")
	}
	if _, err := NewCloud(here, New(Config{}), New(Config{})); err == nil {
		t.Error("a place has two servers")
	}
}
