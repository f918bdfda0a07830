package crssuite

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
)

// reflected is what a request to /reflect asks to be answered with.
type reflected struct {
	Status      int               `json:"status"`
	Headers     map[string]string `json:"headers"`
	Body        string            `json:"body"`
	EncodedBody string            `json:"encodedBody"`
	LogMessage  string            `json:"logMessage"`
}

// newBackend is the server the tests are written for (coreruleset/albedo):
// every path answers 200 and nothing, /reflect answers as it is told.
func newBackend() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("POST /reflect", reflect)
	mux.HandleFunc("POST /reflect/", reflect)
	return mux
}

func reflect(w http.ResponseWriter, r *http.Request) {
	var answer reflected
	if err := json.NewDecoder(r.Body).Decode(&answer); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	body := []byte(answer.Body)
	if len(body) == 0 {
		var err error
		if body, err = base64.StdEncoding.DecodeString(answer.EncodedBody); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
	}
	for name, value := range answer.Headers {
		w.Header().Add(name, value)
	}
	if answer.Status != 0 {
		w.WriteHeader(answer.Status)
	}
	w.Write(body)
}
