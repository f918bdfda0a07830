package audit

import "go.uber.org/zap/zapcore"

// What ECS has no name for stands under `lachan`.

func (r *lachanObject) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	o := objects{enc: enc}
	o.text("request_content_type", r.HTTP.RequestContentType)
	o.text("response_content_type", r.HTTP.ResponseContentType)
	if m := r.Match; m != nil {
		if len(m.RuleIDs) > 0 {
			o.list("rule_ids", (*idList)(r))
		}
		if len(r.details) > 0 {
			o.list("matches", (*detailList)(r))
		}
		if len(r.opinions) > 0 {
			o.list("second_opinion", (*opinionList)(r))
		}
		enc.AddInt("score", m.Score)
		if m.Variable != "" || m.Value != "" {
			o.add("match", (*matchObject)(m))
		}
	}
	if r.Finding != nil {
		o.add("finding", (*findingObject)(r))
	}
	if r.Loss != nil {
		o.add("gap", (*gapObject)(r.Loss))
	}
	if r.Fold != nil {
		o.add("fold", (*foldObject)(r.Fold))
	}
	if r.Checkpoint != nil {
		o.add("checkpoint", (*checkpointObject)(r.Checkpoint))
	}
	if r.Notice != nil {
		o.add("notice", (*noticeObject)(r.Notice))
	}
	return o.err
}

func (m *matchObject) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	o := objects{enc: enc}
	o.text("variable", m.Variable)
	o.text("value", m.Value)
	return nil
}

func (r *findingObject) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	o, f := objects{enc: enc}, r.Finding
	o.text("kind", f.Kind)
	o.text("element", f.Element)
	o.text("attribute", f.Attribute)
	o.text("target", f.Target)
	o.text("host", f.Host)
	enc.AddInt64("offset", f.Offset)
	if f.Count > 0 {
		enc.AddInt("count", f.Count)
	}
	o.text("snippet", f.Snippet)
	if len(f.Reasons) > 0 {
		o.list("reasons", (*reasonList)(r))
	}
	o.text("sha256", f.SHA256)
	o.text("before_sha256", f.BeforeSHA256)
	o.text("after_sha256", f.AfterSHA256)
	return o.err
}

func (g *gapObject) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	o := objects{enc: enc}
	enc.AddUint64("count", g.Count)
	if !g.First.IsZero() {
		enc.AddString("first", stamp(g.First))
		enc.AddString("last", stamp(g.Last))
	}
	o.text("reason", g.Reason)
	return nil
}

type (
	foldObject       Flood
	checkpointObject Checkpoint
	noticeObject     NoticeDetail
)

func (f *foldObject) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	enc.AddString("action", string(f.Action))
	enc.AddUint64("count", f.Count)
	enc.AddString("first", stamp(f.First))
	enc.AddString("last", stamp(f.Last))
	return nil
}

func (c *checkpointObject) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	enc.AddString("note", c.Note)
	return nil
}

func (n *noticeObject) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	o := objects{enc: enc}
	o.text("kind", n.Kind)
	o.text("name", n.Name)
	if n.Value != 0 {
		enc.AddFloat64("value", n.Value)
	}
	if n.LastSeq != 0 {
		enc.AddUint64("first_seq", n.FirstSeq)
		enc.AddUint64("last_seq", n.LastSeq)
	}
	return nil
}
