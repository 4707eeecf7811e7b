package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/ml-autoscaling/autoscaler/forecaster"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// Four processes, each as its own user, do their work to the end on a server
// that lets each do its own only; so do those who look, and who ask for
// predictions. Nothing is refused to any of them.
func TestComponentsAsTheirOwnUsers(t *testing.T) {
	k, victims := newKilled(t) // its server is not used, its world is
	victims[0].lendEnv(t)
	s := startNATS(t)
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	var running sync.WaitGroup
	logs := map[string]*bytes.Buffer{}
	for _, verb := range []string{"ingest", "decider", "actuator", "forecaster"} {
		errs := &bytes.Buffer{}
		logs[verb] = errs
		running.Go(func() {
			if code := s.run(ctx, errs, verb, "--config", os.Getenv(childConfig), "--address", ""); code != 0 {
				t.Errorf("%s: exit %d", verb, code)
			}
		})
		s.awaitStream(ctx, t) // which ingest makes
	}
	awaitApplied(ctx, t, s.url("operator"), k, inbox("operator"))
	asOperator(ctx, t, s, "forecaster")
	asClient(ctx, t, s, "client")
	asClient(ctx, t, s, "operator")
	stop()
	running.Wait()
	for verb, errs := range logs {
		if strings.Contains(errs.String(), `"nats error"`) {
			t.Errorf("%s:\n%s", verb, errs.String())
		}
	}
	for _, line := range s.log.said() {
		t.Error(line)
	}
	unused(t, s, "ingest", "forecaster", "decider", "actuator", "operator", "client")
}

// All four over one connection are a user too, whose rights are those of the four.
func TestAllAsOneUser(t *testing.T) {
	k, victims := newKilled(t)
	victims[0].lendEnv(t)
	s := startNATS(t)
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	exited := make(chan int, 1)
	var errs bytes.Buffer
	go func() { exited <- s.run(ctx, &errs, "all", "--config", os.Getenv(childConfig), "--address", "") }()
	awaitApplied(ctx, t, s.url("operator"), k, inbox("operator"))
	asOperator(ctx, t, s, "all")
	asClient(ctx, t, s, "client")
	stop()
	if code := <-exited; code != 0 || strings.Contains(errs.String(), `"nats error"`) {
		t.Errorf("exit %d: %s", code, errs.String())
	}
	for _, line := range s.log.said() {
		t.Error(line)
	}
	unused(t, s, "all")
}

// asOperator looks at the timeline in every way that there is, and puts weights
// into the bucket, from where the user of a forecaster gets them.
func asOperator(ctx context.Context, t *testing.T, s *natsServer, user string) {
	t.Helper()
	file, w := weightsFile(t, 1)
	for _, args := range [][]string{
		{"status"}, {"why", groupName(0)}, {"check", os.Getenv(childConfig)}, {"record", t.TempDir() + "/recording"},
		{"weights", "put", file}, {"weights", "list"}, {"weights", "get", w.Sum(), "-o", t.TempDir() + "/weights.bin"},
	} {
		code, out, errs := runVerb(t, append(args, "--nats-url", s.url("operator"))...)
		if code != 0 && args[0] != "status" { // which also fails of how the groups stand
			t.Errorf("%s: exit %d: %s%s", args[0], code, out, errs)
		}
	}
	if err := forecaster.NewWeights(s.connect(t, user).js, streams.Live).Fetch(ctx, w.Sum()); err != nil {
		t.Error(err)
	}
}

// asClient asks for a prediction.
func asClient(ctx context.Context, t *testing.T, s *natsServer, user string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	subject := streams.PredictSubject(streams.Live, "naive")
	msg, err := s.connect(t, user).nc.RequestWithContext(ctx, subject, []byte(`{"group":"`+groupName(0)+`","steps":6}`))
	if err != nil {
		t.Errorf("ask for a prediction: %v", err)
		return
	}
	if !bytes.Contains(msg.Data, []byte(`"predictions"`)) {
		t.Errorf("want predictions, got %s", msg.Data)
	}
}

// seldom are permissions that are not needed in every life: the bucket is made by
// whoever comes first, the server asks readers of large objects for answers that
// fall behind, and the nats CLI looks for streams.
var seldom = []string{"operator $JS.API.STREAM.CREATE.OBJ_AUTOSCALING_WEIGHTS", "operator $JS.FC.OBJ_AUTOSCALING_WEIGHTS.>", "forecaster $JS.FC.OBJ_AUTOSCALING_WEIGHTS.>", "all $JS.FC.OBJ_AUTOSCALING_WEIGHTS.>",
	"operator $JS.API.STREAM.NAMES", "operator $JS.API.STREAM.LIST"}

