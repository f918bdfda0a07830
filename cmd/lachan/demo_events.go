package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"github.com/lachan-waf/lachan/audit"
)

// maxDemoEvent bounds a line of the trail that is read back.
const maxDemoEvent = 1 << 20

// demoEvents holds the recorded lines by request and action.
type demoEvents map[string]map[audit.Action][]string

func readDemoEvents(path string) (demoEvents, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	events := demoEvents{}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, maxDemoEvent)
	for lines.Scan() {
		if err := events.add(lines.Bytes()); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return events, lines.Err()
}

func (e demoEvents) add(line []byte) error {
	var record struct {
		Event struct {
			Action audit.Action `json:"action"`
		} `json:"event"`
		HTTP struct {
			Request struct {
				ID string `json:"id"`
			} `json:"request"`
		} `json:"http"`
	}
	if err := json.Unmarshal(line, &record); err != nil {
		return err
	}
	id := record.HTTP.Request.ID
	if e[id] == nil {
		e[id] = map[audit.Action][]string{}
	}
	e[id][record.Event.Action] = append(e[id][record.Event.Action], string(line))
	return nil
}

// count returns how many events of a request name one of the marks; without
// marks, how many there are.
func (e demoEvents) count(requestID string, action audit.Action, list []string) (n int) {
	for _, line := range e[requestID][action] {
		if len(list) == 0 || marks(line, list) > 0 {
			n++
		}
	}
	return n
}

// match looks the observation's request up among the events: one it must have
// left fails it where it is missing, and so does a block of an honest request.
func (o *observation) match(events demoEvents) {
	if o.action == "" {
		if n := events.count(o.requestID, audit.Block, nil); o.requestID != "" && n > 0 {
			o.ok, o.events = false, fmt.Sprintf("%d × %s", n, audit.Block)
		}
		return
	}
	n := events.count(o.requestID, o.action, o.marks)
	o.ok = o.ok && o.requestID != "" && n > 0
	o.events = fmt.Sprintf("%d × %s %s", n, o.action, o.requestID)
}
