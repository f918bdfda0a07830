package incident

import "io/fs"

// vocabulary is what the reports call the words that events use.
type vocabulary struct {
	Kinds   map[string]Words `yaml:"kinds"`
	Actions map[string]Words `yaml:"actions"`
	Faults  map[string]Words `yaml:"faults"`
	Gaps    map[string]Words `yaml:"gaps"` // by the reason
}

func readVocabulary(templates fs.FS) (*vocabulary, error) {
	v := new(vocabulary)
	return v, readYAML(templates, "words.yaml", v)
}

// called returns the words for one of an event's, and the word itself where
// there are none.
func called(in map[string]Words, word string) Words {
	w, ok := in[word]
	if !ok {
		return Words{display(word), display(word)}
	}
	return w
}
