package main

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vbo365/vbo365-go/api"
	"github.com/vbo365/vbo365-go/api/apitest"
)

type demoCommand struct {
	output

	APIVersion string `name:"api-version" enum:"${apiVersions}," default:"" placeholder:"${oldestAPI}|…|${newestAPI}" help:"Version of the API to speak. Default: the newest that the server serves, which the client finds out."`
}

// A demo is a simulator with a small sample OneDrive and a mailbox, and the folder of the actions.
type demo struct {
	t       terminal
	json    bool
	dir     string
	server  *apitest.Server
	mailbox *apitest.Mailbox
	folder  api.Folder
	want    map[string]string // content of the backed-up folder: its documents by path
	alice   apitest.Drive
	bob     apitest.Drive
}

// demoFolder is the folder of the sample OneDrive that the demo uses.
const demoFolder = "Documents"

// Run performs the four actions and checks the result of each.
func (c *demoCommand) Run(ctx context.Context, t terminal) (err error) {
	dir, err := os.MkdirTemp("", "vbo365-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	mailbox, err := apitest.StartMailbox("")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, mailbox.Close()) }()
	organization, err := apitest.SampleOrganization(dir)
	if err != nil {
		return err
	}
	server, err := apitest.Start(apitest.Config{Organizations: []apitest.Organization{organization}, SMTP: mailbox.Addr})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	client, err := c.client(server)
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	version, err := client.APIVersion(ctx)
	if err != nil {
		return err
	}

	drives := server.Drives()
	backup := organization.OneDrives[0].Backup
	newest := backup[len(backup)-1]
	session, err := server.StartRestoreSession(organization.Name, newest.Time)
	if err != nil {
		return err
	}
	d := &demo{t: t, json: c.JSON, dir: dir, server: server, mailbox: mailbox, alice: drives[0], bob: drives[1]}
	d.folder = client.RestoreSession(session.ID).OneDrive(d.alice.ID).Folder(d.alice.FolderID(demoFolder))
	if d.want, err = documents(newest.FS, demoFolder); err != nil {
		return err
	}
	if !c.JSON {
		text := &page{terminal: isTerminal(t.out)}
		_ = printf(text, "A simulated backup server at %s holds the OneDrive of %s as of %s.\n",
			server.URL, d.alice.Owner, newest.Time.Format("2006-01-02 15:04"))
		_ = printf(text, "Its folder %q has %d documents.\n", demoFolder, len(d.want))
		how := "as it was told to"
		if c.APIVersion == "" {
			how = "the newest that the server serves: " + probes(server)
		}
		_ = printf(text, "The client speaks API %v, %s.\n", version, how)
		if err := t.publish(t.out, text.Bytes()); err != nil {
			return err
		}
	}
	return errors.Join(d.save(ctx), d.restore(ctx), d.copy(ctx), d.send(ctx), d.saveDrive(ctx, newest.FS),
		d.saveDocument(ctx, backup[0].FS))
}

func (c *demoCommand) client(server *apitest.Server) (*api.Client, error) {
	opts, err := withAPIVersion([]api.Option{
		api.WithPassword(server.Username, server.Password),
		api.WithCertificateFingerprint(server.Fingerprint),
	}, c.APIVersion)
	if err != nil {
		return nil, err
	}
	return api.NewClient(server.URL, opts...)
}

// probes says how the client detected the version: the requests so far and their responses.
func probes(server *apitest.Server) string {
	var asked []string
	for _, request := range server.Requests() {
		asked = append(asked, fmt.Sprintf("%s %s without a token returned %d", request.Method, request.Path, request.Status))
	}
	return strings.Join(asked, ", ")
}

// show writes what was requested and what was found, and returns err if something failed.
func (d *demo) show(action, asked string, evidence []string, err error) error {
	if d.json {
		return both(err, outputError(d.t.encode("step", struct {
			Action   string   `json:"action"`
			OK       bool     `json:"ok"`
			Asked    string   `json:"asked"`
			Evidence []string `json:"evidence"`
		}{action, err == nil, asked, some(evidence)})))
	}
	text := &page{terminal: isTerminal(d.t.out)}
	verdict := "ok"
	if err != nil {
		verdict, err = "FAILED", fmt.Errorf("%s: %w", action, err)
	}
	_ = printf(text, "\n%-8s %s\n", action, asked)
	for _, line := range evidence {
		_ = printf(text, "         %s\n", line)
	}
	_ = printf(text, "         %s\n", verdict)
	return both(err, d.t.publish(d.t.out, text.Bytes()))
}

func (d *demo) save(ctx context.Context) error {
	asked := "as a ZIP archive"
	name := filepath.Join(d.dir, "saved.zip")
	report, err := d.folder.SaveFile(ctx, name)
	if err != nil {
		return d.show("save", asked, nil, err)
	}
	content, err := os.ReadFile(name)
	if err != nil {
		return d.show("save", asked, nil, err)
	}
	evidence := []string{
		fmt.Sprintf("%s has %d bytes, SHA-256 %s", filepath.Base(name), report.Size, report.SHA256),
	}
	same, err := d.compareArchive(content)
	return d.show("save", asked, append(evidence, same...), err)
}

func (d *demo) restore(ctx context.Context) error {
	asked := "to its original location, over what is there"
	result, err := d.folder.RestoreToOriginalLocation(ctx, api.RestoreToOriginalLocation{
		UserName:       d.alice.Owner,
		UserPassword:   "the simulator does not check this one",
		DocumentAction: api.DocumentActionOverwrite,
	})
	if err != nil {
		return d.show("restore", asked, nil, err)
	}
	evidence := []string{numbers(result)}
	same, err := d.compareDirectory(filepath.Join(d.alice.Production, demoFolder))
	return d.show("restore", asked, append(evidence, same...), err)
}

func (d *demo) copy(ctx context.Context) error {
	const target = "From Alice"
	asked := fmt.Sprintf("to the folder %q in the OneDrive of %s", target, d.bob.Owner)
	result, err := d.folder.CopyTo(ctx, api.CopyTo{
		UserName:     d.bob.Owner,
		UserPassword: "the simulator does not check this one",
		OneDrive:     &api.OneDriveProperties{ID: d.bob.ID},
		Folder:       target,
	})
	if err != nil {
		return d.show("copy", asked, nil, err)
	}
	evidence := []string{numbers(result)}
	same, err := d.compareDirectory(filepath.Join(d.bob.Production, target, demoFolder))
	return d.show("copy", asked, append(evidence, same...), err)
}

func (d *demo) send(ctx context.Context) error {
	const from, to, subject = "backup@example.com", "alice@example.com", "Your documents"
	asked := "by mail to " + to
	err := d.folder.SendTo(ctx, api.SendTo{From: from, To: to, Subject: subject, Text: "As you asked."})
	if err != nil {
		return d.show("send", asked, nil, err)
	}
	messages := d.mailbox.Messages()
	if len(messages) != 1 || messages[0].From != from || !slices.Equal(messages[0].To, []string{to}) {
		return d.show("send", asked, nil, fmt.Errorf("the mailbox has %d messages, not the one expected", len(messages)))
	}
	name, attachment, err := messages[0].Attachment()
	if err != nil {
		return d.show("send", asked, nil, err)
	}
	content, err := io.ReadAll(attachment)
	if err = errors.Join(err, attachment.Close()); err != nil {
		return d.show("send", asked, nil, err)
	}
	evidence := []string{fmt.Sprintf("a message from %s has arrived, with %s of %d bytes", from, name, len(content))}
	same, err := d.compareArchive(content)
	return d.show("send", asked, append(evidence, same...), err)
}

// saveDrive saves the whole OneDrive, with the documents at its root.
func (d *demo) saveDrive(ctx context.Context, backup fs.FS) error {
	const action, asked = "drive", "the whole OneDrive as a ZIP archive"
	want, err := documents(backup, ".")
	if err != nil {
		return err
	}
	name := filepath.Join(d.dir, "drive.zip")
	if _, err := d.folder.OneDrive().SaveFile(ctx, name); err != nil {
		return d.show(action, asked, nil, err)
	}
	content, err := os.ReadFile(name)
	if err != nil {
		return d.show(action, asked, nil, err)
	}
	d.want = want
	evidence, err := d.compareArchive(content)
	return d.show(action, asked, evidence, err)
}

// saveDocument saves a document as it is, and from v6 on its previous version, which the first backup has.
func (d *demo) saveDocument(ctx context.Context, first fs.FS) error {
	const action, name = "document", demoFolder + "/Report.txt"
	asked := name + " as it is, and its previous version"
	item, err := d.folder.OneDrive().ItemByPath(ctx, name)
	if err != nil {
		return d.show(action, asked, nil, err)
	}
	evidence, err := d.saveOne(ctx, item.Document, d.want[name], "")
	if err != nil {
		return d.show(action, asked, evidence, err)
	}
	old, err := fs.ReadFile(first, name)
	if err != nil {
		return err
	}
	previous, err := d.saveOne(ctx, item.Document.Version(1), string(old), " of version 1")
	if errors.Is(err, api.ErrInvalid) {
		previous, err = []string{"this version of the API has no versions of documents"}, nil
	}
	return d.show(action, asked, append(evidence, previous...), err)
}

func (d *demo) saveOne(ctx context.Context, document target, want, what string) ([]string, error) {
	report, err := document.SaveFile(ctx, filepath.Join(d.dir, "saved.txt"))
	if err != nil {
		return nil, err
	}
	content, err := os.ReadFile(report.Name)
	if err == nil && string(content) != want {
		err = fmt.Errorf("the %d bytes%s are not what was backed up", len(content), what)
	}
	return []string{fmt.Sprintf("the %d bytes%s are the same as in the backup", len(content), what)}, err
}

func numbers(result api.RestoreResult) string {
	return fmt.Sprintf("the server reports %d of %d documents written, %d unchanged",
		result.RestoredItemsCount, result.TotalItemsCount, result.SkippedItemsByNoChangesCount)
}

func (d *demo) compareArchive(content []byte) ([]string, error) {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, err
	}
	got, err := documents(archive, ".")
	if err != nil {
		return nil, err
	}
	return d.compare(got, "in the archive")
}

