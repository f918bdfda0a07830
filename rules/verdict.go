package rules

import (
	"io"
	"strconv"

	"github.com/corazawaf/coraza/v3/experimental/plugins/plugintypes"
	"github.com/corazawaf/coraza/v3/types"
)

// Verdict is what an Engine says of one request, or of the response to it.
type Verdict struct {
	// Blocked asks for the request to be answered with Status and not forwarded.
	Blocked bool
	// WouldBlock is set where a site in mode `block` would refuse; in that
	// mode it equals Blocked.
	WouldBlock bool
	// Status is 403, 413, 400, 503 (it costs too much), or what an operator's rule says: always an error
	// (4xx or 5xx) when WouldBlock is set, otherwise 0.
	Status int
	// Reason says in a few words why the request is refused.
	Reason string
	// Score is the anomaly score that is compared with the threshold.
	Score int
	// RuleID stands for the verdict: the rule that refused the request by
	// itself, or the first of the gravest that added to the score. 0: none.
	RuleID int
	// Matches are the rules that matched and have something to say, in the
	// order of their evaluation.
	Matches []Match
	// BodyOver is set when the body is longer than the limit.
	BodyOver bool
	// Inspected is how many bytes of the body the rules have seen.
	Inspected int64
	// Body replays the whole body, byte for byte: first what was inspected,
	// then the rest of the stream. It is nil when there was no body, and must
	// not be read after Close.
	Body io.Reader

	release    func()
	inspection *inspection // nil once it has ended
}

// Close gives back the buffer behind Body, and ends an inspection that waits for
// the response. It may be called more than once.
func (v *Verdict) Close() {
	if v.release != nil {
		v.release()
	}
	v.end()
}

// end gives the transaction back. An error means a temporary file left behind;
// the verdict stands.
func (v *Verdict) end() {
	if v.inspection != nil {
		_ = v.inspection.tx.Close()
		v.inspection = nil
	}
}

// Cause is the match behind RuleID, or nil.
func (v *Verdict) Cause() *Match {
	for i := range v.Matches {
		if v.Matches[i].RuleID == v.RuleID {
			return &v.Matches[i]
		}
	}
	return nil
}

// refuse settles a verdict once; an earlier refusal stands.
func (v *Verdict) refuse(e *Engine, status int, why string) {
	if v.WouldBlock {
		return
	}
	v.WouldBlock = true
	v.Blocked = e.blocks()
	v.Status, v.Reason = status, why
}

// judge reads the outcome from the transaction, before it is closed and its
// memory serves another request.
func (in *inspection) judge(v *Verdict) {
	if in.judged {
		return
	}
	in.judged = in.meter.Ended()
	stop := in.stop()
	in.collect(v, stop)
	blocking := in.number("blocking_paranoia_level")
	v.Score = in.score("inbound", blocking)
	v.RuleID = gravest(v.Matches, blocking)
	if stop == nil {
		return
	}
	why := "the anomaly score reached the threshold"
	if !isVerdict(stop.RuleID) {
		v.RuleID, why = stop.RuleID, "a rule denied the request"
	}
	v.refuse(in.engine, status(stop), why)
}

// collect takes over the matches that no verdict holds yet.
func (in *inspection) collect(v *Verdict, stop *types.Interruption) {
	all := in.tx.MatchedRules()
	for _, m := range all[in.told:] {
		if reports(m) || stop != nil && m.Rule().ID() == stop.RuleID {
			match := newMatch(m)
			match.Downgraded = in.opinion(match.RuleID)
			v.Matches = append(v.Matches, match)
		}
	}
	in.told = len(all)
}

// stop is the first refusal, whether or not the rules behind it were evaluated.
func (in *inspection) stop() *types.Interruption {
	if stop := in.tx.Interruption(); stop != nil {
		return stop
	}
	// Not yet in coraza's interface.
	if tx, ok := in.tx.(interface{ DetectionOnlyInterruption() *types.Interruption }); ok {
		return tx.DetectionOnlyInterruption()
	}
	return nil
}

// score adds up what each level up to the blocking one has counted, as CRS
// does in 949060 and after; an interruption in phase 1 comes before those.
// direction is inbound or outbound.
func (in *inspection) score(direction string, blocking int) (sum int) {
	for level := 1; level <= blocking; level++ {
		sum += in.number(direction + "_anomaly_score_pl" + strconv.Itoa(level))
	}
	return sum
}

// number reads a variable of CRS, 0 where it is not set.
func (in *inspection) number(name string) int {
	return number(in.tx.(plugintypes.TransactionState), name)
}

// status makes an error of every interruption: deny may carry any number, drop
// carries none, redirect carries one that would send the visitor somewhere
// without a page or an event, and coraza may grow further kinds.
func status(stop *types.Interruption) int {
	if stop.Action == "deny" && stop.Status >= 400 && stop.Status <= 599 {
		return stop.Status
	}
	return 403
}
