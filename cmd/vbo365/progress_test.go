package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestProgressInLines shows the progress of a save where there is no terminal, for people and for programs.
func TestProgressInLines(t *testing.T) {
	t.Parallel()
	for style, want := range map[string]string{
		"auto": `vbo365: save: waiting for the server after 30s
vbo365: save: 10.0 MiB of 100.0 MiB (10%), 1.0 MiB/s, 1m30s left after 1m0s
vbo365: save: 5.0 MiB, 512.0 KiB/s after 1m30s
`,
		"json": `{"schemaVersion":1,"kind":"progress","action":"save","unit":"bytes","done":0,"total":null,"rate":0,"secondsLeft":null}
{"schemaVersion":1,"kind":"progress","action":"save","unit":"bytes","done":10485760,"total":104857600,"rate":1048576,"secondsLeft":90}
{"schemaVersion":1,"kind":"progress","action":"save","unit":"bytes","done":5242880,"total":null,"rate":524288,"secondsLeft":null}
`,
		"none": "",
	} {
		synctest.Test(t, func(t *testing.T) {
			var messages bytes.Buffer
			to := terminal{in: os.Stdin, err: &messages, job: newJob()}
			to.job.base.Action = "save"
			p := watching{Progress: style}.progress(to)
			<-time.After(50 * time.Second)
			p.update(1, 100<<20)
			<-time.After(9 * time.Second)
			p.update(10<<20, 100<<20)
			<-time.After(time.Second)
			synctest.Wait()
			<-time.After(20 * time.Second)
			p.update(1, -1) // the save starts again
			<-time.After(9 * time.Second)
			p.update(5<<20, -1)
			<-time.After(time.Second)
			synctest.Wait()
			p.end()
			<-time.After(time.Hour)
			if got := messages.String(); got != want {
				t.Errorf("%s:\n%s\nnot\n%s", style, got, want)
			}
			if style == "json" {
				if err := checkLines(messages.Bytes()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	var messages bytes.Buffer
	quiet := terminal{in: os.Stdin, err: &messages, job: &job{json: true}}
	if p := (watching{}).progress(quiet); p.style != "none" {
		t.Errorf("with --json: %s", p.style)
	}
}

// TestProgressOfItems shows the progress of a restore.
func TestProgressOfItems(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var messages bytes.Buffer
		to := terminal{in: os.Stdin, err: &messages, job: newJob()}
		to.job.base.Action = "restore"
		p := watching{Progress: "plain"}.progress(to)
		p.update(10, 400)
		<-time.After(20 * time.Second)
		p.update(40, 400)
		<-time.After(10 * time.Second)
		synctest.Wait()
		p.end()
		const want = "vbo365: restore: 40 of 400 items (10%), 1/s, 4m30s left after 30s\n"
		if got := messages.String(); !strings.HasSuffix(got, want) {
			t.Error(got)
		}
	})
}