// unused reports permissions to publish that these users did not need.
func unused(t *testing.T, s *natsServer, of ...string) {
	t.Helper()
	for _, user := range s.users {
		if !slices.Contains(of, user.Username) {
			continue
		}
		for _, subject := range user.Permissions.Publish.Allow {
			if !slices.Contains(seldom, user.Username+" "+subject) && !s.log.did(user.Username, subject) {
				t.Errorf("user %s may publish %s, and never did", user.Username, subject)
			}
		}
	}
}

// What is another's is refused, what is one's own is not: every user tries all of
// it.
func TestUsersDoNothingOfOthers(t *testing.T) {
	s := startNATS(t)
	const live = "autoscaling.live.3."
	published := map[string][]string{ // by subject, who may
		live + "metric.eu-west-1.web.cpu": {"ingest"}, live + "group.eu-west-1.web": {"ingest"}, live + "control.eu-west-1.web.policy": {"ingest"},
		live + "forecast.eu-west-1.web.cpu": {"forecaster"}, live + "decision.eu-west-1.web": {"decider"}, live + "decision.eu-west-1.web.shadow": {"decider"},
		live + "outcome.eu-west-1.web":                                             {"actuator"},
		"autoscaling.live.predict.naive":                                           {"operator", "client"},
		"autoscaling.trial.3.metric.eu.web.cpu":                                    nil,
		"$O.AUTOSCALING_WEIGHTS.M.name":                                            {"forecaster", "operator"},
		"$JS.API.STREAM.MSG.GET.OBJ_AUTOSCALING_WEIGHTS":                           {"forecaster", "operator"},
		"$JS.API.DIRECT.GET.OBJ_AUTOSCALING_WEIGHTS.$O.AUTOSCALING_WEIGHTS.M.name": nil,
		"$JS.API.CONSUMER.CREATE.OBJ_AUTOSCALING_WEIGHTS.name.filter":              {"forecaster", "operator"},
		"$JS.API.STREAM.CREATE.OBJ_AUTOSCALING_WEIGHTS":                            {"forecaster", "operator"},
		"$JS.API.STREAM.CREATE.AUTOSCALING":                                        {"ingest"},
		"$JS.API.STREAM.UPDATE.AUTOSCALING":                                        nil, "$JS.API.STREAM.DELETE.AUTOSCALING": nil, "$JS.API.STREAM.PURGE.AUTOSCALING": nil,
		"$JS.API.STREAM.MSG.DELETE.AUTOSCALING": nil, "$JS.API.STREAM.DELETE.OBJ_AUTOSCALING_WEIGHTS": nil, "$JS.API.CONSUMER.DELETE.AUTOSCALING.name": nil,
		"$JS.API.STREAM.NAMES": {"operator"}, "$JS.API.STREAM.SNAPSHOT.AUTOSCALING": {"operator"}, "$JS.API.STREAM.RESTORE.AUTOSCALING": nil,
		"$JS.API.STREAM.MSG.GET.AUTOSCALING": {"ingest", "forecaster", "decider", "actuator", "operator"},
	}
	subscribed := map[string][]string{
		live + "decision.eu-west-1.web": nil, live + "metric.>": nil, ">": nil, "$JS.>": nil,
		"autoscaling.live.predict.*": {"forecaster"}, "$SRV.PING": {"forecaster"}, "_INBOX.any": {"operator", "client"},
	}
	stages := []string{"ingest", "forecaster", "decider", "actuator"}
	for _, stage := range stages {
		published[live+"state."+stage+".eu-west-1.web"] = []string{stage}
		published[live+"ckpt."+stage] = []string{stage}
		subscribed["_INBOX_"+stage+".any"] = []string{stage}
	}
	for _, user := range append(stages, "operator", "client") {
		nc := s.connect(t, user).nc
		for subject, owners := range published {
			s.tried(t, user, "Publish", subject, slices.Contains(owners, user), func() error { return nc.Publish(subject, nil) }, nc)
		}
		for subject, owners := range subscribed {
			s.tried(t, user, "Subscription", subject, slices.Contains(owners, user), func() error {
				_, err := nc.SubscribeSync(subject)
				return err
			}, nc)
		}
	}
}

// tried does something as a user, and reports it where the server did not take it
// as it should have.
func (s *natsServer) tried(t *testing.T, user, what, subject string, want bool, do func() error, nc *nats.Conn) {
	t.Helper()
	if err := errors.Join(do(), nc.FlushTimeout(5*time.Second)); err != nil {
		t.Fatal(err)
	}
	refused := slices.ContainsFunc(s.log.said(), func(line string) bool {
		return strings.Contains(line, "/user:"+user) && strings.Contains(line, what+" Violation") && strings.Contains(line, fmt.Sprintf("Subject %q", subject))
	})
	if refused == want {
		t.Errorf("%s of %s by %s: want allowed %v, got refused %v", what, subject, user, want, refused)
	}
}
