package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/vbo365/vbo365-go/api/apitest"
)

// actor is who performs the scene: a program, or a client in Go that tests this package.
type actor interface {
	// do carries out a command. An error means that there was no answer.
	do(command ...string) (answer, error)

	// peakMemory is the most physical memory that the actor has had so far, in bytes.
	peakMemory() (int64, error)
}

// perform has the actor do everything, and enters the outcome of each check. size is that of the large folder.
func (s *scene) perform(ctx context.Context, p actor, size int64, o outcome) {
	small := s.alice.FolderID(smallFolder)
	large := s.alice.FolderID(largeFolder)

	o[login] = s.login(p)
	o[restoreToOriginalLocation] = s.restore(p, small)
	o[sendTo] = s.send(ctx, p, small)
	o[copyTo] = s.copy(p, small)
	o[save] = s.save(p, small, smallFolder)
	o[saveDocument] = s.saveDocument(p)
	before, beforeErr := p.peakMemory()
	largeErr := s.save(p, large, largeFolder)
	o[saveOneDrive] = s.saveOneDrive(p)
	if largeErr != nil {
		o[save] = errors.Join(o[save], fmt.Errorf("large folder: %w", largeErr))
	}
	if largeErr != nil || o[saveOneDrive] != nil {
		o[streams] = errors.New("the large folder or the OneDrive with it was not saved")
	} else {
		after, err := p.peakMemory()
		if err = errors.Join(beforeErr, err); err == nil {
			log.Printf("%s: saving %d MiB took the peak memory from %d to %d MiB",
				filepath.Base(s.dir), size>>20, before>>20, after>>20)
			err = judgeMemory(before, after, size)
		}
		o[streams] = err
	}
	o[serverError] = s.fail(p, s.stopped, 500, "The restore session has been stopped.")
	if _, err := p.do("token", "made-up"); err != nil {
		o[unauthorized] = err
	} else {
		o[unauthorized] = s.fail(p, s.session, 401, "")
	}
	o[saveBody] = s.checkSaves()
}

// judgeMemory fails if a save of so many bytes took the peak memory up by as much as it takes to hold the bytes. Half
// of that is allowed, for runtimes take some before they collect garbage.
func judgeMemory(before, after, size int64) error {
	if grown := after - before; grown >= size/2 {
		return fmt.Errorf("saving %d MiB took %d MiB more memory", size>>20, grown>>20)
	}
	return nil
}

func (s *scene) login(p actor) error {
	if err := succeed(p.do("login")); err != nil {
		return err
	}
	requests := s.server.Requests()
	if len(requests) != 1 || requests[0].OperationID != "createToken" {
		return fmt.Errorf("the simulator had %d requests, not one for a token", len(requests))
	}
	if s.row.document() == "dist/openapi.codegen.yaml" { // it has fields that some versions lack
		requests[0].Deviations = slices.DeleteFunc(requests[0].Deviations,
			func(deviation string) bool { return deviation == "unknown form field" })
	}
	return deviations(requests[0])
}

func (s *scene) restore(p actor, folder string) error {
	before := len(s.server.Requests())
	a, err := p.do("restoreToOriginalLocation", s.session, s.alice.ID, folder)
	if err = errors.Join(succeed(a, err), s.sent(before, restoreToOriginalLocation)); err != nil {
		return err
	}
	return errors.Join(counted(a), sameTree(os.DirFS(filepath.Join(s.backup, smallFolder)),
		os.DirFS(filepath.Join(s.alice.Production, smallFolder))))
}

func (s *scene) copy(p actor, folder string) error {
	before := len(s.server.Requests())
	a, err := p.do("copyTo", s.session, s.alice.ID, folder, s.bob.ID)
	if err = errors.Join(succeed(a, err), s.sent(before, copyTo)); err != nil {
		return err
	}
	return errors.Join(counted(a), sameTree(os.DirFS(filepath.Join(s.backup, smallFolder)),
		os.DirFS(filepath.Join(s.bob.Production, targetFolder, smallFolder))))
}

