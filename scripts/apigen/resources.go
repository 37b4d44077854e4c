package main

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"go/format"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"github.com/vbo365/vbo365-go/gen"
)

// A resource is a type of resource of the API.
type resource struct {
	Name, Noun string
	// Path is the path of the collection, with {} for ids. The parent is the resource whose path is a prefix of it.
	Path string
	// Is and Lists complete the comments "… is" and "… lists". A resource in folders needs no Lists.
	Is, Lists string
	// Properties is the type of the properties in responses. The default is NameProperties. If it is Name, items have
	// no type of their own.
	Properties string
	// OwnID says that the method ID is handwritten.
	OwnID bool
	// Method is the name of the parent's method that returns an item. The default is Name.
	Method string
	// Number says that the id is a number: that of a version of the parent.
	Number bool
	// Find is the comment of a method that finds an item by name, after its name. Names has the Go expressions of the
	// names of an item, for a name that is looked for. Owner says that it is the name of an owner.
	Find  string
	Names string
	Owner bool
	// Extra is another field.
	Extra string
	// File says that an item is saved as a file, not as an archive.
	File bool

	// The following fields are set from the table of operations.
	Parent                   *resource
	Type, Value, Field, Self string // the Go type, and the names of a value, a field and a receiver
	Depth                    int    // the number of ids in the path of an item
	List, Get                gen.Operation
	Bare                     bool    // whether the list has no pages in some versions
	Acts, Set                *acting // nil if there are none
}

const drives = "/RestoreSessions/{}/Organization/OneDrives"

var resources = []resource{
	{
		Name: "Organization", Noun: "organization", Path: "/Organizations", OwnID: true,
		Is:    "a Microsoft 365 organization that is backed up",
		Lists: "the organizations that the account has access to. Up to v7, the list has a single page",
	},
	{
		Name: "User", Noun: "user", Path: "/Organizations/{}/Users",
		Is:    "a user of an organization, in Microsoft 365 as it is now",
		Lists: "the users of the organization. The server may take long to respond",
		Names: "[]string{u.Properties.Name, u.Properties.DisplayName}",
		Find: "returns the user with this e-mail address or display name, in the list of [Organization.Users]. Letter " +
			"case\ndoes not count. The errors are those of [Client.FindOrganization]",
	},
	{
		Name: "UserOneDrive", Noun: "OneDrive", Path: "/Organizations/{}/Users/{}/OneDrives",
		Method: "OneDrive", Properties: "OneDriveProperties",
		Is:    "a OneDrive of a user in Microsoft 365, maybe one that is not backed up. It can be the target of a copy",
		Lists: "the OneDrives of the user",
	},
	{
		Name: "RestoreSession", Noun: "restore session", Path: "/RestoreSessions",
		Extra: "explored *explored // nil if it was not started by this client",
		Is:    "a view of a backup as of one point in time. Only the account that started it can use it",
		Lists: "the restore sessions of the account, including stopped ones",
	},
	{
		Name: "Event", Noun: "event", Path: "/RestoreSessions/{}/Events", Properties: "Event",
		Lists: "the events of the session so far",
	},
	{
		Name: "OneDrive", Noun: "OneDrive", Path: drives,
		Is:    "a backed-up OneDrive as of the point in time of its restore session",
		Lists: "the OneDrives that were backed up",
		Owner: true, Names: "d.names(name)",
		Find: "returns the OneDrive of an owner: a name, an e-mail address, or the URL of the OneDrive. Letter case\n" +
			"does not count. An e-mail address is compared with the last segment of the URL of each OneDrive, which " +
			"Microsoft 365\nderives from it. If there is no such OneDrive, the error matches [ErrNotFound], and lists " +
			"similar names. If there are\nseveral, it matches [ErrAmbiguous]",
	},
	{Name: "Folder", Noun: "folder", Path: drives + "/{}/Folders", Is: "a backed-up folder with its content"},
	{
		Name: "PreviousFolder", Noun: "version of the folder", Path: drives + "/{}/Folders/{}/Versions",
		Method: "Version", Number: true, Properties: "FolderProperties",
		Is:    "a previous version of a folder. The API supports it from v6 on",
		Lists: "the previous versions of the folder. The session must show all versions, see [ExploreOptions]",
	},
	{Name: "Document", Noun: "document", Path: drives + "/{}/Documents", File: true, Is: "a backed-up document"},
	{
		Name: "PreviousDocument", Noun: "version of the document", Path: drives + "/{}/Documents/{}/Versions",
		Method: "Version", Number: true, File: true, Properties: "DocumentProperties",
		Is:    "a previous version of a document. The API supports it from v6 on",
		Lists: "the previous versions of the document. The session must show all versions, see [ExploreOptions]",
	},
}

// An acting is what the template needs for the actions on an item, or on a set of items.
type acting struct {
	Kind     string       // X if the document has the operations restoreX, copyX, sendX and saveX
	Func     string       // the Go function that sends a request
	IDs      []string     // the Go expressions of the ids, for an actions
	OneRoute bool         // whether the document also has runXAction
	Versions gen.Versions // that have it
	Params   bool         // whether that has parameters in the query
	SaveBody bool         // whether saveX has a body
}

