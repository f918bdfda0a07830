package audit

// What ECS has no name for stands under `lachan`.

func (r *record) lachanObject(e *Event) {
	if e.Checkpoint != nil { // nothing else, so that the note is never what breaks the line's bound
		r.checkpointObject(e.Checkpoint)
		return
	}
	r.text("request_content_type", e.HTTP.RequestContentType, maxName)
	r.text("response_content_type", e.HTTP.ResponseContentType, maxName)
	if e.Match != nil {
		r.matchMembers(e.Match)
	}
	if e.Finding != nil {
		r.findingObject(e.Finding)
	}
	if e.Loss != nil {
		r.gapObject(e.Loss)
	}
	if e.Fold != nil {
		r.foldObject(e.Fold)
	}
	if e.Notice != nil {
		r.noticeObject(e.Notice)
	}
}

// matchMembers writes lists of keywords: numbers of rules are none that anybody
// adds up, and rule.id is a keyword in ECS.
func (r *record) matchMembers(m *Match) {
	if ids := m.RuleIDs[:min(len(m.RuleIDs), maxRuleIDs)]; len(ids) > 0 {
		r.openList("rule_ids")
		for _, id := range ids {
			r.element()
			r.ruleID(id)
		}
		r.closeList()
	}
	if details := m.Details[:min(len(m.Details), maxDetails)]; len(details) > 0 {
		r.openList("matches")
		for i := range details {
			r.element()
			r.detail(&details[i])
		}
		r.closeList()
	}
	r.list("second_opinion", m.SecondOpinion[:min(len(m.SecondOpinion), maxOpinions)], maxOpinion)
	r.integer("score", int64(m.Score))
	if m.Variable != "" || m.Value != "" {
		r.open("match")
		r.text("variable", m.Variable, maxName)
		r.matched(m)
		r.close()
	}
}

func (r *record) matched(m *Match) {
	if m.Value == "" {
		return
	}
	r.member("value")
	r.line = append(r.line, '"')
	value, more := head(m.Value, 2*maxValue)
	r.put(value, r.redactMatch(m.Variable, value), more, maxValue)
	r.line = append(r.line, '"')
}

func (r *record) findingObject(f *Finding) {
	r.open("finding")
	r.text("kind", f.Kind, maxWord)
	r.text("element", f.Element, maxWord)
	r.text("attribute", f.Attribute, maxWord)
	r.text("target", f.Target, maxTarget)
	r.text("host", f.Host, maxName)
	r.integer("offset", f.Offset)
	if f.Count > 0 {
		r.integer("count", int64(f.Count))
	}
	r.text("snippet", f.Snippet, maxSnippet)
	r.list("reasons", f.Reasons[:min(len(f.Reasons), maxReasons)], maxReason)
	r.id("sha256", f.SHA256)
	r.id("before_sha256", f.BeforeSHA256)
	r.id("after_sha256", f.AfterSHA256)
	r.close()
}

func (r *record) gapObject(l *Loss) {
	r.open("gap")
	r.count("count", l.Count)
	if !l.First.IsZero() {
		r.stamp("first", l.First)
		r.stamp("last", l.Last)
	}
	r.text("reason", l.Reason, maxReason)
	r.close()
}

func (r *record) foldObject(f *Flood) {
	r.open("fold")
	r.text("action", f.Action, maxWord)
	r.count("count", f.Count)
	if !f.First.IsZero() {
		r.stamp("first", f.First)
		r.stamp("last", f.Last)
	}
	r.close()
}

// checkpointObject is the one text that is not redacted: a signature covers it.
func (r *record) checkpointObject(c *CheckpointDetail) {
	r.open("checkpoint")
	r.member("note")
	r.line = append(r.line, '"')
	note, more := head(c.Note, maxNote)
	r.line = appendText(r.line, note, more, 2*maxNote) // line breaks are two bytes in JSON
	r.line = append(r.line, '"')
	r.close()
}

func (r *record) noticeObject(n *NoticeDetail) {
	r.open("notice")
	r.text("kind", n.Kind, maxWord)
	r.text("name", n.Name, maxName)
	r.number("value", n.Value)
	if n.FirstSeq != 0 {
		r.count("first_seq", n.FirstSeq)
	}
	if n.LastSeq != 0 {
		r.count("last_seq", n.LastSeq)
	}
	r.close()
}
