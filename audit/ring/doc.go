// Package ring holds the lines that are not in the trail yet where they outlive
// the process: in memory that the system keeps for a file (tmpfs), so that no
// disk is waited for. What was recorded is then written by the next start, after
// SIGKILL as after a crash. It does not outlive the machine.
//
//	r, left, err := ring.Open(path)   // left: the lines of the process before
//	end := r.Put(line)                // by whoever records
//	r.Done(end)                       // by the writer, when the file has it
//
// The file is a header and a circle of records, each a length and a line:
//
//	0  magic            16  head, put so far      24  tail, done so far
//	64 records…
//
// head and tail count bytes from the beginning of time. head moves when a record
// is whole; a process that ends at any instruction leaves whole records.
package ring
