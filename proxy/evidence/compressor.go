package evidence

import (
	"io"

	"github.com/klauspost/compress/zstd"
)

// compressor writes Zstandard (RFC 8878), one document after the other. The
// zero value is ready, and costs its megabyte when it is first used.
type compressor struct{ encoder *zstd.Encoder }

func (c *compressor) write(w io.Writer, content io.WriterTo) error {
	if c.encoder == nil {
		encoder, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true), zstd.WithWindowSize(512<<10))
		if err != nil {
			return err
		}
		c.encoder = encoder
	}
	c.encoder.Reset(w)
	if _, err := content.WriteTo(c.encoder); err != nil {
		return err
	}
	return c.encoder.Close()
}
