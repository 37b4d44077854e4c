package tenant

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// VersionsFolder is the reserved folder at the top of a production directory. Version n of the document a/b is in
// .versions/a/b/n.0.
const VersionsFolder = ".versions"

// Production is the directory with what the user of a OneDrive sees now. It is safe for concurrent use.
type Production struct {
	Dir     string
	writing chan struct{} // holds one value while something writes
}

// NewProduction gives the directory dir. OneDrives that have the same directory share its Production.
func NewProduction(dir string) *Production { return &Production{dir, make(chan struct{}, 1)} }

// target is a production directory while something writes to it. Nothing outside it can be reached.
type target struct {
	root *os.Root
}

// history gives the earlier versions of a document, oldest first, and the path of the next one.
func (t target) history(document string) (versions []content, next string, err error) {
	folder := path.Join(VersionsFolder, document)
	entries, err := fs.ReadDir(t.root.FS(), folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, "", err
	}
	numbers := []int{0}
	for _, entry := range entries {
		number, isVersion := strings.CutSuffix(entry.Name(), ".0")
		if n, err := strconv.Atoi(number); err == nil && n > 0 && isVersion && entry.Type().IsRegular() {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	name := func(n int) string { return path.Join(folder, strconv.Itoa(n)+".0") }
	for _, n := range numbers[1:] {
		versions = append(versions, content{t.root.FS(), name(n)})
	}
	return versions, name(numbers[len(numbers)-1] + 1), nil
}

// write puts a document in place: completely or not at all.
func (t target) write(ctx context.Context, name string, source content, permissions fs.FileMode) (err error) {
	info, err := fs.Stat(source.fs, source.path)
	if err != nil {
		return err
	}
	temporary := path.Join(path.Dir(name), ".restoring-"+uuid.NewString())
	file, err := t.root.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, permissions)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = t.root.Remove(temporary)
		}
	}()
	err = source.copy(ctx, file, info)
	if err == nil {
		err = file.Chmod(permissions) // whatever the umask says
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	if err := t.root.Chtimes(temporary, info.ModTime(), info.ModTime()); err != nil {
		return err
	}
	return t.root.Rename(temporary, name)
}

// freeName gives the name beside an existing document under which another one is kept: "a (restored).txt", "a (restored
// 2).txt" and so on.
func (t target) freeName(name string) (string, error) {
	extension := path.Ext(name)
	stem := strings.TrimSuffix(name, extension)
	if path.Base(name) == extension { // a name like .profile has no extension
		stem, extension = name, ""
	}
	for n := 1; ; n++ {
		number := ""
		if n > 1 {
			number = " " + strconv.Itoa(n)
		}
		free := stem + " (restored" + number + ")" + extension
		if _, err := t.root.Lstat(free); errors.Is(err, fs.ErrNotExist) {
			return free, nil
		} else if err != nil {
			return "", err
		}
	}
}

// open opens the directory for writing, alone: it waits until nobody else writes there, or ctx ends. release must be
// called.
func (p *Production) open(ctx context.Context) (_ target, release func(), err error) {
	select {
	case p.writing <- struct{}{}:
	case <-ctx.Done():
		return target{}, nil, context.Cause(ctx)
	}
	if err = os.MkdirAll(p.Dir, 0o755); err == nil { // it may have been removed meanwhile
		var root *os.Root
		if root, err = os.OpenRoot(p.Dir); err == nil {
			return target{root}, func() {
				_ = root.Close()
				<-p.writing
			}, nil
		}
	}
	<-p.writing
	return target{}, nil, err
}
