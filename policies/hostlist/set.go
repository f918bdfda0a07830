package hostlist

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"strings"
)

const (
	// maxLine is the longest line that is read; a longer one is a problem.
	maxLine = 64 << 10
	// maxBytes bounds a file, of which little more than a line is in memory.
	maxBytes = 512 << 20
	// maxProblems is how many problems a Set keeps: it has a count of the others.
	maxProblems = 20
)

var errTooLong = fmt.Errorf("longer than %d bytes", maxLine)

// Set is what one list holds. It is immutable and safe for concurrent use.
type Set struct {
	// Entries counts the hosts read, exceptions among them, Skipped the rules
	// and names that say nothing about a whole host.
	Entries, Skipped int

	hosts, excepted table
	sum             [sha256.Size]byte
	problems        []error
	bad             int // lines with a problem
}

// Read reads a list; name stands in messages. A line with a problem does not
// hold up the others, unless most lines have one, or none names a host: then
// it is a page of an error, or a file of something else, and no list.
func Read(name string, r io.Reader) (*Set, error) {
	seed := maphash.MakeSeed()
	s := &Set{hosts: table{seed: seed}, excepted: table{seed: seed}}
	sum := sha256.New()
	limited := &io.LimitedReader{R: r, N: maxBytes + 1}
	err := s.lines(name, bufio.NewReaderSize(io.TeeReader(limited, sum), maxLine))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", name, err)
	case limited.N == 0:
		return nil, fmt.Errorf("%s: larger than %d bytes", name, maxBytes)
	case limited.N == maxBytes+1: // what is left of a download that failed
		return nil, fmt.Errorf("%s: empty: a list of no hosts holds a comment", name)
	case s.bad > s.Entries || s.Entries == 0 && s.Skipped > 0:
		return nil, errors.Join(fmt.Errorf("%s: not a list of hosts: %d lines name one, %d do not", name, s.Entries, s.bad+s.Skipped), s.Problems(name))
	}
	sum.Sum(s.sum[:0])
	s.hosts.seal()
	s.excepted.seal()
	return s, nil
}

func (s *Set) lines(name string, r *bufio.Reader) error {
	for number := 1; ; number++ {
		text, tooLong, err := readLine(r)
		ended := errors.Is(err, io.EOF)
		if err != nil && !ended {
			return err
		}
		if number == 1 {
			text = strings.TrimPrefix(text, "\ufeff")
		}
		problem := errTooLong
		if !tooLong {
			problem = s.line(text)
		}
		switch {
		case errors.Is(problem, errTooMany):
			return errTooMany
		case problem != nil:
			s.note(fmt.Errorf("%s:%d: %w", name, number, problem))
		}
		if ended {
			return nil
		}
	}
}

// readLine reads up to a line feed. The rest of a line that is too long is left out.
func readLine(r *bufio.Reader) (text string, tooLong bool, err error) {
	line, err := r.ReadSlice('\n')
	for errors.Is(err, bufio.ErrBufferFull) {
		tooLong = true
		line, err = r.ReadSlice('\n')
	}
	return string(line), tooLong, err
}

func (s *Set) note(problem error) {
	if s.bad++; len(s.problems) < maxProblems {
		s.problems = append(s.problems, problem)
	}
}

// Problems joins what is wrong with lines of the list: the first few, and how
// many others there are; nil where every line is in order.
func (s *Set) Problems(name string) error {
	if more := s.bad - len(s.problems); more > 0 {
		return errors.Join(append(s.problems[:len(s.problems):len(s.problems)], fmt.Errorf("%s: %d more lines have a problem", name, more))...)
	}
	return errors.Join(s.problems...)
}