// counted checks the number in the answer to a restore or copy: nothing of the small folder was there before.
func counted(a answer) error {
	if a.RestoredItemsCount == nil || *a.RestoredItemsCount != len(smallContent) {
		return fmt.Errorf("restoredItemsCount is not %d in %+v", len(smallContent), a)
	}
	return nil
}

func (s *scene) send(ctx context.Context, p actor, folder string) error {
	before := len(s.server.Requests())
	err := succeed(p.do("sendTo", s.session, s.alice.ID, folder))
	if err = errors.Join(err, s.sent(before, sendTo)); err != nil {
		return err
	}
	messages, err := s.mailbox.Wait(ctx, 1)
	if err != nil {
		return err
	}
	message := messages[0]
	to := []string{"alice@example.com"}
	if len(messages) != 1 || message.From != "backup@example.com" || !slices.Equal(message.To, to) {
		return fmt.Errorf("%d messages, the first from %s to %v", len(messages), message.From, message.To)
	}
	_, attachment, err := message.Attachment()
	if err != nil {
		return err
	}
	content, err := io.ReadAll(attachment)
	if err = errors.Join(err, attachment.Close()); err != nil {
		return err
	}
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return fmt.Errorf("attachment: %w", err)
	}
	return sameTree(os.DirFS(filepath.Join(s.backup, smallFolder)), archive)
}

func (s *scene) save(p actor, id, folder string) error {
	return s.saveArchive(p, save, folder, id)
}

func (s *scene) saveOneDrive(p actor) error { return s.saveArchive(p, saveOneDrive, ".") }

// saveArchive has a folder of the backup saved, and compares the archive with it. The ids are those of the command that
// come after the OneDrive's.
func (s *scene) saveArchive(p actor, action check, folder string, ids ...string) error {
	return s.saveFile(p, action, "saved.zip", func(file string) error {
		archive, err := zip.OpenReader(file)
		if err != nil {
			return err
		}
		return errors.Join(sameTree(os.DirFS(filepath.Join(s.backup, folder)), archive), archive.Close())
	}, ids...)
}

func (s *scene) saveDocument(p actor) error {
	const name = "Report.txt"
	return s.saveFile(p, saveDocument, name, func(string) error {
		return sameFile(os.DirFS(filepath.Join(s.backup, smallFolder)), os.DirFS(s.dir), name)
	}, s.alice.DocumentID(smallFolder+"/"+name))
}

// saveFile has something saved, compares the file, and removes it.
func (s *scene) saveFile(p actor, action check, name string, same func(file string) error, ids ...string) (err error) {
	file := filepath.Join(s.dir, name)
	if err := os.RemoveAll(file); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(file)) }()
	before := len(s.server.Requests())
	command := append([]string{string(action), s.session, s.alice.ID}, ids...)
	err = succeed(p.do(append(command, name)...))
	if err = errors.Join(err, s.sent(before, action)); err != nil {
		return err
	}
	return same(file)
}

// fail checks that a save that is refused leaves nothing behind and is told as it was.
func (s *scene) fail(p actor, session string, status int, message string) error {
	const name = "failed.zip"
	file := filepath.Join(s.dir, name)
	if err := os.RemoveAll(file); err != nil {
		return err
	}
	before := len(s.server.Requests())
	a, err := p.do("save", session, s.alice.ID, s.alice.FolderID(smallFolder), name)
	if err != nil {
		return err
	}
	if a.Status != status || a.Message != message {
		return fmt.Errorf("the answer was %d %q, and the program says %+v", status, message, a)
	}
	requests := s.server.Requests()[before:]
	if len(requests) != 1 || requests[0].Status != status {
		return fmt.Errorf("the simulator had %d requests, not one with status %d", len(requests), status)
	}
	if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%s was written for an answer with status %d", name, status)
	}
	return nil
}

// succeed turns an answer without success into an error.
func succeed(a answer, err error) error {
	if err == nil && a.Status != 200 && a.Status != 204 {
		err = fmt.Errorf("the program says %+v", a)
	}
	return err
}

