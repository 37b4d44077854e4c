package main

import (
	"embed"
	"maps"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish,powershell" help:"Shell to complete in: bash, zsh, fish or powershell."`
}

//go:embed completion
var completionScripts embed.FS

// Run prints the script of a shell, which asks the hidden command for candidates.
func (c *completionCommand) Run(t terminal) error {
	script, err := completionScripts.ReadFile("completion/" + c.Shell)
	if err != nil {
		return err
	}
	return t.publish(t.out, script)
}

// completeCommand is for the scripts of the shells. Its arguments are the words of a command line up to the cursor. The
// last one is incomplete. Each line of its output is a candidate for that word, with a tab and a description if there
// is one, or says that the shell completes names itself: ":file", or ":dir".
type completeCommand struct {
	Words []string `arg:"" optional:"" passthrough:""`
}

// Run prints the candidates.
func (c *completeCommand) Run(parsed *kong.Context, t terminal) error {
	words := c.Words
	if len(words) > 0 && words[0] == "--" {
		words = words[1:]
	}
	text := &page{}
	for _, candidate := range candidates(parsed.Model.Node, words) {
		name, help, _ := strings.Cut(candidate, "\t")
		help, _, _ = strings.Cut(help, ". ")
		_ = printf(text, "%s\n", strings.TrimSuffix(name+"\t"+strings.TrimSuffix(help, "."), "\t"))
	}
	return t.publish(t.out, text.Bytes())
}

// candidates returns the candidates for the last word, each with its help after a tab.
func candidates(node *kong.Node, words []string) []string {
	last := ""
	if len(words) > 0 {
		last = words[len(words)-1]
		words = words[:len(words)-1]
	}
	if last == `""` { // of PowerShell before 7.3, which would drop an empty word
		last = ""
	}
	var pending *kong.Flag // the flag that the next word is the value of
	positional, onlyArguments := 0, false
	for _, word := range words {
		name, _, assigned := strings.Cut(word, "=")
		switch {
		case pending != nil && word == "=": // bash makes three words of --flag=value
		case pending != nil:
			pending = nil
		case onlyArguments:
			positional++
		case word == "--":
			onlyArguments = true
		case strings.HasPrefix(word, "-"):
			if flag := flagNamed(node, name); flag != nil && !flag.IsBool() && !assigned {
				pending = flag
			}
		default:
			if child := childNamed(node, word); child != nil {
				node = child
			} else {
				positional++
			}
		}
	}
	name, value, assigned := strings.Cut(last, "=")
	flag := flagNamed(node, name)
	switch {
	case pending != nil:
		return values(pending.Value, "", strings.TrimPrefix(last, "="))
	case onlyArguments || !strings.HasPrefix(last, "-"):
		return append(commandsOf(node, last, positional), argument(node, positional, last)...)
	case assigned && flag != nil:
		return values(flag.Value, name+"=", value)
	}
	return flagsOf(node, last)
}

// allFlags returns the flags that may follow a command.
func allFlags(node *kong.Node) []*kong.Flag {
	flags := slices.Concat(node.AllFlags(true)...)
	if node.DefaultCmd != nil {
		flags = append(flags, node.DefaultCmd.Flags...)
	}
	return flags
}

func flagNamed(node *kong.Node, name string) *kong.Flag {
	for _, flag := range allFlags(node) {
		if name == "--"+flag.Name || flag.Short != 0 && name == "-"+string(flag.Short) {
			return flag
		}
	}
	return nil
}

func childNamed(node *kong.Node, name string) *kong.Node {
	for _, child := range node.Children {
		if child.Name == name {
			return child
		}
	}
	return nil
}

func commandsOf(node *kong.Node, begin string, positional int) (found []string) {
	for _, child := range node.Children {
		if positional == 0 && !child.Hidden && strings.HasPrefix(child.Name, begin) {
			found = append(found, child.Name+"\t"+child.Help)
		}
	}
	return found
}

func argument(node *kong.Node, positional int, begin string) []string {
	if n := len(node.Positional); n > 0 && (positional < n || node.Positional[n-1].IsCumulative()) {
		return values(node.Positional[min(positional, n-1)], "", begin)
	}
	return nil
}

func flagsOf(node *kong.Node, begin string) (found []string) {
	for _, flag := range allFlags(node) {
		names := []string{"--" + flag.Name}
		if flag.Tag.Negatable != "" {
			names = append(names, "--no-"+flag.Name)
		}
		for _, name := range names {
			if strings.HasPrefix(name, begin) {
				found = append(found, name+"\t"+flag.Help)
			}
		}
	}
	return found
}

// values returns the candidates for the value of a flag or argument. What is before the value comes before each of them.
func values(value *kong.Value, before, begin string) (found []string) {
	holder := ""
	if value.Flag != nil {
		holder = value.Flag.PlaceHolder
	}
	switch {
	case value.Tag.Type == "existingdir" || holder == "DIR":
		return []string{":dir"}
	case value.Tag.Type == "path" || holder == "FILE":
		return []string{":file"}
	}
	names := value.EnumSlice()
	if value.Flag != nil && value.Name == "server" {
		if config, err := readConfiguration(); err == nil {
			names = slices.Sorted(maps.Keys(config.Profiles))
		}
	}
	for _, name := range names {
		if name != "" && strings.HasPrefix(name, begin) {
			found = append(found, before+name)
		}
	}
	return found
}
