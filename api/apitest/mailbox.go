package apitest

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log"
	"mime"
	"mime/multipart"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// Mailbox is an SMTP server on the loopback interface for [Config].SMTP. It accepts and stores all messages, and
// delivers none. Its methods are safe for concurrent use.
type Mailbox struct {
	Addr string // "host:port" to send to

	server   *smtp.Server
	listener net.Listener
	dir      string
	done     chan error
	storing  gate

	mu       sync.Mutex
	messages []Message
	arrived  chan struct{} // closed, and replaced, when a message arrives
}

// StartMailbox starts a mailbox on a free port. It stores the messages in memory or, if dir is not empty, in files of
// that directory. Their names end in .eml, and sort by time. The caller closes the mailbox. The files stay.
func StartMailbox(dir string) (*Mailbox, error) {
	if dir != "" {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, fmt.Errorf("start mailbox: %w", err)
		}
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start mailbox: %w", err)
	}
	m := &Mailbox{
		Addr:     listener.Addr().String(),
		listener: listener,
		dir:      dir,
		done:     make(chan error, 1),
		arrived:  make(chan struct{}),
	}
	m.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &delivery{mailbox: m}, nil
	}))
	m.server.Domain = "localhost"
	m.server.ErrorLog = log.New(io.Discard, "", 0) // clients that hang up
	go func() { m.done <- m.server.Serve(listener) }()
	return m, nil
}

// Messages returns the messages so far, oldest first.
func (m *Mailbox) Messages() []Message {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.messages)
}

// Wait waits until at least n messages have arrived since the start, and returns all of them, oldest first. It returns
// an error if ctx ends.
func (m *Mailbox) Wait(ctx context.Context, n int) ([]Message, error) {
	for {
		m.mu.Lock()
		messages, arrived := slices.Clone(m.messages), m.arrived
		m.mu.Unlock()
		if len(messages) >= n {
			return messages, nil
		}
		select {
		case <-ctx.Done():
			return messages, fmt.Errorf("wait for %d messages, have %d: %w", n, len(messages), ctx.Err())
		case <-arrived:
		}
	}
}

// Close stops the mailbox. It closes all connections, and waits until messages are stored. Messages in memory stay
// readable. Another Close has no effect.
func (m *Mailbox) Close() error {
	if !m.storing.close() {
		return nil
	}
	err := m.server.Close()
	_ = m.listener.Close() // the server does not know it yet if it has only just been started
	m.storing.inside.Wait()
	return errors.Join(err, <-m.done)
}

// delivery is one SMTP connection.
type delivery struct {
	mailbox *Mailbox
	from    string
	to      []string
}

func (d *delivery) Reset()        { d.from, d.to = "", nil }
func (d *delivery) Logout() error { return nil }

func (d *delivery) Mail(from string, _ *smtp.MailOptions) error {
	d.from = from
	return nil
}

func (d *delivery) Rcpt(to string, _ *smtp.RcptOptions) error {
	d.to = append(d.to, to)
	return nil
}

// Data stores a message. It is in the list before the sender hears that it was accepted.
func (d *delivery) Data(r io.Reader) error {
	if !d.mailbox.storing.enter() {
		return smtp.ErrServerClosed
	}
	defer d.mailbox.storing.inside.Done()
	message := Message{From: d.from, To: slices.Clone(d.to)}
	if err := message.store(r, d.mailbox.dir); err != nil {
		return fmt.Errorf("store message: %w", err)
	}
	d.mailbox.mu.Lock()
	defer d.mailbox.mu.Unlock()
	d.mailbox.messages = append(d.mailbox.messages, message)
	close(d.mailbox.arrived)
	d.mailbox.arrived = make(chan struct{})
	return nil
}

// Message is a message in a [Mailbox]. It is a value. Its methods are safe for concurrent use.
type Message struct {
	From string   // of the envelope
	To   []string // of the envelope
	Path string   // of the file; empty if the message is in memory

	content []byte
}

func (m *Message) store(r io.Reader, dir string) error {
	if dir == "" {
		content, err := io.ReadAll(r)
		m.content = content
		return err
	}
	file, err := os.CreateTemp(dir, time.Now().UTC().Format("20060102T150405.000000000Z-")+"*.part")
	if err != nil {
		return err
	}
	m.Path = strings.TrimSuffix(file.Name(), ".part") + ".eml"
	_, err = io.Copy(file, r)
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), m.Path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
}

// Open opens the message as it was sent. The caller closes the reader.
func (m Message) Open() (io.ReadCloser, error) {
	if m.Path == "" {
		return io.NopCloser(bytes.NewReader(m.content)), nil
	}
	file, err := os.Open(filepath.Clean(m.Path))
	if err != nil {
		return nil, fmt.Errorf("open message: %w", err)
	}
	return file, nil
}

// Attachment opens the first attachment, decoded, and returns its file name. The caller closes the reader.
func (m Message) Attachment() (name string, content io.ReadCloser, err error) {
	source, err := m.Open()
	if err != nil {
		return "", nil, err
	}
	name, decoded, err := attachment(source)
	if err != nil {
		return "", nil, errors.Join(fmt.Errorf("open attachment: %w", err), source.Close())
	}
	return name, struct {
		io.Reader
		io.Closer
	}{decoded, source}, nil
}

func attachment(source io.Reader) (string, io.Reader, error) {
	message, err := mail.ReadMessage(source)
	if err != nil {
		return "", nil, err
	}
	_, parameters, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil {
		return "", nil, err
	}
	parts := multipart.NewReader(message.Body, parameters["boundary"])
	for {
		part, err := parts.NextRawPart()
		switch {
		case errors.Is(err, io.EOF):
			return "", nil, errors.New("there is none")
		case err != nil:
			return "", nil, err
		case part.FileName() == "":
			continue
		case !strings.EqualFold(part.Header.Get("Content-Transfer-Encoding"), "base64"):
			return "", nil, errors.New("it is not in base64")
		}
		return part.FileName(), base64.NewDecoder(base64.StdEncoding, part), nil
	}
}
