package fleet

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vbo365/vbo365-go/api"
)

// Action is what a plan does with an item.
type Action string

// The actions of an [Item].
const (
	Save    Action = "save"    // to the directory Target: file://, s3://, azblob:// or gs://
	Restore Action = "restore" // to the original location
	Copy    Action = "copy"    // to the OneDrive of the owner Target
	Send    Action = "send"    // to the e-mail address Target
)

// Item is one row of a list, and one line of a plan: an action on a OneDrive or on something in it.
type Item struct {
	// Number is the position in the plan, from 1. It names the item to people.
	Number int `json:"number"`
	// Server is the address of the backup server, or its name in the file of credentials.
	Server string `json:"server"`
	// Organization is the name of the organization. It is empty for that of the account.
	Organization string `json:"organization,omitempty"`
	// Owner is the name, the e-mail address or the URL of the OneDrive.
	Owner string `json:"owner"`
	// Path is a folder or a document in the OneDrive. It is empty for the whole OneDrive.
	Path string `json:"path,omitempty"`
	// At is the point in time of the backup. [Checker.Check] sets it if it is zero, so that all runs of a plan see the
	// same data.
	At time.Time `json:"at"`
	// RestorePoint is the id of the restore point of At, if the row names one, and Repository the id of its repository.
	RestorePoint string `json:"restorePoint,omitempty"`
	Repository   string `json:"repository,omitempty"`
	// Action is what to do, Target where to.
	Action Action `json:"action"`
	Target string `json:"target,omitempty"`
	// Options are the options of the action, by their names in the API. [OptionsOf] lists them.
	Options map[string]string `json:"options,omitempty"`

	// What follows is found by [Checker.Check]: the OneDrive, the folder or document of Path in it, and for a copy the
	// address of the other OneDrive. So are Documents and Bytes, if they were counted.
	DriveID    string `json:"driveId,omitempty"`
	DriveName  string `json:"driveName,omitempty"`
	FolderID   string `json:"folderId,omitempty"`
	DocumentID string `json:"documentId,omitempty"`
	TargetURL  string `json:"targetUrl,omitempty"`
	Documents  int64  `json:"documents,omitempty"`
	Bytes      int64  `json:"bytes,omitempty"`

	// Line is the line of the list that the item comes from, 0 if there is none.
	Line int `json:"line,omitempty"`
}

// An option of an action sets a field of the options of package api.
type option[T any] struct {
	values []string // nil for any text
	set    func(*T, string)
}

var booleans = []string{"true", "false"}

func yes(value string) *bool { return new(value == "true") }

func texts[T ~string](values ...T) (list []string) {
	for _, value := range values {
		list = append(list, string(value))
	}
	return list
}

var (
	documentVersions = texts(api.DocumentVersionAll, api.DocumentVersionLast)
	regions          = texts(api.OfficeRegionChina, api.OfficeRegionGermany, api.OfficeRegionUSDefence,
		api.OfficeRegionUSGovernment, api.OfficeRegionWorldwide)

	restoreOptions = map[string]option[api.RestoreToOriginalLocation]{
		"documentAction": {
			texts(api.DocumentActionKeep, api.DocumentActionOverwrite),
			func(o *api.RestoreToOriginalLocation, v string) { o.DocumentAction = api.DocumentAction(v) },
		},
		"documentVersion": {
			documentVersions,
			func(o *api.RestoreToOriginalLocation, v string) { o.DocumentVersion = api.DocumentVersion(v) },
		},
		"officeRegion": {
			regions,
			func(o *api.RestoreToOriginalLocation, v string) { o.OfficeRegion = api.OfficeRegion(v) },
		},
		"organizationName": {
			nil,
			func(o *api.RestoreToOriginalLocation, v string) { o.OrganizationName = v },
		},
	}
	copyOptions = map[string]option[api.CopyTo]{
		"changedItems": {booleans, func(o *api.CopyTo, v string) { o.ChangedItems = yes(v) }},
		"deletedItems": {booleans, func(o *api.CopyTo, v string) { o.DeletedItems = yes(v) }},
		"documentLastVersionAction": {
			texts(api.DocumentLastVersionActionMerge, api.DocumentLastVersionActionOverwrite),
			func(o *api.CopyTo, v string) { o.DocumentLastVersionAction = api.DocumentLastVersionAction(v) },
		},
		"documentVersion": {
			documentVersions, func(o *api.CopyTo, v string) { o.DocumentVersion = api.DocumentVersion(v) },
		},
		"folder":             {nil, func(o *api.CopyTo, v string) { o.Folder = v }},
		"officeRegion":       {regions, func(o *api.CopyTo, v string) { o.OfficeRegion = api.OfficeRegion(v) }},
		"organizationName":   {nil, func(o *api.CopyTo, v string) { o.OrganizationName = v }},
		"restorePermissions": {booleans, func(o *api.CopyTo, v string) { o.RestorePermissions = yes(v) }},
		"sendSharedLinksNotification": {
			booleans, func(o *api.CopyTo, v string) { o.SendSharedLinksNotification = yes(v) },
		},
	}
	sendOptions = map[string]option[api.SendTo]{
		"from":           {nil, func(o *api.SendTo, v string) { o.From = v }},
		"skipItemChecks": {booleans, func(o *api.SendTo, v string) { o.SkipItemChecks = yes(v) }},
		"subject":        {nil, func(o *api.SendTo, v string) { o.Subject = v }},
		"text":           {nil, func(o *api.SendTo, v string) { o.Text = v }},
	}
)