// sent checks that since the first so many requests exactly one was sent, and that it is the one for the action as the
// document wants it. In v8, those that follow a restore or copy come after it.
func (s *scene) sent(before int, action check) error {
	requests := s.server.Requests()[before:]
	if s.row.number() >= 8 && (action == restoreToOriginalLocation || action == copyTo) {
		if err := followed(requests); err != nil {
			return err
		}
		requests = requests[:1]
	}
	sent := string(action)
	if action == saveOneDrive || action == saveDocument {
		sent = string(save)
	}
	if len(requests) != 1 || requests[0].Action != sent {
		return fmt.Errorf("%d requests in place of one for the action", len(requests))
	}
	return errors.Join(deviations(requests[0]), sameJSON(s.bodies()[action], requests[0].Body))
}

// followed checks that the session of the first request was read until it was over, and then its statistics.
func followed(requests []apitest.Request) error {
	if len(requests) < 4 { // the first look is too early
		return fmt.Errorf("%d requests: the session was not followed to its end", len(requests))
	}
	last := len(requests) - 1
	for i, r := range requests[1:] {
		want := "getRestoreSession"
		if i+1 == last {
			want = "getRestoreSessionStatistics"
		}
		if r.OperationID != want || len(r.Deviations) > 0 {
			return fmt.Errorf("%s %s in place of %s: %v", r.Method, r.Path, want, r.Deviations)
		}
	}
	return nil
}

// deviations fails if a request was not as the document wants it.
func deviations(r apitest.Request) error {
	if len(r.Deviations) > 0 {
		return fmt.Errorf("%s %s: %v", r.Method, r.Route, r.Deviations)
	}
	return nil
}

// sameJSON fails unless both documents say the same. The empty document is nothing.
func sameJSON(want string, got []byte) error {
	if want == "" && len(got) == 0 {
		return nil
	}
	var wanted, found any
	if err := errors.Join(json.Unmarshal([]byte(want), &wanted), json.Unmarshal(got, &found)); err != nil ||
		!reflect.DeepEqual(wanted, found) {
		return fmt.Errorf("the body was %q", got)
	}
	return nil
}

// checkSaves checks that all bodies of saves of folders and OneDrives were as they should be.
func (s *scene) checkSaves() error {
	saves := 0
	for _, r := range s.server.Requests() {
		if r.Action != "save" || strings.Contains(r.Path, "/Documents/") {
			continue
		}
		if err := sameJSON(s.bodies()[save], r.Body); err != nil {
			return err
		}
		saves++
	}
	if saves < 3 { // the refused ones may not have been read
		return fmt.Errorf("%d of 3 saves arrived", saves)
	}
	return nil
}

// bodies are what has to be on the wire, no more and no less. From v6 on, the options are the whole body, and the
// values of enums begin with a capital letter.
func (s *scene) bodies() map[check]string {
	restoring := `{"userName":"alice@example.com","userPassword":"correct horse battery staple",`
	sending := `{"from":"backup@example.com","to":"alice@example.com","subject":"Zoë's \"invoices\"",
		"text":"As you asked."}`
	copying := `{"userName":"bob@example.com","userPassword":"correct horse battery staple",
		"oneDrive":{"id":"` + s.bob.ID + `"},"folder":"From Zoë & Co","changedItems":true,`
	if s.row.number() >= 6 {
		return map[check]string{
			restoreToOriginalLocation: restoring + `"documentAction":"Overwrite"}`,
			sendTo:                    sending,
			copyTo:                    copying + `"documentVersion":"All","documentLastVersionAction":"Merge"}`,
			save:                      "",
			saveOneDrive:              "",
			saveDocument:              `{"asZip":false}`,
		}
	}
	return map[check]string{
		restoreToOriginalLocation: `{"restoreToOriginalLocation":` + restoring +
			`"documentVersion":"last","documentAction":"overwrite"}}`,
		sendTo:       `{"sendTo":` + sending + `}`,
		copyTo:       `{"copyTo":` + copying + `"documentVersion":"all","documentLastVersionAction":"merge"}}`,
		save:         `{"save":null}`,
		saveOneDrive: `{"save":null}`,
		saveDocument: `{"save":{"asZip":false}}`,
	}
}
