package main

import (
	"os"

	"github.com/lachan-waf/lachan/policies"
)

type schemaCmd struct{}

// Help is kong's long help.
func (schemaCmd) Help() string {
	return "Example:\n  lachan schema > lachan.schema.json\n  # then, as the first line of lachan.yaml:\n  # yaml-language-server: $schema=lachan.schema.json"
}

// Run prints the JSON Schema.
func (schemaCmd) Run() error {
	schema, err := policies.Schema()
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(schema)
	return err
}
