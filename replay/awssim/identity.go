package awssim

import (
	"fmt"
	"slices"
)

// principal is who makes calls.
type principal struct {
	arn, account string
	// allowed are the IAM actions that it may use; all of them where nil.
	allowed []string
	// token is the session token that its requests have to bear; none where
	// empty.
	token string
}

// anybody is who calls with keys that nobody issued.
func anybody(account string) *principal {
	return &principal{arn: fmt.Sprintf("arn:aws:sts::%s:assumed-role/autoscaler/session", account), account: account}
}

func (s *Server) anybody() *principal { return anybody(s.config.Account) }

// may says whether an IAM action is allowed. Who one is may be asked by
// everybody.
func (p *principal) may(action string) bool {
	return p.allowed == nil || action == tokens+":GetCallerIdentity" || slices.Contains(p.allowed, action)
}

// identity says who calls.
func (p *principal) identity() *document {
	d := &document{}
	d.text("Arn", p.arn)
	d.text("UserId", "AROAAUTOSCALERSIMULATE:session")
	d.text("Account", p.account)
	return d
}
