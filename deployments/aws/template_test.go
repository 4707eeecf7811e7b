package aws_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ml-autoscaling/autoscaler/deployments/autoscaler/config"
	"github.com/ml-autoscaling/autoscaler/deployments/aws"
)

// TestLint holds both templates to cfn-lint, with all its rules.
func TestLint(t *testing.T) {
	path, err := exec.LookPath("cfn-lint")
	if err != nil {
		t.Skip("cfn-lint is not installed (pip install cfn-lint): the templates are not checked by it")
	}
	args := []string{"--regions", "us-east-1", "eu-west-1", "--include-experimental", "--include-checks", "I", "--"}
	for _, name := range aws.Templates() {
		template, err := aws.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), name+".yaml")
		if err := os.WriteFile(file, []byte(template.Body), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
	}
	if out, err := exec.CommandContext(t.Context(), path, args...).CombinedOutput(); err != nil {
		t.Errorf("cfn-lint: %v\n%s", err, out)
	}
}

// TestBothTemplates holds what no resource of either may do.
func TestBothTemplates(t *testing.T) {
	for _, name := range aws.Templates() {
		template, document := read(t, name)
		// What CreateChangeSet takes without a bucket.
		if len(template.Body) > 51_200 {
			t.Errorf("%s: want at most 51,200 bytes, got %d", name, len(template.Body))
		}
		walk(document, name, func(path string, key string, value any) {
			text := fmt.Sprint(value)
			switch key {
			case "KeyName", "DesiredCapacity", "ManagedPolicyArns":
				t.Errorf("%s: want none", path)
			case "Action":
				deny := strings.Contains(path, "ReleaseBucketPolicy")
				if strings.Contains(text, "*") && !deny {
					t.Errorf("%s: want actions by name, got %s", path, text)
				}
			case "SecurityGroupIngress":
				if strings.Contains(text, "0.0.0.0/0") || strings.Contains(text, "::/0") {
					t.Errorf("%s: open to the world: %s", path, text)
				}
			case "Ebs":
				equal(t, path+".Encrypted", at(value, "Encrypted"), true)
				equal(t, path+".VolumeType", at(value, "VolumeType"), "gp3")
			case "LaunchTemplateData":
				equal(t, path+" encrypts its root volume", at(value, "BlockDeviceMappings", 0, "Ebs", "Encrypted"), true)
				equal(t, path, at(value, "MetadataOptions"), tree{"HttpTokens": "required", "HttpPutResponseHopLimit": 1, "HttpEndpoint": "enabled"})
			}
		})
	}
}

func TestTarget(t *testing.T) {
	_, document := read(t, "target")
	data := resource(t, document, "LaunchTemplate", "AWS::EC2::LaunchTemplate")["LaunchTemplateData"]
	equal(t, "image", at(document, "Parameters", "ImageId", "Type"), "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>")
	equal(t, "detailed monitoring", at(data, "Monitoring", "Enabled"), true)
	equal(t, "no inbound", resource(t, document, "InstanceSecurityGroup", "AWS::EC2::SecurityGroup")["SecurityGroupIngress"], nil)

	group := resource(t, document, "Group", "AWS::AutoScaling::AutoScalingGroup")
	equal(t, "warm-up", group["DefaultInstanceWarmup"], 120)
	equal(t, "metrics", group["MetricsCollection"], []any{tree{"Granularity": "1Minute"}})
	equal(t, "update", at(document, "Resources", "Group", "UpdatePolicy"), tree{"AutoScalingScheduledAction": tree{"IgnoreUnmodifiedGroupSizeProperties": true}})
	tag := func(key string, value any) any {
		return tree{"Key": "ml-autoscaling/" + key, "Value": value, "PropagateAtLaunch": false}
	}
	equal(t, "tags", group["Tags"], []any{tag("managed", "true"), tag("mode", ref("Mode")), tag("baseline-min", ref("MinSize"))})
	equal(t, "network", group["AvailabilityZones"], tree{"Fn::If": []any{"OwnNetwork", ref("AWS::NoValue"), tree{"Fn::GetAZs": ""}}})

	equal(t, "mode", at(document, "Parameters", "Mode"), tree{"Type": "String", "Default": "observe", "AllowedValues": []any{"observe", "desired"},
		"Description": at(document, "Parameters", "Mode", "Description")})
	target := resource(t, document, "CpuTargetPolicy", "AWS::AutoScaling::ScalingPolicy")["TargetTrackingConfiguration"]
	equal(t, "only desired keeps the fallback from scaling in", at(target, "DisableScaleIn"), tree{"Fn::If": []any{"Desired", true, false}})
	equal(t, "condition", at(document, "Conditions", "Desired"), tree{"Fn::Equals": []any{ref("Mode"), "desired"}})
	equal(t, "CPU target", at(document, "Parameters", "CpuTarget", "Default"), 70)
	equal(t, "CPU target while the controller acts", at(target, "TargetValue"), tree{"Fn::If": []any{"Desired", ref("FallbackCpuTarget"), ref("CpuTarget")}})
	perInstance := config.DefaultPolicy().Load.PerInstance
	if fallback := at(document, "Parameters", "FallbackCpuTarget", "Default").(int); float64(fallback) <= perInstance {
		t.Errorf("a fallback of %d %% adds what the controller gave back at %v %%", fallback, perInstance)
	}
	for _, step := range resource(t, document, "HighCpuPolicy", "AWS::AutoScaling::ScalingPolicy")["StepAdjustments"].([]any) {
		if at(step, "ScalingAdjustment").(int) <= 0 {
			t.Errorf("the steps only scale out, got %v", step)
		}
	}
	alarm := resource(t, document, "HighCpuAlarm", "AWS::CloudWatch::Alarm")
	equal(t, "threshold", alarm["Threshold"], 85)
	equal(t, "the alarm's action", alarm["AlarmActions"], []any{ref("HighCpuPolicy")})

	for parameter, want := range map[string]string{"GroupName": "ml-predictive-asg", "LaunchTemplateName": "ml-autoscaling-template", "AlarmName": "ML-ASG-HighCPU"} {
		equal(t, parameter, at(document, "Parameters", parameter, "Default"), want)
	}
	for name, p := range document["Parameters"].(tree) {
		if _, ok := p.(tree)["Default"]; !ok {
			t.Errorf("parameter %s has no default: the stack is to need none", name)
		}
	}
}

