package incident

import (
	"fmt"
	"io/fs"
	"time"

	"github.com/goccy/go-yaml"
)

// Words are the same in both languages of the reports.
type Words struct {
	VI string `yaml:"vi"`
	EN string `yaml:"en"`
}

// Authorities are what the operator fills in once: who reports, to whom, on which
// form and by when. No such name is in the program, since they change.
type Authorities struct {
	Reporter struct {
		Organisation Words  `yaml:"organisation"`
		Address      string `yaml:"address"`
		Contact      string `yaml:"contact"`
		Phone        string `yaml:"phone"`
		Email        string `yaml:"email"`
	} `yaml:"reporter"`
	Recipients []Words `yaml:"recipients"`
	// Title is what the report is called, with the number of the form if it has one.
	Title Words `yaml:"title"`
	// Basis are the regulations that the report cites.
	Basis     []Words `yaml:"basis"`
	Deadlines []struct {
		Hours int   `yaml:"hours"`
		Name  Words `yaml:"name"`
	} `yaml:"deadlines"`
}

const authoritiesFile = "authorities.yaml"

func readAuthorities(templates fs.FS) (*Authorities, error) {
	a := new(Authorities)
	if err := readYAML(templates, authoritiesFile, a); err != nil {
		return nil, err
	}
	for _, d := range a.Deadlines {
		if d.Hours < 1 || d.Hours > 24*365 {
			return nil, fmt.Errorf("%s: deadlines: %d is no number of hours from 1 to a year", authoritiesFile, d.Hours)
		}
	}
	return a, nil
}

func readYAML(from fs.FS, name string, into any) error {
	text, err := fs.ReadFile(from, name)
	if err != nil {
		return err
	}
	if err := yaml.UnmarshalWithOptions(text, into, yaml.DisallowUnknownField()); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// Deadline is when a report is due.
type Deadline struct {
	Name   Words
	Hours  int
	At     Moment
	Passed bool
	// Distance is how long until then, or since, as hours:minutes.
	Distance string
}

// deadlines count from the first detection.
func (a *Authorities) deadlines(detected, now time.Time, zone *time.Location) (due []Deadline) {
	for _, d := range a.Deadlines {
		at := detected.Add(time.Duration(d.Hours) * time.Hour)
		due = append(due, Deadline{
			Name: d.Name, Hours: d.Hours, At: Moment{at, zone},
			Passed: now.After(at), Distance: hoursAndMinutes(at.Sub(now).Abs()),
		})
	}
	return due
}
