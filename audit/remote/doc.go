// Package remote is what sinks and alerts share where they speak to another
// machine: whom they believe, how they say who they are, and where their secrets
// come from. Files are read when they are wanted, so that a secret or a
// certificate that is replaced needs no restart.
package remote
