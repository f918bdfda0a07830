//go:build !race

package minified

const raceDetector = false
