package forecaster

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// TestLongBodyIsNotRead says that it has 10 MB and sends nothing of them.
func TestLongBodyIsNotRead(t *testing.T) {
	trial := serve(t, &held{})
	if got := trial.raw(t, "Content-Length: 10485760\r\n\r\n"); got != 413 {
		t.Errorf("got %d", got)
	}
	chunk := fmt.Sprintf("%x\r\n%s\r\n", 70000, strings.Repeat(" ", 70000))
	if got := trial.raw(t, "Transfer-Encoding: chunked\r\n\r\n"+chunk); got != 413 {
		t.Errorf("in chunks: got %d", got)
	}
}

// raw sends the rest of a request and nothing after it, and gives the code.
func (s trial) raw(t *testing.T, rest string) int {
	t.Helper()
	conn, err := net.Dial("tcp", s.http.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, "POST /predict/naive HTTP/1.1\r\nHost: x\r\n"+rest); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode
}

// TestSlowBodyIsCutOff sends half a body to a server that waits for a moment. A
// request that came whole before waits for its answer for longer than that.
func TestSlowBodyIsCutOff(t *testing.T) {
	web := group("eu", "web")
	looking, gate := make(chan struct{}, 9), make(chan struct{})
	viewer := &held{states: map[streams.GroupID]streams.State{web: with(web, 600)}, gate: gate}
	trial := serve(t, entered{viewer, looking})
	mux := http.NewServeMux()
	trial.service.Handle(mux)
	trial.http = httptest.NewUnstartedServer(mux)
	trial.http.Config.ReadTimeout = 50 * time.Millisecond
	trial.http.Start()
	defer trial.http.Close()
	whole := make(chan int, 1)
	go func() {
		code, _ := trial.askHTTP(t, "naive", `{"steps":6}`)
		whole <- code
	}()
	<-looking
	if got := trial.raw(t, "Content-Length: 12\r\n\r\n{\"steps\""); got != 408 {
		t.Errorf("got %d", got)
	}
	close(gate)
	if code := <-whole; code != 200 {
		t.Errorf("the whole one: got %d", code)
	}
}

// TestClientGoesAway leaves while the states are held back.
func TestClientGoesAway(t *testing.T) {
	web := group("eu", "web")
	looking, gate := make(chan struct{}, 9), make(chan struct{})
	asked := 0
	viewer := &held{states: map[streams.GroupID]streams.State{web: counting{with(web, 600), &asked}}, gate: gate}
	registry := prometheus.NewRegistry()
	s, err := New(Config{Realm: "trial", States: entered{viewer, looking}, Log: zerolog.Nop(), Registry: registry})
	if err != nil {
		t.Fatal(err)
	}
	s.enter(serving)
	done := make(chan error, 1)
	ctx, stop := context.WithCancel(t.Context())
	go func() { done <- s.run(ctx, nil) }()
	impatient, leave := context.WithCancel(t.Context())
	w := httptest.NewRecorder()
	mux := http.NewServeMux()
	s.Handle(mux)
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		mux.ServeHTTP(w, httptest.NewRequestWithContext(impatient, "POST", "/predict/naive", strings.NewReader(`{"steps":1}`)))
	}()
	<-looking
	leave()
	<-answered
	close(gate)
	stop()
	if err := <-done; err != nil || asked != 0 || w.Code != clientGone {
		t.Errorf("%v, asked %d times, code %d", err, asked, w.Code)
	}
	if got := counted(t, registry, "http", "naive", "499"); got != 1 {
		t.Errorf("counted %v", got)
	}
}

// entered says when a look begins.
type entered struct {
	Viewer
	looking chan struct{}
}

func (e entered) View(ctx context.Context, fn func(map[streams.GroupID]streams.State)) error {
	e.looking <- struct{}{}
	return e.Viewer.View(ctx, fn)
}

// counted gives the requests in the metrics of a road, model and code.
func counted(t *testing.T, registry *prometheus.Registry, road, model, code string) float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			labels := make(map[string]string)
			for _, l := range m.GetLabel() {
				labels[l.GetName()] = l.GetValue()
			}
			if f.GetName() == "autoscaling_predictions_total" && labels["road"] == road && labels["model"] == model && labels["code"] == code {
				return m.GetCounter().GetValue()
			}
		}
	}
	return 0
}

// TestMetrics counts by road, model and code; names that are made up share one
// label.
func TestMetrics(t *testing.T) {
	registry := prometheus.NewRegistry()
	tally, err := newTally(fold.Models(), registry)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"naive", "naive", "x", "y", strings.Repeat("z", 99)} {
		tally.count(query{model: name, road: newPaper(), began: time.Now()}, 200)
	}
	if known, other := counted(t, registry, "paper", "naive", "200"), counted(t, registry, "paper", "other", "200"); known != 2 || other != 3 {
		t.Errorf("counted %v of naive and %v of others", known, other)
	}
	if _, err := New(Config{Realm: "trial", Registry: registry}); err == nil {
		t.Error("want an error of a second registration")
	}
}

func TestSchemas(t *testing.T) {
	trial := serve(t, &held{})
	resp, err := http.Get(trial.http.URL + "/schema")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Request map[string]struct {
			Properties map[string]struct {
				Maximum     int
				Description string
			}
		}
		Response, Error struct{ Properties map[string]any }
	}
	read(t, body, &got)
	for _, name := range fold.Models() {
		steps := got.Request[name].Properties["steps"]
		if steps.Maximum != 2016 || strings.Contains(steps.Description, "at most") == fold.AnySteps(name) {
			t.Errorf("%s: steps %+v", name, steps)
		}
	}
	reply := `{"scope":"","group":"","series":"","model":"","origin":"","period_s":1,"unit":"","timestamps":1,"predictions":1,"levels":1,"quantiles":1,` +
		`"peak_quantiles":1,"samples":1,"warm":1,"coverage":1,"weights":1,"score":1}`
	for schema, wire := range map[*struct{ Properties map[string]any }]string{&got.Response: reply, &got.Error: `{"code":1,"error":"","field":""}`} {
		var fields map[string]any
		read(t, []byte(wire), &fields)
		for name := range fields {
			if schema.Properties[name] == nil {
				t.Errorf("the schema lacks %s", name)
			}
		}
	}
}
