package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/audit/health"
	"github.com/lachan-waf/lachan/policies"
)

type auditStatusCmd struct {
	configFlag
	JSON bool   `help:"Print the report as a JSON object."`
	Lang string `help:"en, or vi for tiếng Việt." enum:"en,vi" default:"en"`
}

// Help is kong's long help.
func (auditStatusCmd) Help() string {
	return `The files are read, and no running Lachan is asked.

Exit codes: 0 all is well, 1 something needs attention (a sink fails or is more than 5
minutes behind, lines have waited more than 5 minutes for a checkpoint, the disk is more
than 80 % full), 2 the files cannot be read.

Examples:
  lachan audit status
  lachan audit status --lang vi
  */10 * * * * out=$(lachan audit status) || echo "$out" | mail -s lachan ops@hosting.example`
}

// Run prints how the trail does.
func (c *auditStatusCmd) Run(context.Context) error {
	cfg, err := c.config()
	if err != nil {
		return &usageError{err}
	}
	report, err := health.Read(cfg, auditState(cfg), time.Now())
	if err != nil {
		return &usageError{err}
	}
	if c.JSON {
		err = json.NewEncoder(os.Stdout).Encode(report)
	} else {
		_, err = io.WriteString(os.Stdout, status{report, statusTexts(c.Lang)}.String())
	}
	if err != nil {
		return &usageError{err}
	}
	if !report.Well() {
		return errReported
	}
	return nil
}

// texts are what status says, in one language.
type texts struct {
	trail, from, events, empty, unsigned, signed, never, disk, keep, level, sink, delivered, waiting, behind, none, rejected, failing, well, attention string

	problems map[health.Problem]string
}

func statusTexts(lang string) texts {
	if lang == "vi" {
		return texts{
			trail: "nhật ký", from: "từ %s đến %s", events: "%d tệp, %s, đến dòng %d", empty: "chưa có sự kiện nào",
			signed: "đã ký đến dòng %d, %s trước", never: "chưa có dòng nào được ký", unsigned: "%d dòng chưa ký, từ %s trước",
			disk: "ổ đĩa đã dùng %.0f %%", keep: "lưu giữ %s", level: "lưu giữ %s theo cấp độ %d (audit.retention chỉ là %s)",
			sink: "đích", delivered: "đã gửi đến dòng %d", waiting: "còn %d dòng chờ", behind: "trễ %s", none: "đã gửi hết",
			rejected: "%d sự kiện bị từ chối", failing: "lỗi từ %s trước: %s", well: "mọi thứ đều ổn", attention: "CẦN XỬ LÝ",
			problems: map[health.Problem]string{
				health.NoTrail: "nhật ký chưa có dòng nào", health.NotSigned: "có dòng chờ ký quá 5 phút: Lachan có đang chạy không?",
				health.ForeignNote: "chữ ký cuối cùng không phải của khóa này", health.TrailCut: "nhật ký kết thúc trước dòng đã ký cuối cùng: phần cuối đã mất",
				health.DiskFull: "ổ đĩa sắp đầy", health.SinkFailing: "không nhận sự kiện", health.SinkBehind: "chậm hơn 5 phút",
				health.CursorUnread: "không đọc được vị trí đã gửi", health.EventsRejected: "đã từ chối sự kiện",
			},
		}
	}
	return texts{
		trail: "trail", from: "%s to %s", events: "%d files, %s, up to line %d", empty: "no event yet",
		signed: "signed up to line %d, %s ago", never: "no line is signed yet", unsigned: "%d lines not signed yet, the first since %s",
		disk: "disk %.0f %% used", keep: "kept for %s", level: "kept for %s, as level %d asks (audit.retention says %s)",
		sink: "sink", delivered: "delivered up to line %d", waiting: "%d lines wait", behind: "%s behind", none: "nothing waits",
		rejected: "%d events rejected", failing: "failing for %s: %s", well: "all is well", attention: "NEEDS ATTENTION",
		problems: map[health.Problem]string{
			health.NoTrail: "the trail has no line", health.NotSigned: "lines have waited more than 5 minutes for a checkpoint: is Lachan running?",
			health.ForeignNote: "the last checkpoint is not signed with this key", health.TrailCut: "the trail ends before the last line that was signed: its end is missing",
			health.DiskFull: "the disk fills up", health.SinkFailing: "takes no events", health.SinkBehind: "more than 5 minutes behind",
			health.CursorUnread: "how far it has got cannot be read", health.EventsRejected: "has rejected events",
		},
	}
}

