package embedded

import (
	"fmt"

	"github.com/rs/zerolog"
)

// logBridge is nats-server's logger. The server calls it with its own locks
// held, so no method may block or call back.
type logBridge struct {
	log   zerolog.Logger
	fatal chan error // capacity 1; the first fatal condition wins
}

// wantsDebug reports whether the server should spend time on debug lines.
func (b *logBridge) wantsDebug() bool {
	return b.log.Trace().Enabled()
}

// Noticef logs at debug: the server's notices tell its life in some twenty
// lines that an operator of this program did not ask for.
func (b *logBridge) Noticef(format string, v ...any) {
	b.write(b.log.Debug(), "nats server notice", format, v)
}

// Warnf logs at warn.
func (b *logBridge) Warnf(format string, v ...any) {
	b.write(b.log.Warn(), "nats server warning", format, v)
}

// Errorf logs at error.
func (b *logBridge) Errorf(format string, v ...any) {
	b.write(b.log.Error(), "nats server error", format, v)
}

// Fatalf keeps the condition for Start or Fatal. The stock logger of the
// server ends the process here.
func (b *logBridge) Fatalf(format string, v ...any) {
	select {
	case b.fatal <- fmt.Errorf(format, v...):
	default:
	}
	b.write(b.log.Error(), "nats server fatal condition", format, v)
}

// Debugf logs at trace.
func (b *logBridge) Debugf(format string, v ...any) {
	b.write(b.log.Trace(), "nats server debug", format, v)
}

// Tracef logs at trace. It is not called while protocol tracing is off, as it
// always is here.
func (b *logBridge) Tracef(format string, v ...any) {
	b.write(b.log.Trace(), "nats server trace", format, v)
}

func (b *logBridge) write(event *zerolog.Event, msg, format string, v []any) {
	if event.Enabled() {
		event.Str("detail", fmt.Sprintf(format, v...)).Msg(msg)
	}
}
