package apitest

import (
	"context"

	"github.com/vbo365/vbo365-go/gen/server"
)

// The actions on folders: first those that the body names, as in v2 to v5, then those that the path names, from v6 on.

// RunOneDriveFolderAction implements POST …/Folders/{folderId}/Action.
func (o operations) RunOneDriveFolderAction(
	ctx context.Context, r server.RunOneDriveFolderActionRequestObject,
) (server.RunOneDriveFolderActionResponseObject, error) {
	return o.onFolder(ctx, r.RestoreSessionID, r.OneDriveID, r.FolderID, 0)
}

// RunOneDriveFoldersAction implements POST …/Folders/Action.
func (o operations) RunOneDriveFoldersAction(
	ctx context.Context, r server.RunOneDriveFoldersActionRequestObject,
) (server.RunOneDriveFoldersActionResponseObject, error) {
	return o.onFolders(ctx, r.RestoreSessionID, r.OneDriveID)
}

// RestoreOneDriveFolder implements POST …/Folders/{folderId}/restore.
func (o operations) RestoreOneDriveFolder(
	ctx context.Context, r server.RestoreOneDriveFolderRequestObject,
) (server.RestoreOneDriveFolderResponseObject, error) {
	return o.onFolder(ctx, r.RestoreSessionID, r.OneDriveID, r.FolderID, 0)
}

// RestoreOneDriveFolders implements POST …/Folders/restore.
func (o operations) RestoreOneDriveFolders(
	ctx context.Context, r server.RestoreOneDriveFoldersRequestObject,
) (server.RestoreOneDriveFoldersResponseObject, error) {
	return o.onFolders(ctx, r.RestoreSessionID, r.OneDriveID)
}

// RestoreOneDriveFolderVersion implements POST …/Folders/{folderId}/Versions/{versionId}/restore.
func (o operations) RestoreOneDriveFolderVersion(
	ctx context.Context, r server.RestoreOneDriveFolderVersionRequestObject,
) (server.RestoreOneDriveFolderVersionResponseObject, error) {
	return o.onFolder(ctx, r.RestoreSessionID, r.OneDriveID, r.FolderID, r.VersionID)
}

// CopyOneDriveFolder implements POST …/Folders/{folderId}/copyTo.
func (o operations) CopyOneDriveFolder(
	ctx context.Context, r server.CopyOneDriveFolderRequestObject,
) (server.CopyOneDriveFolderResponseObject, error) {
	return o.onFolder(ctx, r.RestoreSessionID, r.OneDriveID, r.FolderID, 0)
}

// CopyOneDriveFolders implements POST …/Folders/copyTo.
func (o operations) CopyOneDriveFolders(
	ctx context.Context, r server.CopyOneDriveFoldersRequestObject,
) (server.CopyOneDriveFoldersResponseObject, error) {
	return o.onFolders(ctx, r.RestoreSessionID, r.OneDriveID)
}

// CopyOneDriveFolderVersion implements POST …/Folders/{folderId}/Versions/{versionId}/copyTo.
func (o operations) CopyOneDriveFolderVersion(
	ctx context.Context, r server.CopyOneDriveFolderVersionRequestObject,
) (server.CopyOneDriveFolderVersionResponseObject, error) {
	return o.onFolder(ctx, r.RestoreSessionID, r.OneDriveID, r.FolderID, r.VersionID)
}

// SendOneDriveFolder implements POST …/Folders/{folderId}/send.
func (o operations) SendOneDriveFolder(
	ctx context.Context, r server.SendOneDriveFolderRequestObject,
) (server.SendOneDriveFolderResponseObject, error) {
	return o.onFolder(ctx, r.RestoreSessionID, r.OneDriveID, r.FolderID, 0)
}

// SendOneDriveFolders implements POST …/Folders/send.
func (o operations) SendOneDriveFolders(
	ctx context.Context, r server.SendOneDriveFoldersRequestObject,
) (server.SendOneDriveFoldersResponseObject, error) {
	return o.onFolders(ctx, r.RestoreSessionID, r.OneDriveID)
}

// SendOneDriveFolderVersion implements POST …/Folders/{folderId}/Versions/{versionId}/send.
func (o operations) SendOneDriveFolderVersion(
	ctx context.Context, r server.SendOneDriveFolderVersionRequestObject,
) (server.SendOneDriveFolderVersionResponseObject, error) {
	return o.onFolder(ctx, r.RestoreSessionID, r.OneDriveID, r.FolderID, r.VersionID)
}

// SaveOneDriveFolder implements POST …/Folders/{folderId}/save.
func (o operations) SaveOneDriveFolder(
	ctx context.Context, r server.SaveOneDriveFolderRequestObject,
) (server.SaveOneDriveFolderResponseObject, error) {
	return o.onFolder(ctx, r.RestoreSessionID, r.OneDriveID, r.FolderID, 0)
}

// SaveOneDriveFolders implements POST …/Folders/save.
func (o operations) SaveOneDriveFolders(
	ctx context.Context, r server.SaveOneDriveFoldersRequestObject,
) (server.SaveOneDriveFoldersResponseObject, error) {
	return o.onFolders(ctx, r.RestoreSessionID, r.OneDriveID)
}

// SaveOneDriveFolderVersion implements POST …/Folders/{folderId}/Versions/{versionId}/save.
func (o operations) SaveOneDriveFolderVersion(
	ctx context.Context, r server.SaveOneDriveFolderVersionRequestObject,
) (server.SaveOneDriveFolderVersionResponseObject, error) {
	return o.onFolder(ctx, r.RestoreSessionID, r.OneDriveID, r.FolderID, r.VersionID)
}