// OptionsOf returns the names of the options of an action, sorted, with their values if they have few.
func OptionsOf(action Action) map[string][]string {
	switch action {
	case Restore:
		return valuesOf(restoreOptions)
	case Copy:
		return valuesOf(copyOptions)
	case Send:
		return valuesOf(sendOptions)
	}
	return nil
}

func valuesOf[T any](options map[string]option[T]) map[string][]string {
	values := map[string][]string{}
	for name, option := range options {
		values[name] = option.values
	}
	return values
}

func apply[T any](options map[string]option[T], given map[string]string) (target T) {
	for name, value := range given {
		options[name].set(&target, value)
	}
	return target
}

// A fieldError says which field of an item is wrong.
type fieldError struct {
	field string
	text  string
}

func (e *fieldError) Error() string { return e.field + ": " + e.text }

func wrong(field, format string, values ...any) error {
	return &fieldError{field, fmt.Sprintf(format, values...)}
}

// check returns what is wrong with the item itself, without asking a server.
func (i Item) check() error {
	switch {
	case i.Server == "":
		return wrong("server", "a value is needed")
	case i.Owner == "":
		return wrong("owner", "a value is needed")
	}
	address, err := url.Parse(i.Target)
	switch i.Action {
	case Save:
		switch {
		case err != nil || !slices.Contains(schemes, address.Scheme):
			return wrong("target", "%q is not the address of a directory: %s://…", i.Target, strings.Join(schemes, "://…, "))
		case address.User != nil:
			return wrong("target", "an address with a user name or password is refused: the plan has no secrets")
		}
	case Restore:
		if i.Target != "" {
			return wrong("target", "a restore goes to the original location; the target of an %s is empty", i.Action)
		}
	case Copy:
		if i.Target == "" {
			return wrong("target", "the owner of the other OneDrive is needed")
		}
	case Send:
		if !strings.Contains(i.Target, "@") {
			return wrong("target", "%q is not an e-mail address", i.Target)
		}
	case "":
		return wrong("action", "a value is needed: save, restore, copy or send")
	default:
		return wrong("action", "%q is not save, restore, copy or send", i.Action)
	}
	known := OptionsOf(i.Action)
	for _, name := range slices.Sorted(maps.Keys(i.Options)) {
		values, found := known[name]
		switch {
		case !found && len(known) == 0:
			return wrong("options", "%s has no options, but %q is given", i.Action, name)
		case !found:
			return wrong("options", "%s has no option %q; it has %s",
				i.Action, name, strings.Join(slices.Sorted(maps.Keys(known)), ", "))
		case values != nil && !slices.Contains(values, i.Options[name]):
			return wrong("options", "%s=%s: the value is one of %s", name, i.Options[name], strings.Join(values, ", "))
		}
	}
	return nil
}

// place is what must not be acted on in two ways: the OneDrive and the path in it. Letter case does not count.
func (i Item) place() string {
	owner := cmp.Or(i.DriveID, strings.ToLower(i.Owner))
	return strings.Join([]string{strings.ToLower(i.Server), strings.ToLower(i.Organization), owner, i.cleanPath()}, "\x00")
}

func (i Item) cleanPath() string {
	return strings.ToLower(strings.Trim(path.Clean("/"+strings.ReplaceAll(i.Path, `\`, "/")), "/"))
}

// work is what an item does at its place.
func (i Item) work() string {
	options := make([]string, 0, len(i.Options))
	for _, name := range slices.Sorted(maps.Keys(i.Options)) {
		options = append(options, name+"="+i.Options[name])
	}
	return strings.Join([]string{
		string(i.Action), i.Target, i.RestorePoint, i.At.UTC().Format(time.RFC3339Nano),
		strings.Join(options, ";"),
	}, "\x00")
}

// String names the item to people.
func (i Item) String() string {
	text := fmt.Sprintf("%d: %s of %s", i.Number, i.Action, i.Owner)
	if i.Path != "" {
		text += ", " + i.Path
	}
	return text + " on " + i.Server
}

// ID returns the number of the item as people type it.
func (i Item) ID() string { return strconv.Itoa(i.Number) }
