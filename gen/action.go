package gen

// OneDriveFolderAction is the body of the folder action endpoint: exactly one of [RestoreToOriginalLocationAction],
// [SendToAction], [CopyToAction] and [SaveAction]. The zero SaveAction encodes as {"save":null}.
//
// The generator's own type for a oneOf is a struct that may hold nothing, or JSON of any kind. This interface lets the
// compiler see to it that there is one action, and encodes without a detour.
type OneDriveFolderAction interface{ oneDriveFolderAction() }

func (RestoreToOriginalLocationAction) oneDriveFolderAction() {}
func (SendToAction) oneDriveFolderAction()                    {}
func (CopyToAction) oneDriveFolderAction()                    {}
func (SaveAction) oneDriveFolderAction()                      {}

// OneDriveFoldersAction is the body of the action endpoint for several folders: exactly one of [RestoreFoldersAction],
// [SendFoldersAction], [CopyFoldersAction] and [SaveFoldersAction].
type OneDriveFoldersAction interface{ oneDriveFoldersAction() }

func (RestoreFoldersAction) oneDriveFoldersAction() {}
func (SendFoldersAction) oneDriveFoldersAction()    {}
func (CopyFoldersAction) oneDriveFoldersAction()    {}
func (SaveFoldersAction) oneDriveFoldersAction()    {}
