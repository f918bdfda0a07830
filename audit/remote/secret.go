package remote

import (
	"fmt"
	"os"
	"strings"
)

// Secret reads a file that holds one, without the newline that editors leave.
// No file is no secret, and no error; an empty file is an error.
func Secret(file string) (string, error) {
	if file == "" {
		return "", nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	if s := strings.TrimRight(string(text), "\r\n"); s != "" {
		return s, nil
	}
	return "", fmt.Errorf("%s is empty", file)
}
