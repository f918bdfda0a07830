//go:build race

package minified

// raceDetector slows the minifier a thousandfold.
const raceDetector = true
