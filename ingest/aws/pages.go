package aws

import "github.com/aws/aws-sdk-go-v2/aws"

// Pages asks for page after page until there is none left. A page that leads to
// itself is an error: it would be asked for without end.
func Pages(ask func(token *string) (next *string, err error)) error {
	var token *string
	for {
		next, err := ask(token)
		switch {
		case err != nil:
			return err
		case aws.ToString(next) == "":
			return nil
		case aws.ToString(next) == aws.ToString(token):
			return errSameToken
		}
		token = next
	}
}
