//go:build !race

package rx_test

const raceDetector = false
