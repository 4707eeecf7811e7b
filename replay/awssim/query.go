package awssim

import (
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// query is the protocol of Auto Scaling and STS: a form in, XML out.
type query struct{}

// The versions of the query services, as their requests name them.
const (
	autoScalingVersion = "2011-01-01"
	stsVersion         = "2011-06-15"
)

// wireOf says which protocol a request speaks.
func wireOf(r *http.Request) wire {
	if op, ok := strings.CutPrefix(r.URL.Path, cborPath); ok {
		return cborWire{operation: op}
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "application/cbor" {
		return cborWire{operation: r.URL.Path}
	}
	return query{}
}

func (query) parse(s *Server, body []byte) (Call, action) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return Call{}, refusing(malformed(err))
	}
	c := Call{
		Operation: form.Get("Action"), Group: form.Get("AutoScalingGroupName"),
		later: form.Get("NextToken") != "", service: autoScaling,
	}
	switch form.Get("Version") {
	case autoScalingVersion:
		return s.autoScaling(c, form)
	case stsVersion:
		c.service = tokens
		switch {
		case c.Operation == "GetCallerIdentity":
			return c, func(c *Call) (any, *refusal) { return c.who.identity(), nil }
		case c.Operation == "AssumeRole" && s.cloud != nil:
			return c, func(c *Call) (any, *refusal) {
				d, r := s.cloud.assumeRole(c, form)
				if r != nil {
					return nil, r
				}
				return d, nil
			}
		}
	}
	return c, refusing(unknownOperation(c.Operation, form.Get("Version")))
}

// handler carries out an operation of Auto Scaling.
type handler func(*Server, *Call, url.Values) (*document, *refusal)

// handlerOf gives what carries out an operation, nil where nothing does.
func handlerOf(operation string) handler {
	switch operation {
	case "DescribeAutoScalingGroups":
		return (*Server).describeGroups
	case "DescribeScalingActivities":
		return (*Server).describeActivities
	case "DescribePolicies":
		return (*Server).describePolicies
	case "PutScalingPolicy":
		return (*Server).putPolicy
	case "DescribeScheduledActions":
		return (*Server).describeScheduled
	case "DescribeInstanceRefreshes":
		return (*Server).describeRefreshes
	case "DescribeWarmPool":
		return (*Server).describeWarmPool
	case "SetDesiredCapacity":
		return (*Server).setDesiredCapacity
	case "UpdateAutoScalingGroup":
		return (*Server).updateGroup
	case "EnableMetricsCollection":
		return (*Server).enableMetrics
	case "SuspendProcesses":
		return (*Server).suspendProcesses
	case "ResumeProcesses":
		return (*Server).resumeProcesses
	case "CreateOrUpdateTags":
		return (*Server).createOrUpdateTags
	case "DeleteTags":
		return (*Server).deleteTags
	}
	return nil
}

// autoScaling takes a call of Auto Scaling apart.
func (s *Server) autoScaling(c Call, form url.Values) (Call, action) {
	handle := handlerOf(c.Operation)
	if handle == nil {
		return c, refusing(unknownOperation(c.Operation, autoScalingVersion))
	}
	switch c.Operation {
	case "DescribeAutoScalingGroups":
		c.Group = only(listOf(form, "AutoScalingGroupNames"))
	case "CreateOrUpdateTags", "DeleteTags":
		c.Group = only(taggedGroups(form))
	case "SetDesiredCapacity", "UpdateAutoScalingGroup":
		c.Desired, _ = strconv.Atoi(form.Get("DesiredCapacity"))
	}
	return c, func(c *Call) (any, *refusal) {
		d, r := handle(s, c, form)
		if r != nil {
			return nil, r
		}
		return d, nil
	}
}

// only gives the name of a list of one, else none.
func only(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return ""
}

// namespace is the XML namespace of a call's service.
func namespace(c Call) string {
	if c.service == tokens {
		return "https://sts.amazonaws.com/doc/" + stsVersion + "/"
	}
	return "http://autoscaling.amazonaws.com/doc/" + autoScalingVersion + "/"
}

func (query) answer(w http.ResponseWriter, c Call, answer any) {
	var d document
	fmt.Fprintf(&d, `<%sResponse xmlns="%s">`, c.Operation, namespace(c))
	d.within(c.Operation+"Result", func() { d.Write(answer.(*document).Bytes()) })
	d.within("ResponseMetadata", func() { d.text("RequestId", c.RequestID) })
	d.shut(c.Operation + "Response")
	sendXML(w, http.StatusOK, c.RequestID, &d)
}

func (query) refuse(w http.ResponseWriter, requestID string, r *refusal) {
	var d document
	d.WriteString(`<ErrorResponse xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/">`)
	d.within("Error", func() {
		d.text("Type", r.fault())
		d.text("Code", r.code)
		d.text("Message", r.message)
	})
	d.text("RequestId", requestID)
	d.shut("ErrorResponse")
	sendXML(w, r.status, requestID, &d)
}

func sendXML(w http.ResponseWriter, status int, requestID string, d *document) {
	w.Header().Set("Content-Type", "text/xml")
	w.Header().Set("X-Amzn-Requestid", requestID)
	w.WriteHeader(status)
	// The client is gone where this fails.
	_, _ = w.Write(d.Bytes())
}

// listOf reads NAME.member.1, NAME.member.2 and so on.
func listOf(form url.Values, name string) []string {
	var out []string
	for n := 1; ; n++ {
		v, ok := form[fmt.Sprintf("%s.member.%d", name, n)]
		if !ok {
			return out
		}
		out = append(out, v...)
	}
}

// pageSize reads MaxRecords: within AWS's bounds, and not above the server's.
func (s *Server) pageSize(form url.Values) (int, *refusal) {
	text := form.Get("MaxRecords")
	if text == "" {
		return min(defaultPage, s.config.PageSize), nil
	}
	n, err := strconv.Atoi(text)
	switch {
	case err != nil || n < 1:
		return 0, violated(quoted(text), "maxRecords", "Member must have value greater than or equal to 1")
	case n > maxPage:
		return 0, violated(quoted(text), "maxRecords", "Member must have value less than or equal to 100")
	}
	return min(n, s.config.PageSize), nil
}

func quoted(text string) string { return "'" + text + "'" }
