package clean

import (
	"bytes"
	"encoding/hex"
	"math"
	"strings"
	"sync"
)

// colour is a colour as it is painted.
type colour struct {
	known   bool
	r, g, b uint8
	alpha   uint8
}

// clear reports a colour of which nothing is seen.
func (c colour) clear() bool { return c.known && c.alpha < 13 }

// like reports whether nobody can tell one colour on the other.
func (c colour) like(o colour) bool {
	return c.known && o.known && o.alpha > 250 && near(c.r, o.r) && near(c.g, o.g) && near(c.b, o.b)
}

func near(a, b uint8) bool { return max(a, b)-min(a, b) <= 3 }

// readColour reads a colour (CSS Color 4, 4) that has been folded. Another
// value is none that is known.
func readColour(value []byte) colour {
	switch {
	case len(value) == 0 || len(value) > 64:
		return colour{}
	case value[0] == '#':
		return hexColour(value[1:])
	case value[len(value)-1] == ')':
		name, arguments, _ := bytes.Cut(value[:len(value)-1], []byte("("))
		return functionColour(string(name), arguments)
	case string(value) == "transparent":
		return colour{known: true}
	}
	return colourNames()[string(value)]
}

// hexColour reads one of 3, 4, 6 or 8 digits (CSS Color 4, 5.2).
func hexColour(digits []byte) colour {
	if len(digits) == 3 || len(digits) == 4 {
		var twice [8]byte
		for i, c := range digits {
			twice[2*i], twice[2*i+1] = c, c
		}
		digits = twice[:2*len(digits)]
	}
	rgba := [4]byte{3: 255}
	if len(digits) != 6 && len(digits) != 8 {
		return colour{}
	}
	if _, err := hex.Decode(rgba[:], digits); err != nil {
		return colour{}
	}
	return colour{true, rgba[0], rgba[1], rgba[2], rgba[3]}
}

// functionColour reads rgb(), hsl() and hwb(), with commas or without.
func functionColour(name string, arguments []byte) colour {
	var parts [4]measure
	count := 0
	for len(arguments) > 0 && count < len(parts) {
		var ok bool
		if parts[count], arguments, ok = colourPart(arguments); !ok {
			return colour{}
		}
		count++
	}
	if len(arguments) > 0 || count < 3 {
		return colour{}
	}
	alpha := 1.0
	if count == 4 {
		alpha = parts[3].share()
	}
	switch name {
	case "rgb", "rgba":
		return painted(channel(parts[0]), channel(parts[1]), channel(parts[2]), alpha)
	case "hsl", "hsla":
		return hueColour(parts, alpha, false)
	case "hwb":
		return hueColour(parts, alpha, true)
	}
	return colour{}
}

// colourPart reads an argument and what parts it from the next.
func colourPart(text []byte) (m measure, rest []byte, ok bool) {
	if m, rest, ok = colourNumber(text); !ok || len(rest) == 0 {
		return m, rest, ok
	}
	return m, rest[1:], rest[0] == ',' || rest[0] == ' ' || rest[0] == '/'
}

// colourNumber reads a number, a percentage, or a hue in degrees.
func colourNumber(text []byte) (m measure, rest []byte, ok bool) {
	if rest, none := bytes.CutPrefix(text, []byte("none")); none {
		return m, rest, true
	}
	end := numberEnd(text)
	if rest, degrees := bytes.CutPrefix(text[end:], []byte("deg")); degrees {
		m.number, ok = number(text)
		return m, rest, ok
	}
	return calc(text)
}

// channel is a part of rgb(), of 1.
func channel(m measure) float64 { return m.number/255 + m.percent/100 }

func painted(r, g, b, alpha float64) colour {
	scaled := func(x float64) uint8 { return uint8(math.Round(255 * min(1, max(0, x)))) }
	return colour{true, scaled(r), scaled(g), scaled(b), scaled(alpha)}
}

// hueColour converts from hue, saturation and lightness, or from hue, whiteness
// and blackness (CSS Color 4, 7.1 and 8.1).
func hueColour(parts [4]measure, alpha float64, white bool) colour {
	hue := parts[0].number
	second, third := (parts[1].number+parts[1].percent)/100, (parts[2].number+parts[2].percent)/100
	saturation, light := min(1, max(0, second)), min(1, max(0, third))
	if white {
		saturation, light = 1, 0.5
	}
	part := func(n float64) float64 {
		k := math.Mod(n+hue/30, 12)
		if k < 0 {
			k += 12
		}
		c := light - saturation*min(light, 1-light)*max(-1, min(k-3, 9-k, 1))
		switch {
		case white && second+third >= 1:
			return second / (second + third)
		case white:
			return c*(1-second-third) + second
		}
		return c
	}
	return painted(part(0), part(8), part(4), alpha)
}

