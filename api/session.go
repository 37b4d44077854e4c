package api

// RestoreSession is a restore session of a client: a view of a backup as of one point in time. It is a value without
// any I/O, safe for concurrent use. The id is checked when an operation needs it.
type RestoreSession struct {
	client *Client
	id     string
}

// RestoreSession returns the restore session with this id, which must have been started by the same account.
func (c *Client) RestoreSession(id string) RestoreSession {
	return RestoreSession{client: c, id: id}
}

// ID returns the id of the restore session, usually a GUID.
func (s RestoreSession) ID() string { return s.id }

// OneDrive is a backed-up OneDrive as of the point in time of its restore session. It is a value without any I/O, safe
// for concurrent use.
type OneDrive struct {
	session RestoreSession
	id      string
}

// OneDrive returns the OneDrive with this id.
func (s RestoreSession) OneDrive(id string) OneDrive { return OneDrive{session: s, id: id} }

// ID returns the id of the OneDrive, usually two GUIDs run together.
func (d OneDrive) ID() string { return d.id }

// Folder is a backed-up folder with everything in it. It is a value without any I/O, safe for concurrent use.
type Folder struct {
	drive OneDrive
	id    string
}

// Folder returns the folder with this id.
func (d OneDrive) Folder(id string) Folder { return Folder{drive: d, id: id} }

// ID returns the id of the folder, usually a GUID.
func (f Folder) ID() string { return f.id }

func (f Folder) client() *Client { return f.drive.session.client }

// check refuses a folder that no request can be made for.
func (f Folder) check() error {
	if f.client() == nil {
		return invalid("the folder does not come from a client")
	}
	for _, resource := range []struct{ name, id string }{
		{"restore session", f.drive.session.id},
		{"OneDrive", f.drive.id},
		{"folder", f.id},
	} {
		if err := checkID(resource.name, resource.id); err != nil {
			return err
		}
	}
	return nil
}

// checkID refuses ids that would change the path of a request: package url resolves dot segments, and an empty segment
// is another resource. All others are escaped.
func checkID(resource, id string) error {
	switch id {
	case "":
		return invalid("the %s id is empty", resource)
	case ".", "..":
		return invalid("the %s id is %q", resource, id)
	}
	return nil
}
