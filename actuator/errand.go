package actuator

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ml-autoscaling/autoscaler/actuator/plan"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// viewTimeout bounds the question whether an intent still stands, and with it
// the age of what was read of the group.
const viewTimeout = 3 * time.Second

// errand carries one intent out.
type errand struct {
	*Actuator
	id     streams.GroupID
	intent plan.Intent
	runner Runner
	finish context.Context // ends some time after that of Run
}

// run carries the intent out, and says whether its result is stored. Where it
// is not the intent still stands, and Stored will tell of it again.
func (e errand) run(ctx context.Context) (stored bool) {
	result := e.carryOut(ctx)
	if result == nil {
		return false
	}
	if err := e.runner.Inject(e.finish, *result); err != nil {
		e.cfg.Log.Warn().Err(err).Stringer("group", e.id).Uint64("round", result.Round).Str("status", string(result.Status)).
			Msg("result is not stored, the intent will be judged anew")
		return false
	}
	return true
}

// carryOut gives what became of the intent; nil where it does not stand any
// more, or nobody can tell whether it does.
func (e errand) carryOut(ctx context.Context) *plan.Result {
	client := e.cfg.Clients[e.id.Scope]
	if client == nil {
		return new(e.intent.Refuse(fmt.Sprintf("the actuator has no client for scope %s", e.id.Scope), e.now()))
	}
	for first := true; ctx.Err() == nil; {
		seen, unread := e.look(ctx, client)
		intent, ok, err := e.stands(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, context.DeadlineExceeded):
			continue // the runner is busy: read again, and ask again
		case err != nil || !ok:
			return nil
		case unread != nil:
			return new(intent.Unread(unread, e.now()))
		}
		call, end := intent.Judge(seen, e.now())
		if end != nil {
			return end
		}
		result, fault := e.change(ctx, client, attempt{intent, call, seen})
		if fault == nil || fault.Fault != plan.Invalid || !first {
			return &result
		}
		first = false
	}
	return nil
}

// attempt is a call about to be made, of a group that was just read.
type attempt struct {
	intent plan.Intent
	call   plan.Call
	seen   plan.Description
}

// change makes the call and gives its result, and its fault where it failed.
func (e errand) change(ctx context.Context, client AutoScaling, t attempt) (plan.Result, *plan.CallError) {
	began := e.now()
	id, fault := e.set(client, t)
	switch {
	case fault == nil:
		at := e.now()
		var noticed []string
		if ctx.Err() == nil { // else what is left of the time is for the outcome
			noticed = e.verify(client, t, began)
		}
		return t.intent.Applied(t.call, id, at, noticed...), nil
	case fault.Fault == plan.Unclear:
		if again, unread := e.describe(e.finish, client); unread == nil {
			return identified(t.intent.Confirm(t.call, again, fault, e.now()), id), fault
		}
	}
	return identified(t.intent.Failed(t.call, t.seen, fault, e.now()), id), fault
}

func identified(r plan.Result, requestID string) plan.Result {
	r.RequestID = requestID
	return r
}

// verify reads the group once, and its newest activity, and says what does not
// fit with the change. That it is not visible yet is nothing to tell of.
func (e errand) verify(client AutoScaling, t attempt, began time.Time) []string {
	var noticed []string
	again, fault := e.describe(e.finish, client)
	if fault == nil && again.Desired != t.call.Desired && again.Desired != t.call.Was && again.Desired != t.seen.Desired {
		noticed = append(noticed, fmt.Sprintf("read right afterwards it was %d", again.Desired))
	}
	if cause, fault := e.lastActivity(client); fault == nil {
		noticed = append(noticed, plan.LostRace(cause, t.call, began))
	}
	return noticed
}
