package main

import (
	"context"
	"fmt"

	"github.com/ml-autoscaling/autoscaler/actuator/heartbeat"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// heartbeat adds what tells CloudWatch that every component of this process is
// ready, where the configuration asks for that. In another realm than live it
// would speak for a process that acts, and does not.
func (h *host) heartbeat(ctx context.Context, clock heartbeat.Clock) error {
	beat := h.cfg.Actuator.Heartbeat
	switch {
	case !beat.On():
		return nil
	case h.cfg.Realm != streams.Live:
		h.log.Warn().Str("realm", h.cfg.Realm).Msg("no heartbeat, which is that of the realm that is acted on")
		return nil
	}
	client, err := loadAWS(ctx, h.cfg.ActuatorScope(beat.Scope))
	if err != nil {
		return fmt.Errorf("heartbeat in scope %s: %w", beat.Scope, err)
	}
	heart, err := heartbeat.New(client, heartbeat.Config{Name: beat.Name, Ready: h.isReady, Clock: clock, Log: h.log, Registry: h.registry})
	if err != nil {
		return err
	}
	h.run(heart.Run)
	return nil
}