// status is a report in words.
type status struct {
	*health.Report
	say texts
}

func (s status) String() string {
	var b strings.Builder
	b.WriteString(s.headline() + "\n")
	fmt.Fprintf(&b, "%s %s: %s\n", s.say.trail, s.Path, strings.Join(s.trail(), "; "))
	for _, sink := range s.Sinks {
		fmt.Fprintf(&b, "%s %s (%s): %s\n", s.say.sink, sink.Name, sink.Type, strings.Join(s.sink(&sink), "; "))
	}
	return b.String()
}

// headline is what a pager shows.
func (s status) headline() string {
	if s.Well() {
		return s.say.well
	}
	var wrong []string
	for _, p := range s.Problems {
		wrong = append(wrong, s.say.problems[p])
	}
	for _, sink := range s.Sinks {
		for _, p := range sink.Problems {
			wrong = append(wrong, s.say.sink+" "+sink.Name+": "+s.say.problems[p])
		}
	}
	return s.say.attention + ": " + strings.Join(wrong, "; ")
}

func (s status) trail() []string {
	words := []string{s.say.empty}
	if s.LastSeq > 0 {
		words = []string{
			fmt.Sprintf(s.say.events, s.Files, megabytes(s.Bytes), s.LastSeq),
			fmt.Sprintf(s.say.from, s.First.Local().Format(time.DateTime), s.Last.Local().Format(time.DateTime)),
		}
	}
	if c := s.Checkpoint; c.Seq > 0 {
		words = append(words, fmt.Sprintf(s.say.signed, c.Seq, s.ago(c.Time)))
	} else {
		words = append(words, s.say.never)
	}
	if c := s.Checkpoint; c.Unsigned > 0 {
		words = append(words, fmt.Sprintf(s.say.unsigned, c.Unsigned, s.ago(c.Since)))
	}
	words = append(words, fmt.Sprintf(s.say.disk, 100*s.Disk))
	if r := s.Retention; r.Keep > r.Asked {
		return append(words, fmt.Sprintf(s.say.level, r.Keep, r.Level, r.Asked))
	}
	return append(words, fmt.Sprintf(s.say.keep, s.Retention.Keep))
}

func (s status) sink(sink *health.Sink) []string {
	words := []string{fmt.Sprintf(s.say.delivered, sink.Seq)}
	if sink.Lag == 0 {
		words = append(words, s.say.none)
	} else {
		words = append(words, fmt.Sprintf(s.say.waiting, sink.Lag), fmt.Sprintf(s.say.behind, spell(sink.Behind)))
	}
	if sink.Rejected > 0 {
		words = append(words, fmt.Sprintf(s.say.rejected, sink.Rejected))
	}
	if sink.Error != "" {
		words = append(words, fmt.Sprintf(s.say.failing, s.ago(sink.Since), audit.Harmless(sink.Error)))
	}
	return words
}

func (s status) ago(t time.Time) string {
	if t.IsZero() {
		return "?"
	}
	return spell(max(s.Now.Sub(t), 0))
}

// spell is a duration as exact as anybody wants it.
func spell(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= 2*day {
		return policies.Duration(d.Truncate(day)).String()
	}
	return policies.Duration(d.Round(time.Second)).String()
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
