package attach

import (
	"cmp"
	"slices"
	"strings"
)

// Severity says what a finding asks for.
type Severity string

// The severities, the gravest first.
const (
	// Refuse is what a group must not be attached with.
	Refuse Severity = "refuse"
	// Warn is what somebody should know or mend; it stops nothing.
	Warn Severity = "warn"
	// Note is what was found.
	Note Severity = "note"
)

// Finding is one thing that was found about a group.
type Finding struct {
	Severity Severity `json:"severity"`
	// Code names the rule. It does not change from one version to the next.
	Code string `json:"code"`
	// Found is what is there, in the words of the group.
	Found string `json:"found"`
	// Why says what comes of it; empty of notes that speak for themselves.
	Why string `json:"why,omitempty"`
	// Fix is a command, or says what to do; empty where nothing is to be done.
	Fix string `json:"fix,omitempty"`
}

// rank orders severities.
func (s Severity) rank() int { return slices.Index([]Severity{Refuse, Warn, Note}, s) }

// Refused says whether a finding refuses.
func Refused(findings []Finding) bool {
	return slices.ContainsFunc(findings, func(f Finding) bool { return f.Severity == Refuse })
}

// bySeverity puts the gravest first, and leaves the order of equals.
func bySeverity(findings []Finding) []Finding {
	slices.SortStableFunc(findings, func(a, b Finding) int { return cmp.Compare(a.Severity.rank(), b.Severity.rank()) })
	return findings
}

// command writes a command of the AWS CLI about the group.
func (g Group) command(words ...string) string {
	return g.cli("autoscaling", words[0], append([]string{"--auto-scaling-group-name", quote(g.Name)}, words[1:]...)...)
}

// cli writes a command of the AWS CLI: not all of its versions look for the
// region where we do.
func (g Group) cli(service, operation string, words ...string) string {
	all := []string{"aws", service, operation}
	if g.Region != "" {
		all = append(all, "--region", g.Region)
	}
	return strings.Join(append(all, words...), " ")
}

// quote writes a word so that a shell reads it as one.
func quote(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:@%+,=", r)
	}
	if word != "" && strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
