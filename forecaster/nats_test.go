package forecaster

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go/micro"

	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// TestModelTokenIsEscaped asks on subjects as they come. Each is answered once,
// though a subject may match an endpoint and what answers for none.
func TestModelTokenIsEscaped(t *testing.T) {
	web := group("eu", "web")
	trial := serve(t, &held{states: map[streams.GroupID]streams.State{web: with(web, 600)}})
	inbox := trial.nc.NewInbox()
	sub, err := trial.nc.SubscribeSync(inbox)
	if err != nil {
		t.Fatal(err)
	}
	for token, want := range map[string]int{"naive": 200, "%6Eaive": 400, "na%2": 400, "na%2Eive": 404} {
		if err := trial.nc.PublishRequest("autoscaling.trial.predict."+token, inbox, []byte(`{"steps":6}`)); err != nil {
			t.Fatal(err)
		}
		msg, err := sub.NextMsg(5 * time.Second)
		if err != nil || codeOf(msg) != want {
			t.Errorf("%s: want code %d, got %v (%v)", token, want, msg, err)
		}
	}
	if err := trial.nc.Flush(); err != nil {
		t.Fatal(err)
	}
	if n, _, err := sub.Pending(); n != 0 || err != nil {
		t.Errorf("%d more answers (%v)", n, err)
	}
}

// TestReplyTooLarge asks for what the server does not carry, and for what it
// just does; over HTTP it comes.
func TestReplyTooLarge(t *testing.T) {
	web := group("eu", "web")
	trial := serve(t, &held{states: map[streams.GroupID]streams.State{web: wide{}}})
	if code, body := trial.askNATS(t, "naive", `{"steps":2016}`); code != 413 || !strings.Contains(string(body), "1048576") {
		t.Errorf("got %d %.300s", code, body)
	}
	var reply streams.PredictionReply
	code, body := trial.askHTTP(t, "naive", `{"steps":2016}`)
	if read(t, body, &reply); code != 200 || len(reply.Quantiles) != 2016 {
		t.Errorf("got %d %.300s", code, body)
	}
	if reply, got := trial.ask(t, "naive", `{"steps":12}`); got.Code != 0 || len(reply.Quantiles) != 12 {
		t.Errorf("got %s", got.Error())
	}
}

// wide is a state whose forecast has more than a megabyte.
type wide struct{ streams.State }

func (wide) Predict(string, string, int) (fold.Answer, *streams.PredictionError) {
	f := streams.Forecast{Origin: time.Unix(0, 0).UTC(), Period: 300}
	row := make([]float64, 40)
	for i := range row {
		f.Levels = append(f.Levels, float64(i+1)/41)
		row[i] = 1000 + math.Pi*float64(i)
	}
	for range 2016 {
		f.Quantiles, f.Peak = append(f.Quantiles, row), append(f.Peak, row)
	}
	return fold.Answer{Forecast: f}, nil
}

func TestInfo(t *testing.T) {
	trial := serve(t, &held{})
	var info micro.Info
	trial.call(t, "$SRV.INFO.forecaster", &info)
	if info.Metadata["models"] != strings.Join(fold.Models(), ",") {
		t.Errorf("models: %v", info.Metadata)
	}
	for i, name := range fold.Models() {
		e := info.Endpoints[i]
		if e.Name != name || e.Subject != "autoscaling.trial.predict."+name || e.QueueGroup != "q" {
			t.Errorf("want an endpoint of %s, got %+v", name, e)
		}
		for _, key := range []string{"schema.request", "schema.response", "schema.error"} {
			if !json.Valid([]byte(e.Metadata[key])) {
				t.Errorf("%s of %s is not JSON", key, name)
			}
		}
	}
}

func TestStats(t *testing.T) {
	web := group("eu", "web")
	trial := serve(t, &held{states: map[streams.GroupID]streams.State{web: with(web, 600)}})
	trial.ask(t, "naive", `{"steps":1}`)
	trial.ask(t, "naive", `{"steps":0}`)
	trial.ask(t, "rls", `{"steps":1}`)
	trial.ask(t, "oracle", `{"steps":1}`)

	var stats micro.Stats
	trial.call(t, "$SRV.STATS.forecaster", &stats)
	one := 1
	want := map[string]Stats{
		"naive": {Groups: &one, Running: 1, Answered: 2, Refused: 2},
		"rls":   {Groups: &one, Built: 1, Answered: 2},
	}
	for i, name := range fold.Models() {
		var got Stats
		read(t, stats.Endpoints[i].Data, &got)
		w, ok := want[name]
		if !ok {
			w = Stats{Groups: &one}
		}
		if diff := cmp.Diff(w, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func (s trial) call(t *testing.T, subject string, into any) {
	t.Helper()
	msg, err := s.nc.Request(subject, nil, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	read(t, msg.Data, into)
}