func (d *demo) compareDirectory(name string) ([]string, error) {
	got, err := documents(os.DirFS(name), ".")
	if err != nil {
		return nil, err
	}
	short, err := filepath.Rel(d.dir, name)
	if err != nil {
		return nil, err
	}
	return d.compare(got, "in "+filepath.ToSlash(short))
}

// compare compares the documents that were found with those of the backup.
func (d *demo) compare(got map[string]string, where string) ([]string, error) {
	for _, name := range slices.Sorted(maps.Keys(d.want)) {
		if content, ok := got[name]; !ok || content != d.want[name] {
			return nil, fmt.Errorf("%s %s is not what was backed up", name, where)
		}
	}
	if len(got) != len(d.want) {
		return nil, fmt.Errorf("%d documents %s, not %d", len(got), where, len(d.want))
	}
	size := 0
	for _, content := range got {
		size += len(content)
	}
	return []string{fmt.Sprintf("%d documents with %d bytes %s are the same as in the backup", len(got), size, where)}, nil
}

// documents reads all files of a folder. Their names are relative to it.
func documents(fsys fs.FS, folder string) (map[string]string, error) {
	found := make(map[string]string)
	err := fs.WalkDir(fsys, folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(fsys, name)
		found[strings.TrimPrefix(name, folder+"/")] = string(content)
		return err
	})
	return found, err
}
