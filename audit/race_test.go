//go:build race

package audit

// raceDetector has pools drop some of what they are given.
const raceDetector = true