// colourNames are the named colours (CSS Color 4, 6.1).
var colourNames = sync.OnceValue(func() map[string]colour {
	const names = `aliceblue f0f8ff antiquewhite faebd7 aqua 00ffff aquamarine 7fffd4 azure f0ffff beige f5f5dc bisque ffe4c4 black 000000
blanchedalmond ffebcd blue 0000ff blueviolet 8a2be2 brown a52a2a burlywood deb887 cadetblue 5f9ea0 chartreuse 7fff00 chocolate d2691e
coral ff7f50 cornflowerblue 6495ed cornsilk fff8dc crimson dc143c cyan 00ffff darkblue 00008b darkcyan 008b8b darkgoldenrod b8860b
darkgray a9a9a9 darkgreen 006400 darkgrey a9a9a9 darkkhaki bdb76b darkmagenta 8b008b darkolivegreen 556b2f darkorange ff8c00
darkorchid 9932cc darkred 8b0000 darksalmon e9967a darkseagreen 8fbc8f darkslateblue 483d8b darkslategray 2f4f4f darkslategrey 2f4f4f
darkturquoise 00ced1 darkviolet 9400d3 deeppink ff1493 deepskyblue 00bfff dimgray 696969 dimgrey 696969 dodgerblue 1e90ff
firebrick b22222 floralwhite fffaf0 forestgreen 228b22 fuchsia ff00ff gainsboro dcdcdc ghostwhite f8f8ff gold ffd700 goldenrod daa520
gray 808080 green 008000 greenyellow adff2f grey 808080 honeydew f0fff0 hotpink ff69b4 indianred cd5c5c indigo 4b0082 ivory fffff0
khaki f0e68c lavender e6e6fa lavenderblush fff0f5 lawngreen 7cfc00 lemonchiffon fffacd lightblue add8e6 lightcoral f08080
lightcyan e0ffff lightgoldenrodyellow fafad2 lightgray d3d3d3 lightgreen 90ee90 lightgrey d3d3d3 lightpink ffb6c1 lightsalmon ffa07a
lightseagreen 20b2aa lightskyblue 87cefa lightslategray 778899 lightslategrey 778899 lightsteelblue b0c4de lightyellow ffffe0
lime 00ff00 limegreen 32cd32 linen faf0e6 magenta ff00ff maroon 800000 mediumaquamarine 66cdaa mediumblue 0000cd mediumorchid ba55d3
mediumpurple 9370db mediumseagreen 3cb371 mediumslateblue 7b68ee mediumspringgreen 00fa9a mediumturquoise 48d1cc mediumvioletred c71585
midnightblue 191970 mintcream f5fffa mistyrose ffe4e1 moccasin ffe4b5 navajowhite ffdead navy 000080 oldlace fdf5e6 olive 808000
olivedrab 6b8e23 orange ffa500 orangered ff4500 orchid da70d6 palegoldenrod eee8aa palegreen 98fb98 paleturquoise afeeee
palevioletred db7093 papayawhip ffefd5 peachpuff ffdab9 peru cd853f pink ffc0cb plum dda0dd powderblue b0e0e6 purple 800080
rebeccapurple 663399 red ff0000 rosybrown bc8f8f royalblue 4169e1 saddlebrown 8b4513 salmon fa8072 sandybrown f4a460 seagreen 2e8b57
seashell fff5ee sienna a0522d silver c0c0c0 skyblue 87ceeb slateblue 6a5acd slategray 708090 slategrey 708090 snow fffafa
springgreen 00ff7f steelblue 4682b4 tan d2b48c teal 008080 thistle d8bfd8 tomato ff6347 turquoise 40e0d0 violet ee82ee wheat f5deb3
white ffffff whitesmoke f5f5f5 yellow ffff00 yellowgreen 9acd32`
	all := make(map[string]colour)
	name := ""
	for word := range strings.FieldsSeq(names) {
		if name == "" {
			name = word
			continue
		}
		all[name], name = hexColour([]byte(word)), ""
	}
	return all
})
