// Package ring holds the lines that are not in the trail yet where they outlive
// the process: in memory that the system keeps for a file (tmpfs), so that no
// disk is waited for. What was recorded is then written by the next start, after
// SIGKILL as after a crash. It does not outlive the machine.
//
//	r, left, err := ring.Open(path)   // left: the lines of the process before
//	place := r.Put(line)              // by whoever records
//	r.Aside().Add(at)                 // of an event without a line in here
//	r.Commit(mark)                    // by the writer, when the file has some of it
//
// The file is a header and a circle of records, each a length and a line:
//
//	0    magic
//	16   head: put so far
//	24   lost and aside: each a count, and the times of first and last
//	72   which mark holds
//	80   two marks
//	192  records…
//
// head and the places in marks count bytes from the beginning of time. head moves
// when a record is whole, and which when a mark is: a process that ends at any
// instruction leaves whole ones.
package ring
