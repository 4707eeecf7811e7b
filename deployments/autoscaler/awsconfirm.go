package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/mattn/go-isatty"
)

// errNotConfirmed is of a person who said no.
var errNotConfirmed = errors.New("not confirmed: nothing was changed")

// confirm asks a person. Where there is nobody to ask the answer is no.
func confirm(ctx context.Context, p process, question string) error {
	f, ok := p.stdin.(*os.File)
	if !ok || !isatty.IsTerminal(f.Fd()) {
		return errors.New("nothing was changed: there is no terminal to ask on; with --yes nobody is asked")
	}
	fmt.Fprint(p.stderr, question, " [y/N] ")
	answered := make(chan error, 1)
	go func() { answered <- answerOf(f) }() // ends with the line, or with the process
	select {
	case <-ctx.Done():
		fmt.Fprintln(p.stderr)
		return ctx.Err()
	case err := <-answered:
		return err
	}
}

// answerOf reads a line: y and yes are the only ones that agree.
func answerOf(r io.Reader) error {
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read the answer: %w", err)
	}
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes":
		return nil
	}
	return errNotConfirmed
}
