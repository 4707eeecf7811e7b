package partition_test

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// cluster starts three servers that know each other, and returns their
// addresses.
func cluster(t *testing.T) []string {
	t.Helper()
	var routes []*url.URL
	var ports []int
	for range 3 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		port := l.Addr().(*net.TCPAddr).Port
		_ = l.Close()
		ports = append(ports, port)
		routes = append(routes, &url.URL{Scheme: "nats", Host: fmt.Sprintf("127.0.0.1:%d", port)})
	}
	var urls []string
	for i, port := range ports {
		s, err := server.NewServer(&server.Options{ServerName: fmt.Sprint("s", i), Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true,
			NoLog: true, JetStream: true, StoreDir: t.TempDir(), JetStreamMaxMemory: 64 << 20, JetStreamMaxStore: 256 << 20,
			Cluster: server.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: port}, Routes: routes})
		if err != nil {
			t.Fatal(err)
		}
		s.Start()
		t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
		if !s.ReadyForConnections(patience) {
			t.Fatal("a server does not start")
		}
		urls = append(urls, s.ClientURL())
	}
	return urls
}

// TestReplicated is TestRestarts on a stream with three replicas, where a
// compare-and-swap takes another way through the server, and where readers may
// meet a replica that is behind.
func TestReplicated(t *testing.T) {
	if testing.Short() {
		t.Skip("needs some seconds for elections")
	}
	t.Parallel()
	urls := cluster(t)
	var conns []*nats.Conn
	for _, u := range urls[:2] {
		nc, err := nats.Connect(u, nats.MaxReconnects(-1), nats.ReconnectWait(10*time.Millisecond))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(nc.Close)
		conns = append(conns, nc)
	}
	w := worldOn(t, topology.Options{Storage: topology.File, Replicas: 3, Wait: true, Log: testLog(t)}, conns[0], conns[1])
	chaos(w, rand.New(rand.NewPCG(1, 1)), plan{groups: 12, bursts: 20, lives: 5, least: 1})
}
