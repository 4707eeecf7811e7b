package awssim

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"time"
)

// Role is an IAM role that everybody may assume who knows its external id.
type Role struct {
	ARN string
	// ExternalID is what AssumeRole has to name; empty where it is not asked
	// for.
	ExternalID string
	// Allowed are the IAM actions, such as autoscaling:SetDesiredCapacity, that
	// it gives; all of them where nil.
	Allowed []string
}

// roleARN splits the ARN of a role at its account and its name.
var roleARN = regexp.MustCompile(`^arn:aws:iam::(\d{12}):role/(?:[\w+=,.@/-]+/)?([\w+=,.@-]{1,64})$`)

// Trust makes a role known. It refuses an ARN that is not one of a role, or
// that is known.
func (c *Cloud) Trust(r Role) error {
	if !roleARN.MatchString(r.ARN) {
		return fmt.Errorf("trust role: want an ARN as arn:aws:iam::ACCOUNT:role/NAME, got %.120q", r.ARN)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, known := c.roles[r.ARN]; known {
		return fmt.Errorf("trust role %s: it is known", r.ARN)
	}
	c.roles[r.ARN] = r
	return nil
}

// sessionName is what a RoleSessionName has to look like.
var sessionName = regexp.MustCompile(`^[\w+=,.@-]{2,64}$`)

const (
	// defaultSession, shortestSession and longestSession are AWS's, in seconds.
	defaultSession, shortestSession, longestSession = 3600, 900, 43200
)

// assumeRole issues the keys of a session. They last by the wall clock, since
// that is what the SDK judges them by.
func (c *Cloud) assumeRole(call *Call, form url.Values) (*document, *refusal) {
	arn, session := form.Get("RoleArn"), form.Get("RoleSessionName")
	if !sessionName.MatchString(session) {
		return nil, violated(quoted(session), "roleSessionName", `Member must satisfy regular expression pattern: [\w+=,.@-]*`)
	}
	seconds := defaultSession
	if text := form.Get("DurationSeconds"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < shortestSession || n > longestSession {
			return nil, violated(quoted(text), "durationSeconds", fmt.Sprintf("Member must have value from %d to %d", shortestSession, longestSession))
		}
		seconds = n
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	role, known := c.roles[arn]
	if !known || role.ExternalID != "" && form.Get("ExternalId") != role.ExternalID {
		return nil, &refusal{
			status: http.StatusForbidden, code: "AccessDenied",
			message: fmt.Sprintf("User: %s is not authorized to perform: sts:AssumeRole on resource: %s", call.Caller, arn),
		}
	}
	parts := roleARN.FindStringSubmatch(arn)
	high, low := hashes(arn)
	key := fmt.Sprintf("ASIA%08X%08X", high^low, len(c.issued)+1)
	who := &principal{
		arn:     fmt.Sprintf("arn:aws:sts::%s:assumed-role/%s/%s", parts[1], parts[2], session),
		account: parts[1], allowed: role.Allowed, token: "token-of-" + key,
	}
	c.issued[key] = who
	d := &document{}
	d.within("Credentials", func() {
		d.text("AccessKeyId", key)
		d.text("SecretAccessKey", "secret-of-"+key)
		d.text("SessionToken", who.token)
		d.instant("Expiration", time.Now().Add(time.Duration(seconds)*time.Second))
	})
	d.within("AssumedRoleUser", func() {
		d.text("Arn", who.arn)
		d.text("AssumedRoleId", "AROAAUTOSCALERSIMULATE:"+session)
	})
	return d, nil
}