// newActing returns nil if the document does not have the actions.
func newActing(kind, function string, ids []string) *acting {
	save, found := operation("save" + kind)
	if !found {
		return nil
	}
	run, oneRoute := operation("run" + kind + "Action")
	return &acting{kind, function, ids, oneRoute, run.Versions, len(run.Parameters) > 0, save.Request != ""}
}

//go:embed resources.tmpl
var resourcesTemplate string

// makeResources returns the source of the resources. Parents must be before their children.
func makeResources(resources []resource) ([]byte, error) {
	resources = slices.Clone(resources)
	for i := range resources {
		if err := resources[i].complete(resources[:i]); err != nil {
			return nil, err
		}
	}
	return execute(resourcesTemplate, resources)
}

// execute returns the formatted source that a template makes of a table.
func execute(text string, table any) ([]byte, error) {
	parsed, err := template.New("").Parse(text)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := parsed.Execute(&out, table); err != nil {
		return nil, err
	}
	return format.Source(out.Bytes())
}

// complete sets the fields that follow from the table of operations.
func (r *resource) complete(parents []resource) (err error) {
	r.Parent = &resource{Name: "Client", Type: "*Client", Field: "client", Self: "c"}
	for i, parent := range parents {
		if strings.HasPrefix(r.Path, parent.Path+"/{}") {
			r.Parent = &parents[i]
		}
	}
	r.Type, r.Value = r.Name, strings.ToLower(r.Name[:1])+r.Name[1:]
	r.Field = strings.ToLower(r.Name[strings.LastIndexAny(r.Name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"):])
	r.Self, r.Depth, r.Properties = r.Field[:1], r.Parent.Depth+1, cmp.Or(r.Properties, r.Name+"Properties")
	r.Method = cmp.Or(r.Method, r.Name)
	r.List, err = get(r.Path)
	r.Bare = r.List.Parameters["limit"] != r.List.Versions
	if err != nil || r.Properties == r.Name {
		return err
	}
	r.Get, err = get(r.Path + "/{}")
	kind, ids := strings.TrimPrefix(r.Get.ID, "Get"), []string{"a.ids[0]", "a.ids[1]", "a.ids[2]"}[:min(r.Depth, 3)]
	if r.Number {
		ids = append(ids, "a.version")
	}
	r.Acts = newActing(kind, r.Value+"Action", ids)
	r.Set = newActing(kind+"s", r.Value+"SetAction", ids[:r.Depth-1])
	return err
}

var inBraces = regexp.MustCompile(`{\w+}`)

// get returns the GET operation of a path. Its ID is changed to the name of the generated client's method.
func get(path string) (gen.Operation, error) {
	for _, o := range gen.Operations {
		if o.Method == "GET" && inBraces.ReplaceAllString(o.Path, "{}") == path {
			o.ID = strings.ToUpper(o.ID[:1]) + o.ID[1:]
			return o, nil
		}
	}
	return gen.Operation{}, fmt.Errorf("the document has no GET %s", path)
}

func operation(id string) (operation gen.Operation, found bool) {
	i := slices.IndexFunc(gen.Operations, func(o gen.Operation) bool { return o.ID == id })
	if i < 0 {
		return operation, false
	}
	return gen.Operations[i], true
}

// Session returns the Go expression of the restore session of a resource, for the expression of that resource.
func (r resource) Session(of string) string {
	switch {
	case r.Parent == nil:
		return of + `.RestoreSession("")`
	case r.Name == "RestoreSession":
		return of
	}
	return r.Parent.Session(of + "." + r.Parent.Field)
}

// IDs returns the Go expressions of the ids in the path of a resource, for the expression of that resource.
func (r resource) IDs(of string) string {
	if r.Parent == nil {
		return ""
	}
	return r.Parent.IDs(of+"."+r.Parent.Field) + of + ".id, "
}

// Finds returns the comment of the method that finds an item.
func (r resource) Finds() string {
	return "Find" + r.Name + " " + strings.ReplaceAll(r.Find, "\n", "\n// ")
}

// A view is a method that lists resources, and a method that reads one page of the list.
type view struct{ Of, Type, Self, Method, List, Lists string }

// Views returns the views of a resource. A resource in folders has three: at the root, in all folders, in one folder.
func (r resource) Views() []view {
	p, list := r.Parent, r.Parent.Self+"."+r.Value+"s("
	if _, tree := r.List.Parameters["parentId"]; !tree {
		return []view{{p.Name, p.Type, p.Self, r.Method, list + ")", r.Lists}}
	}
	items, of, inFolder := r.Noun+"s", " of the "+p.Noun, "f.drive."+r.Value+"s(f.id, f.check())"
	all := "all " + items + of + " at all levels. The server may take long to respond"
	return []view{
		{p.Name, p.Type, p.Self, r.Name, list + "parentRoot, d.check())", "the " + items + " at the root" + of},
		{p.Name, p.Type, p.Self, "All" + r.Name, list + "parentAny, d.check())", all},
		{"Folder", "Folder", "f", r.Name, inFolder, "the " + items + " in the folder"},
	}
}
