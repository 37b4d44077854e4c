//go:build unix

package main_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

const (
	pictured    = "docs/restore-after-an-attack.md"
	pictureFile = "docs/terminal.svg"
)

// shot is a block of commands that the picture shows, and their output, which TestHandbook compares.
var shot = regexp.MustCompile("(?s)<!-- in the picture -->\n\n```sh\n(.*?)```\n\n```text\n(.*?)```\n")

// picture draws the terminal of the README from the marked blocks of a page.
func picture(page string) string {
	var lines []line
	for i, shot := range shot.FindAllStringSubmatch(page, -1) {
		if i > 0 {
			lines = append(lines, line{})
		}
		prompt := "$ "
		for text := range strings.Lines(shot[1]) {
			lines = append(lines, line{prompt: prompt, text: strings.ReplaceAll(text, "\t", "    "), class: "command"})
			prompt = "> "
		}
		for text := range strings.Lines(shot[2]) {
			lines = append(lines, line{text: text, class: class(text)})
		}
	}
	return drawing(lines)
}

// class is how an output is shown: a message is less important than a result.
func class(text string) string {
	if strings.HasPrefix(text, "vbo365: ") {
		return "message"
	}
	return "result"
}

// A line of the terminal.
type line struct{ prompt, text, class string }

// The sizes of the drawing, in pixels.
const (
	charWidth  = 8
	lineHeight = 19
	margin     = 18
	titleBar   = 34
)

// drawing returns the terminal as an SVG image. It is dark, with a border, so that it suits light and dark pages. Each
// line has its length, because fonts differ.
func drawing(lines []line) string {
	columns := 0
	for _, l := range lines {
		columns = max(columns, utf8.RuneCountInString(strings.TrimSuffix(l.prompt+l.text, "\n")))
	}
	width, height := columns*charWidth+2*margin, len(lines)*lineHeight+titleBar+margin
	var svg bytes.Buffer
	fmt.Fprintf(&svg, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%[1]d" height="%[2]d">
<title>A terminal with vbo365</title>
<style>
text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; white-space: pre }
.prompt { fill: #7ee787 }
.command { fill: #ffffff; font-weight: bold }
.message { fill: #a5acb5 }
.result { fill: #d1d7e0 }
</style>
<rect x="0.5" y="0.5" width="%d" height="%d" rx="8" fill="#0d1117" stroke="#3d444d"/>
`, width, height, width-1, height-1)
	for i, colour := range []string{"#ff5f57", "#febc2e", "#28c840"} {
		fmt.Fprintf(&svg, "<circle cx=\"%d\" cy=\"17\" r=\"5\" fill=\"%s\"/>\n", margin+4+i*18, colour)
	}
	for i, l := range lines {
		y := titleBar + i*lineHeight + lineHeight/2 + 4
		draw(&svg, 0, y, "prompt", l.prompt)
		draw(&svg, utf8.RuneCountInString(l.prompt), y, l.class, l.text)
	}
	svg.WriteString("</svg>\n")
	return svg.String()
}

// draw writes a text at a column.
func draw(svg *bytes.Buffer, column, y int, class, text string) {
	start := utf8.RuneCountInString(text) - utf8.RuneCountInString(strings.TrimLeft(text, " "))
	text = strings.TrimSpace(text)
	if text == "" {
		return
	}
	fmt.Fprintf(svg, `<text x="%d" y="%d" textLength="%d" class="%s">`, margin+(column+start)*charWidth, y,
		utf8.RuneCountInString(text)*charWidth, class)
	_ = xml.EscapeText(svg, []byte(text)) // a buffer takes all
	svg.WriteString("</text>\n")
}
