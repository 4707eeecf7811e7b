package awssim

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"sync"
	"time"
)

// Cloud is several accounts and regions behind one address, as AWS is to
// clients that are all given one endpoint. The region is that of a request's
// signature, the account that of its access key: a key that AssumeRole gave
// belongs to the role's account, any other to the account of the cloud. Each
// place is a Server, and one that nobody gave is there and has no groups.
type Cloud struct {
	account string
	now     func() time.Time

	mu      sync.Mutex // of all below; taken while a server's is held, never the other way round
	servers map[place]*Server
	roles   map[string]Role
	issued  map[string]*principal // by access key
}

// place is where groups live.
type place struct{ account, region string }

// NewCloud makes a cloud of servers, whose keys that nobody issued belong to an
// account. The servers are not to be served beside it.
func NewCloud(account string, servers ...*Server) (*Cloud, error) {
	if len(servers) == 0 {
		return nil, errors.New("make cloud: want at least one server")
	}
	c := &Cloud{account: account, now: servers[0].config.Now, servers: map[place]*Server{}, roles: map[string]Role{}, issued: map[string]*principal{}}
	for _, s := range servers {
		at := place{s.config.Account, s.config.Region}
		if c.servers[at] != nil {
			return nil, fmt.Errorf("make cloud: account %s has two servers for region %s", at.account, at.region)
		}
		s.cloud = c
		c.servers[at] = s
	}
	return c, nil
}

// credentialScope finds the access key and the region of a signature.
var credentialScope = regexp.MustCompile(`Credential=([^/,\s]+)/\d{8}/([a-z0-9-]+)/[a-z0-9-]+/aws4_request`)

// ServeHTTP answers one call at the place that it is signed for.
func (c *Cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	parts := credentialScope.FindStringSubmatch(r.Header.Get("Authorization"))
	if parts == nil {
		wireOf(r).refuse(w, numbered("unsigned", 0), missingToken())
		return
	}
	who := c.caller(parts[1])
	if who.token != r.Header.Get("X-Amz-Security-Token") && who.token != "" {
		wireOf(r).refuse(w, numbered("invalid", 0), invalidToken())
		return
	}
	c.at(place{who.account, parts[2]}).serve(w, r, who)
}

// caller gives who an access key belongs to.
func (c *Cloud) caller(key string) *principal {
	c.mu.Lock()
	defer c.mu.Unlock()
	if who, ok := c.issued[key]; ok {
		return who
	}
	return anybody(c.account)
}

// at gives what serves a place.
func (c *Cloud) at(p place) *Server {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.servers[p] == nil {
		c.servers[p] = New(Config{Account: p.account, Region: p.region, Now: c.now})
		c.servers[p].cloud = c
	}
	return c.servers[p]
}

// Advance moves the groups of every place on, as Server's Advance does.
func (c *Cloud) Advance(now time.Time) {
	c.mu.Lock()
	servers := make([]*Server, 0, len(c.servers))
	for _, s := range c.servers {
		servers = append(servers, s)
	}
	c.mu.Unlock()
	for _, s := range servers {
		s.Advance(now)
	}
}
