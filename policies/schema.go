package policies

import (
	"bytes"
	_ "embed"
)

// The generator lives in the tests: it reads the comments of this package's
// source, which need not be in the binary.
//
//go:generate go test -run ^TestSchemaIsCurrent$ . -update

//go:embed schema.json
var schema []byte

// Schema returns the JSON Schema (draft 2020-12) of the configuration, for
// editors and panels. Files of sites_dir have the schema at #/$defs/Site. It
// is narrower than YAML, for it knows no merge keys, and wider than Load,
// which checks more than a schema can say.
func Schema() ([]byte, error) { return bytes.Clone(schema), nil }
