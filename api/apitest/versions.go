package apitest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// versionsFolder is the reserved folder at the top of a production directory. Version n of the document a/b is in
// .versions/a/b/n.0.
const versionsFolder = ".versions"

// production is the production directory of a OneDrive while an action writes to it. Nothing outside it can be reached.
type production struct {
	root *os.Root
}

// history gives the paths of the earlier versions of a document, oldest first, and the path of the next one.
func (p production) history(document string) (versions []string, next string, err error) {
	folder := path.Join(versionsFolder, document)
	entries, err := fs.ReadDir(p.root.FS(), folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, "", err
	}
	var numbers []int
	for _, entry := range entries {
		number, isVersion := strings.CutSuffix(entry.Name(), ".0")
		if n, err := strconv.Atoi(number); err == nil && isVersion && entry.Type().IsRegular() {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	last := 0
	for _, n := range numbers {
		versions = append(versions, path.Join(folder, strconv.Itoa(n)+".0"))
		last = n
	}
	return versions, path.Join(folder, strconv.Itoa(last+1)+".0"), nil
}

// write puts a document in place: completely or not at all.
func (p production) write(ctx context.Context, name string, source document, permissions fs.FileMode) (err error) {
	info, err := fs.Stat(source.fs, source.path)
	if err != nil {
		return err
	}
	temporary := path.Join(path.Dir(name), ".restoring-"+uuid.NewString())
	file, err := p.root.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, permissions)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = p.root.Remove(temporary)
		}
	}()
	err = source.copy(ctx, file, info)
	if err == nil {
		err = file.Chmod(permissions) // whatever the umask says
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	if err := p.root.Chtimes(temporary, info.ModTime(), info.ModTime()); err != nil {
		return err
	}
	return p.root.Rename(temporary, name)
}

// versionsOf gives the versions of a document that restore points hold, oldest first, each content once in a row. The
// last restore point must have it.
func versionsOf(points []*restorePoint, name string) ([]document, error) {
	var versions []document
	for _, point := range points {
		if !point.hasDocument(name) {
			continue
		}
		version := document{point.fs, name}
		if len(versions) > 0 {
			last := &versions[len(versions)-1]
			same, err := last.same(version)
			if err != nil {
				return nil, fmt.Errorf("compare versions: %w", err)
			}
			if same {
				*last = version // the newer restore point knows the permissions better
				continue
			}
		}
		versions = append(versions, version)
	}
	return versions, nil
}
