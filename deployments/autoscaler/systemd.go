package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// supervise tells systemd that the process serves, at the end that it stops, and
// meanwhile, where the unit has a watchdog, that every loop moves. What a loop
// waits for is not its business: another process would wait for NATS or AWS too.
// Without systemd it only waits until ctx ends.
func (h *host) supervise(ctx context.Context) error {
	limit, err := daemon.SdWatchdogEnabled(false)
	if err != nil {
		return fmt.Errorf("read WATCHDOG_USEC: %w", err)
	}
	h.notify(daemon.SdNotifyReady)
	defer h.notify(daemon.SdNotifyStopping)
	if limit == 0 {
		<-ctx.Done()
		return nil
	}
	tick := time.NewTicker(limit / 3)
	defer tick.Stop()
	for {
		h.ping(ctx, limit/3)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// ping feeds the watchdog, unless a loop takes no turn within the time. What
// 'systemctl status' shows beside it is whether the process is ready.
func (h *host) ping(ctx context.Context, within time.Duration) {
	turn, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	for _, moves := range h.loops {
		if err := moves(turn); err != nil && ctx.Err() == nil {
			h.log.Error().Err(err).Msg("the watchdog is not fed")
			return
		}
	}
	status := "ready"
	if err := h.isReady(); err != nil {
		status = err.Error()
	}
	h.notify(daemon.SdNotifyWatchdog + "\nSTATUS=" + strings.ReplaceAll(status, "\n", " "))
}

// notify sends a state to systemd, if that started us.
func (h *host) notify(state string) {
	if _, err := daemon.SdNotify(false, state); err != nil {
		h.log.Error().Err(err).Msg("systemd is not told")
	}
}
