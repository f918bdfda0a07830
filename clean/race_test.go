//go:build race

package clean

// raceDetector has pools drop some of what they are given.
const raceDetector = true
