package partition

import (
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// tell logs what a stage emits: decisions and outcomes for operators, the rest
// for who debugs. A step that has to be folded again is logged again; what
// counts is on the timeline.
func tell(log zerolog.Logger, ev streams.Event) {
	switch e := ev.(type) {
	case streams.Decision:
		if e.Shadow() {
			log.Debug().Stringer("group", e.GroupID).Str("policy", e.Policy).Uint64("round", e.Round).Str("verdict", string(e.Verdict)).
				Int("current", e.Current).Int("desired", e.Desired).Msg("watched")
			return
		}
		log.Info().Stringer("group", e.GroupID).Uint64("round", e.Round).Str("verdict", string(e.Verdict)).
			Int("current", e.Current).Int("desired", e.Desired).Msg("decided")
	case streams.Outcome:
		log.Info().Stringer("group", e.GroupID).Uint64("round", e.Round).Str("status", string(e.Status)).
			Int("desired", e.Desired).Str("error", e.Error).Msg("acted")
	default:
		log.Debug().Stringer("group", e.ID()).Uint64("round", streams.RoundOf(e)).Str("kind", string(e.Kind())).Msg("emitted")
	}
}
