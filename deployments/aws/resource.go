package aws

import (
	"context"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	ingestaws "github.com/ml-autoscaling/autoscaler/ingest/aws"
)

// Resource is a resource of a stack.
type Resource struct {
	Type, LogicalID, PhysicalID string
}

// Physical gives the id at AWS of a resource by its name in the template; ""
// where there is none, as of one whose condition is not met.
func Physical(all []Resource, logicalID string) string {
	for _, r := range all {
		if r.LogicalID == logicalID {
			return r.PhysicalID
		}
	}
	return ""
}

// inventory lists the resources of stacks.
type inventory struct {
	resources call[cloudformation.ListStackResourcesInput, cloudformation.ListStackResourcesOutput]
}

// resourcesOf gives the resources that are there, in AWS's order.
func (i inventory) resourcesOf(ctx context.Context, stack string) ([]Resource, error) {
	var all []Resource
	err := ingestaws.Pages(func(token *string) (*string, error) {
		out, err := i.resources(ctx, &cloudformation.ListStackResourcesInput{StackName: &stack, NextToken: token})
		if err != nil {
			return nil, err
		}
		for _, r := range out.StackResourceSummaries {
			if sdk.ToString(r.LogicalResourceId) == "" || r.ResourceStatus == types.ResourceStatusDeleteComplete {
				continue
			}
			all = append(all, Resource{sdk.ToString(r.ResourceType), sdk.ToString(r.LogicalResourceId), sdk.ToString(r.PhysicalResourceId)})
		}
		return out.NextToken, nil
	})
	if err != nil {
		return nil, failed("list the resources of stack "+stack, err)
	}
	return all, nil
}
