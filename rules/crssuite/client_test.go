package crssuite

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"time"
)

// patience bounds one request; a server that does not answer in this time is
// at fault.
const patience = 30 * time.Second

// answer is what came back, and by what the trail knows the request.
type answer struct {
	status    int // 0: no response
	raw       []byte
	requestID string
}

// unseen is a message that was refused for its framing: net/http answers it.
func (a answer) unseen() bool { return a.requestID == "" }

// client sends bytes as they are, each request on a connection of its own.
type client struct {
	address string
	tls     *tls.Config
}

// do sends one request. That there is no response is no error: a case may
// expect it.
func (c *client) do(request []byte) (answer, error) {
	conn, err := tls.Dial("tcp", c.address, c.tls)
	if err != nil {
		return answer{}, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return answer{}, err
	}
	if _, err := conn.Write(request); err != nil {
		return answer{}, fmt.Errorf("sending the request: %w", err)
	}
	var raw bytes.Buffer
	response, err := http.ReadResponse(bufio.NewReader(io.TeeReader(conn, &raw)), nil)
	if err != nil {
		return answer{}, nil
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	return answer{response.StatusCode, raw.Bytes(), response.Header.Get("X-Request-Id")}, nil
}
