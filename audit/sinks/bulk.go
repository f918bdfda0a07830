package sinks

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// bulkOutcome is what became of the documents of a bulk request.
type bulkOutcome struct {
	taken int // those that were there already among them
	bad   tally
	again []document // which the index has no time for now
	why   error
}

// bulkItem is what the answer says of one document.
type bulkItem struct {
	ID     string `json:"_id"`
	Status int    `json:"status"`
	Error  struct {
		Type   string `json:"type"`
		Reason string `json:"reason"`
	} `json:"error"`
}

func (i bulkItem) said() error {
	return fmt.Errorf("document %s: %d %s: %s", excerpt(i.ID), i.Status, excerpt(i.Error.Type), excerpt(i.Error.Reason))
}

// readBulk tells documents by their order, and checks that their IDs agree.
func readBulk(a answer, docs []document) (o bulkOutcome, err error) {
	if err := a.problem(); err != nil {
		return o, err
	}
	var said struct {
		Items []struct {
			Create *bulkItem `json:"create"`
		} `json:"items"`
	}
	if err := a.decode(&said, "elastic"); err != nil {
		return o, err
	}
	if len(said.Items) != len(docs) {
		return o, fmt.Errorf("%d documents were sent, the answer is about %d", len(docs), len(said.Items))
	}
	sure := true
	for i, item := range said.Items {
		if item.Create == nil || item.Create.ID != docs[i].id {
			return o, errors.New("the answer is not about the documents that were sent")
		}
		if err := o.add(*item.Create, docs[i]); err != nil {
			return o, err
		}
		sure = sure && (o.bad.count == 0 || mapping(item.Create.Error.Type))
	}
	if o.taken == 0 && o.bad.count > 0 && !sure {
		return o, &refusal{cause: o.bad.cause} // perhaps it is the index that is wrong
	}
	return o, nil
}

// add returns an error where the status is about the sink and not a document.
func (o *bulkOutcome) add(i bulkItem, d document) error {
	switch s := i.Status; {
	case s >= 200 && s <= 299 || s == http.StatusConflict:
		o.taken++
	case s == http.StatusTooManyRequests || s >= 500 && s <= 599:
		o.again = append(o.again, d)
		o.why = i.said()
	case s == http.StatusBadRequest || s == http.StatusRequestEntityTooLarge || s == http.StatusUnprocessableEntity:
		o.bad.add(1, i.said())
	default:
		return i.said()
	}
	return nil
}

// mapping tells types of errors that are about a document's content
// (document_parsing_exception, mapper_parsing_exception,
// strict_dynamic_mapping_exception) from those that may be about the index.
func mapping(kind string) bool {
	return strings.HasSuffix(kind, "_parsing_exception") || kind == "strict_dynamic_mapping_exception"
}
