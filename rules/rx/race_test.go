//go:build race

package rx_test

// raceDetector makes regexp too slow to be asked everything.
const raceDetector = true