func TestController(t *testing.T) {
	_, document := read(t, "controller")
	security := resource(t, document, "SecurityGroup", "AWS::EC2::SecurityGroup")
	equal(t, "ingress", security["SecurityGroupIngress"], tree{"Fn::If": []any{"Api",
		[]any{tree{"IpProtocol": "tcp", "FromPort": 5000, "ToPort": 5000, "CidrIp": ref("ApiCidr"), "Description": "Prediction API"}}, ref("AWS::NoValue")}})
	equal(t, "egress", security["SecurityGroupEgress"], []any{
		tree{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0", "Description": "AWS"},
		tree{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIpv6": "::/0", "Description": "AWS"},
		tree{"Fn::If": []any{"Nats", tree{"IpProtocol": "tcp", "FromPort": 4222, "ToPort": 4222, "CidrIp": ref("NatsCidr"), "Description": "NATS"}, ref("AWS::NoValue")}},
	})

	host := resource(t, document, "HostRole", "AWS::IAM::Role")
	policy(t, "ingest", at(host, "Policies", 0, "PolicyDocument"), "ingest")
	equal(t, "policies of the host", len(host["Policies"].([]any)), 3)
	equal(t, "release", at(host, "Policies", 1, "PolicyDocument", "Statement"),
		[]any{tree{"Effect": "Allow", "Action": "s3:GetObject", "Resource": tree{"Fn::Sub": "${ReleaseBucket.Arn}/*"}}})
	equal(t, "what the host assumes", at(resource(t, document, "AssumeActuatorRole", "AWS::IAM::Policy"), "PolicyDocument", "Statement"),
		[]any{tree{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": att("ActuatorRole.Arn")}})
	acting := resource(t, document, "ActuatorRole", "AWS::IAM::Role")
	policy(t, "actuator", at(acting, "Policies", 0, "PolicyDocument"), "actuator")
	equal(t, "one policy of the actuator", len(acting["Policies"].([]any)), 1)
	equal(t, "who takes the actuator's role on", at(acting, "AssumeRolePolicyDocument", "Statement"),
		[]any{tree{"Effect": "Allow", "Principal": tree{"AWS": att("HostRole.Arn")}, "Action": "sts:AssumeRole"}})
	for name, condition := range map[string]any{"ActuatorRole": "Acts", "AssumeActuatorRole": "Acts", "HostHeartbeat": "Observes", "ReadNatsCredentials": "Credentials", "AssumeRemoteRoles": "Remote",
		"HostTemplate": "Host", "HostGroup": "Host", "HeartbeatAlarm": "Host", "ReleaseBucket": nil} {
		equal(t, name+" is there if", at(document, "Resources", name, "Condition"), condition)
	}
	written, _ := json.Marshal(host["Policies"])
	if strings.Contains(string(written), "SetDesiredCapacity") {
		t.Error("the host itself sets no capacity")
	}
	heartbeat := at(resource(t, document, "HostHeartbeat", "AWS::IAM::Policy"), "PolicyDocument", "Statement", 0)
	equal(t, "heartbeat", heartbeat, tree{"Effect": "Allow", "Action": []any{"cloudwatch:PutMetricData"}, "Resource": "*",
		"Condition": tree{"StringEquals": tree{"cloudwatch:namespace": "MLAutoscaling"}}})

	equal(t, "the one parameter that the host reads", at(resource(t, document, "ReadNatsCredentials", "AWS::IAM::Policy"), "PolicyDocument", "Statement"),
		[]any{tree{"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": tree{"Fn::Sub": "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter${NatsCredentials}"}}})

	bucket := resource(t, document, "ReleaseBucket", "AWS::S3::Bucket")
	equal(t, "public access", bucket["PublicAccessBlockConfiguration"], tree{"BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true})
	equal(t, "encryption", at(bucket, "BucketEncryption", "ServerSideEncryptionConfiguration", 0, "ServerSideEncryptionByDefault", "SSEAlgorithm"), "AES256")
	rule := at(resource(t, document, "ReleaseBucketPolicy", "AWS::S3::BucketPolicy"), "PolicyDocument", "Statement", 0)
	equal(t, "TLS only", []any{at(rule, "Effect"), at(rule, "Action"), at(rule, "Condition")}, []any{"Deny", "s3:*", tree{"Bool": tree{"aws:SecureTransport": "false"}}})

	alarm := resource(t, document, "HeartbeatAlarm", "AWS::CloudWatch::Alarm")
	for key, want := range map[string]any{"TreatMissingData": "breaching", "Namespace": "MLAutoscaling", "MetricName": "Heartbeat", "Statistic": "Sum", "Period": 60,
		"EvaluationPeriods": 5, "Threshold": 1, "ComparisonOperator": "LessThanThreshold", "Dimensions": []any{tree{"Name": "Controller", "Value": ref("AWS::StackName")}}} {
		equal(t, "alarm "+key, alarm[key], want)
	}
	group := resource(t, document, "HostGroup", "AWS::AutoScaling::AutoScalingGroup")
	equal(t, "one host", []any{group["MinSize"], group["MaxSize"]}, []any{"1", "1"})
	equal(t, "rolling update", at(document, "Resources", "HostGroup", "UpdatePolicy", "AutoScalingRollingUpdate", "MinInstancesInService"), 0)
	for parameter, want := range map[string]string{"SecurityGroupName": "ml-autoscaling-sg", "RoleName": "EC2-CloudWatch-Role", "Architecture": "arm64", "ActuatorMode": "desired"} {
		equal(t, parameter, at(document, "Parameters", parameter, "Default"), want)
	}
}

// TestExports holds the text that a host runs: what the script reads is
// exported, and the script is the file's, letter by letter.
func TestExports(t *testing.T) {
	_, document := read(t, "controller")
	parts := at(resource(t, document, "HostTemplate", "AWS::EC2::LaunchTemplate"), "LaunchTemplateData", "UserData", "Fn::Base64", "Fn::Join", 1).([]any)
	head, values := at(parts[0], "Fn::Sub", 0).(string), at(parts[0], "Fn::Sub", 1)
	script, err := os.ReadFile("templates/userdata.sh")
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "script", parts[1], string(script))
	if !strings.HasPrefix(head, "#!/bin/bash\n") {
		t.Errorf("cloud-init runs what begins with #!, got %q", head)
	}
	var exported []string
	for _, m := range regexp.MustCompile(`(?m)^export ([A-Z0-9_]+)='\$\{[A-Za-z:0-9]+\}'$`).FindAllStringSubmatch(head, -1) {
		exported = append(exported, m[1])
	}
	slices.Sort(exported)
	equal(t, "exports", exported, []string{"ACTUATOR_MODE", "ACTUATOR_ROLE_ARN", "API_ADDRESS", "AWS_REGION", "CONFIG_SHA256", "CONFIG_URL", "CONTROLLER", "NATS_CREDENTIALS", "NATS_URL", "RELEASE_SHA256", "RELEASE_URL"})
	equal(t, "every line exports", strings.Count(head, "\n"), len(exported)+1)
	equal(t, "address", at(values, "Address"), tree{"Fn::If": []any{"Api", "0.0.0.0:5000", "127.0.0.1:5000"}})
	equal(t, "role", at(values, "Role"), tree{"Fn::If": []any{"Acts", att("ActuatorRole.Arn"), ""}})
	checkQuoting(t, head)
	// 16 KiB is what EC2 takes; the values are at most 2 KiB.
	if n := len(head) + len(script); n > 14<<10 {
		t.Errorf("user data: want at most 14 KiB without the values, got %d bytes", n)
	}
	// A value that ends the quotes would be a command.
	for _, name := range []string{"ReleaseURL", "ReleaseSHA256", "ConfigURL", "ConfigSHA256", "NatsUrl", "NatsCredentials"} {
		template, _ := read(t, "controller")
		if err := template.Check(map[string]string{name: "https://x/'; reboot '"}); err == nil {
			t.Errorf("%s: want a quote refused", name)
		}
	}
}

// checkQuoting has bash read the exports with a value that is allowed and would
// be a command without its quotes.
func checkQuoting(t *testing.T, head string) {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is missing: the exports are not read by it")
	}
	const value = `https://example.com/$(exit)` + "`exit`" + `;exit;a=%20b&c\`
	template, _ := read(t, "controller")
	if err := template.Check(map[string]string{"ReleaseURL": value}); err != nil {
		t.Errorf("want a value that is allowed, got %v", err)
	}
	filled := regexp.MustCompile(`\$\{[A-Za-z:0-9]+\}`).ReplaceAllLiteralString(head, value)
	out, err := exec.CommandContext(t.Context(), bash, "-c", filled+`printf %s "$RELEASE_URL$AWS_REGION"`).CombinedOutput()
	if err != nil || string(out) != value+value {
		t.Errorf("want the value as it is, got %q, %v", out, err)
	}
}

// TestCheck tries values that are refused here, before AWS is asked.
func TestCheck(t *testing.T) {
	template, _ := read(t, "controller")
	sum := strings.Repeat("0a", 32)
	for _, test := range []struct {
		name, value string
		ok          bool
	}{
		{"ApiCidr", "", true},
		{"ApiCidr", "10.0.0.0/16", true},
		{"ApiCidr", "203.0.113.7/32", true},
		{"ApiCidr", "0.0.0.0/0", false},
		{"ApiCidr", "0.0.0.0/1", false},
		{"ApiCidr", "::/0", false},
		{"ApiCidr", "10.0.0.0", false},
		{"ApiCidr", "10.0.0.256/24", false},
		{"ApiCidr", "10.0.0.0/16\n0.0.0.0/0", false},
		{"NatsCidr", "0.0.0.0/0", false},
		{"NatsUrl", "nats://10.0.0.5:4222", true},
		{"NatsUrl", "nats://$(reboot):4222", false},
		{"NatsUrl", "nats://me:secret@10.0.0.5:4222", false}, // user data is no place for secrets
		{"ReleaseURL", "https://bucket.s3.amazonaws.com/x.tar.gz?X-Amz-Signature=0a", false},
		{"ReleaseURL", "https://me:token@example.com/x.tar.gz", false},
		{"ConfigURL", "https://example.com/x.yaml?token=0a", false},
		{"NatsCredentials", "/autoscaler/nats.creds", true},
		{"NatsCredentials", "/autoscaler/*", false},
		{"NatsCredentials", "autoscaler", false},
		{"ReleaseURL", "s3://bucket/releases/x.tar.gz", true},
		{"ReleaseURL", "http://example.com/x.tar.gz", false}, // port 80 is closed
		{"ReleaseSHA256", sum, true},
		{"ReleaseSHA256", sum[1:], false},
		{"SubnetIds", "subnet-0a1,subnet-0b2", true},
		{"SubnetIds", "", false},
		{"Architecture", "arm64", true},
		{"Architecture", "amd64", false},
		{"VolumeSize", "16", true},
		{"VolumeSize", "7", false},
		{"VolumeSize", "big", false},
		{"RemoteRoleArns", "arn:aws:iam::111122223333:role/a,arn:aws:iam::444455556666:role/x/b", true},
		{"RemoteRoleArns", "arn:aws:iam::111122223333:role/*", false},
		{"Nothing", "x", false},
	} {
		err := template.Check(map[string]string{test.name: test.value})
		if (err == nil) != test.ok {
			t.Errorf("%s=%q: want ok = %v, got %v", test.name, test.value, test.ok, err)
		}
		if err != nil && !strings.Contains(err.Error(), test.name) {
			t.Errorf("%s=%q: want the parameter named, got %v", test.name, test.value, err)
		}
	}
	for _, name := range aws.Templates() {
		template, _ := read(t, name)
		if err := template.Check(template.Complete(nil)); err != nil {
			t.Errorf("%s: want its own defaults accepted, got %v", name, err)
		}
	}
}

func TestReadUnknown(t *testing.T) {
	if _, err := aws.Read("../doc.go"); err == nil {
		t.Error("want another name refused")
	}
}
