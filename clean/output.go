package clean

import "io"

// coalesce is the size below which pieces are gathered before they are written.
const coalesce = 4 << 10

// output takes the cleaned bytes. Long runs go straight from the caller's
// slice to dst; short pieces are gathered, so that an infected page does not
// become thousands of writes.
type output struct {
	dst     io.Writer
	buf     []byte
	last    byte
	any     bool // something was emitted
	removed bool // something was removed
	mute    bool // nothing is emitted: the policy is to report
	err     error

	aside  bool // emit keeps its bytes in asided
	limit  int  // no more than these
	full   bool // and there were too many of them
	asided []byte

	block   blockMode // put keeps its bytes in blocked, or drops them
	blocked []byte
}

// blockMode is what becomes of the output while a hidden element is judged.
type blockMode uint8

const (
	blockNone blockMode = iota
	blockHeld
	blockGone
)

// tail is what the next bytes would have to agree with.
type tail struct {
	last byte
	any  bool
}

// emit passes p on, or keeps it aside while a link is being judged.
func (o *output) emit(p []byte) {
	if len(p) == 0 {
		return
	}
	if !o.any && p[0] >= 0xEF {
		o.guard()
	}
	o.any, o.last = true, p[len(p)-1]
	if o.aside {
		if o.full = o.full || len(o.asided)+len(p) > o.limit; !o.full {
			o.asided = append(o.asided, p...)
		}
		return
	}
	o.put(p)
}

func (o *output) emitString(s string) {
	if len(s) == 0 {
		return
	}
	o.any, o.last = true, s[len(s)-1]
	if o.aside {
		if o.full = o.full || len(o.asided)+len(s) > o.limit; !o.full {
			o.asided = append(o.asided, s...)
		}
		return
	}
	if o.block != blockNone || o.mute {
		o.put([]byte(s))
		return
	}
	if o.buf = append(o.buf, s...); len(o.buf) >= coalesce {
		o.flush()
	}
}

// emitAttribute passes an attribute on whose value is decoded.
func (o *output) emitAttribute(name, value []byte) {
	o.emit(name)
	o.emitString(`="`)
	o.emitEscaped(escapeDecoded, value)
	o.emitString(`"`)
}

// emitEscaped passes p on in another spelling, which may be six times as long:
// a piece at a time.
func (o *output) emitEscaped(escape func(dst, p []byte) []byte, p []byte) {
	var spelled []byte
	for len(p) > 0 {
		n := min(len(p), coalesce)
		spelled = escape(spelled[:0], p[:n])
		o.emit(spelled)
		p = p[n:]
	}
}

// put hands p to the writer below, or holds it back with its block as long as
// there is room.
func (o *output) put(p []byte) {
	if o.block == blockHeld && len(o.blocked)+len(p) > maxBlock {
		o.passBlock()
	}
	switch {
	case o.block == blockHeld:
		o.blocked = append(o.blocked, p...)
		return
	case o.block == blockGone || o.mute:
		return
	}
	if len(p) < coalesce {
		o.buf = append(o.buf, p...)
		if len(o.buf) >= coalesce {
			o.flush()
		}
		return
	}
	o.flush()
	o.write(p)
}

// holdBlock begins to hold the output back, and returns what stands before.
func (o *output) holdBlock() tail {
	o.block, o.blocked = blockHeld, o.blocked[:0]
	return tail{o.last, o.any}
}

// discardBlock drops what was held back, and goes on dropping.
func (o *output) discardBlock() { o.block, o.blocked = blockGone, o.blocked[:0] }

// dropBlock ends that: what comes next follows on before.
func (o *output) dropBlock(before tail) {
	o.block, o.blocked = blockNone, o.blocked[:0]
	o.last, o.any = before.last, before.any
	o.separate()
}

// passBlock passes on what was held back.
func (o *output) passBlock() {
	o.block = blockNone
	o.put(o.blocked)
	o.blocked = o.blocked[:0]
}

func (o *output) flush() {
	if len(o.buf) > 0 {
		o.write(o.buf)
		o.buf = o.buf[:0]
	}
}

func (o *output) write(p []byte) {
	if o.err != nil {
		return
	}
	n, err := o.dst.Write(p)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	o.err = err
}

// separate keeps what stood before a removal from joining what stood behind
// it: <scr<script></script>ipt> must not become a tag. Only a < in text can
// join: every other beginning of a tag has swallowed what followed it.
func (o *output) separate() {
	o.removed = true
	if o.last == '<' {
		o.emitString("<!---->")
	}
}

// guard keeps text that a removal has brought to the very beginning from being
// read as a byte order mark there, which would outdo the header's charset.
func (o *output) guard() {
	if o.removed {
		o.emitString("<!---->")
	}
}
