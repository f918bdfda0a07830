package clean

import (
	"bytes"
	"math"
)

// clipsRect reports a value of clip (CSS Masking 1, 9.1) that leaves a pixel at
// most.
func clipsRect(value []byte) bool {
	sides, found := bytes.CutPrefix(value, []byte("rect("))
	return found && leavesNothing(sides, func(top, right, bottom, left measure) bool {
		return sliver(left, right) || sliver(top, bottom)
	})
}

// clipsAll reports a clip-path that leaves nothing (CSS Shapes 1, 3.1).
func clipsAll(value []byte) bool {
	shape, arguments, found := bytes.Cut(value, []byte("("))
	if !found {
		return false
	}
	switch string(shape) {
	case "inset":
		return leavesNothing(arguments, func(top, right, bottom, left measure) bool {
			return shut(top.plus(bottom)) || shut(left.plus(right))
		})
	case "rect":
		return leavesNothing(arguments, func(top, right, bottom, left measure) bool {
			return sliver(left, right) || sliver(top, bottom)
		})
	case "xywh":
		return leavesNothing(arguments, func(_, _, width, height measure) bool {
			return sliver(measure{}, width) || sliver(measure{}, height)
		})
	case "circle", "ellipse":
		radius, _, ok := calc(arguments)
		return ok && sliver(measure{}, radius)
	case "polygon":
		return flatPolygon(arguments)
	case "path":
		return bytes.IndexByte(arguments, '0') >= 0 && !bytes.ContainsAny(arguments, "123456789")
	}
	return false
}

// leavesNothing hands the four lengths at the head of arguments to a judge;
// where there are fewer, they repeat as those of a margin do.
func leavesNothing(arguments []byte, judge func(a, b, c, d measure) bool) bool {
	var sides [4]measure
	n := 0
	for n < len(sides) {
		m, rest, ok := calc(arguments)
		if !ok {
			break
		}
		sides[n] = m
		n++
		arguments = bytes.TrimLeft(rest, ", ")
	}
	if n == 0 || !bytes.HasPrefix(arguments, []byte(")")) && !bytes.HasPrefix(arguments, []byte("round")) {
		return false
	}
	for ; n < len(sides); n++ {
		sides[n] = sides[max(0, n-2)]
	}
	return judge(sides[0], sides[1], sides[2], sides[3])
}

// shut reports that what two sides cut off meets.
func shut(m measure) bool { return m.percent >= 99 && m.px >= 0 || m.number+m.px >= 3000 }

// sliver reports that hardly anything is between two sides.
func sliver(from, to measure) bool {
	between := to.plus(from.times(-1))
	return between.percent <= 1 && between.number+between.px+16*between.em+10*between.view <= 1
}

// flatPolygon reports corners that are all in one line, up or across.
func flatPolygon(arguments []byte) bool {
	corners, _ := cutValue(arguments, ')')
	if rule, rest := cutValue(corners, ','); isWord(bytes.Trim(rule, "-")) {
		corners = rest
	}
	low, high := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	for len(corners) > 0 {
		var corner, part []byte
		corner, corners = cutValue(corners, ',')
		for axis := range low {
			part, corner = cutValue(corner, ' ')
			m, ok := measured(part)
			if !ok {
				return false
			}
			at := m.on(100)
			low[axis], high[axis] = min(low[axis], at), max(high[axis], at)
		}
	}
	return high[0]-low[0] <= 1 || high[1]-low[1] <= 1
}
