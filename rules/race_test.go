//go:build race

package rules

// raceFactor is what the race detector costs.
const raceFactor = 20
