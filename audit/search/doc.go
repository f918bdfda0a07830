// Package search looks through a trail: weeks of compressed segments, and the
// file that grows, at what decompressing them costs.
//
//	figures, err := search.Run(ctx, cfg.Audit.File, search.Query{
//		From:    time.Now().Add(-30 * 24 * time.Hour),
//		Actions: []string{"block"},
//		Rules:   []string{"942100"},
//	}, search.Options{}, func(line []byte) error {
//		_, err := os.Stdout.Write(append(line, '\n'))
//		return err
//	})
//
// Segments that ended before the time asked for are not opened. In the others
// the rarest thing that a line must hold is looked for as bytes, over many lines
// at once; only a line that has it is read as JSON. That rests on how package
// audit writes lines: quotation marks in values are escaped, so that
// `"action":"block"` cannot stand in one.
package search
