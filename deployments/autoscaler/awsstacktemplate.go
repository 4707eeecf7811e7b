package main

import (
	"context"
	"fmt"

	"github.com/ml-autoscaling/autoscaler/deployments/aws"
)

type awsTemplateVerb struct {
	Stack string `arg:"" enum:"target,controller" help:"target or controller."`
}

// Help describes the verb at length.
func (awsTemplateVerb) Help() string {
	return `Prints the CloudFormation template as AWS gets it: with the policies, and with
the script that sets a host up. It is what plan and apply send, what cfn-lint
checks, and what other tools may take from here.`
}

// Run prints the template.
func (v awsTemplateVerb) Run(_ context.Context, p process) error {
	template, err := aws.Read(v.Stack)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(p.stdout, template.Body)
	return err
}
