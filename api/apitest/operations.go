package apitest

// operation carries out a request and gives the body of the response: what becomes JSON, nil where there is no body, or
// a function that writes the whole response.
type operation func(*Server, *exchange) (any, error)

// operations are those of the document, by operationId.
var operations = map[string]operation{
	"createToken":        (*Server).createToken,
	"getServiceInstance": (*Server).getServiceInstance,

	"listOrganizations": (*Server).listOrganizations,
	"getOrganization":   (*Server).getOrganization,

	"exploreOrganization":           (*Server).explore,
	"exploreOwnOrganization":        (*Server).explore,
	"startRestoreSession":           (*Server).explore,
	"startOwnRestoreSession":        (*Server).explore,
	"listRestoreSessions":           (*Server).listRestoreSessions,
	"getRestoreSession":             (*Server).getRestoreSession,
	"stopRestoreSession":            (*Server).stopRestoreSession,
	"endRestoreSession":             (*Server).stopRestoreSession,
	"getRestoreSessionStatistics":   (*Server).getRestoreSessionStatistics,
	"getRestoreSessionOrganization": (*Server).getRestoreSessionOrganization,
	"createRestoreDeviceCode":       (*Server).createRestoreDeviceCode,
	"listRestoreSessionEvents":      (*Server).listRestoreSessionEvents,
	"getRestoreSessionEvent":        (*Server).getRestoreSessionEvent,

	"listOneDrives":              (*Server).listOneDrives,
	"getOneDrive":                (*Server).getOneDrive,
	"listOneDriveFolders":        (*Server).listOneDriveFolders,
	"getOneDriveFolder":          (*Server).getOneDriveFolder,
	"listOneDriveFolderVersions": (*Server).listOneDriveFolderVersions,
	"getOneDriveFolderVersion":   (*Server).getOneDriveFolder,
	"listOneDriveDocuments":      (*Server).listOneDriveDocuments,
	"getOneDriveDocument":        (*Server).getOneDriveDocument,

	// Up to v5 the body names the action, from v6 on the path does.
	"runOneDriveFolderAction":      (*Server).runOnFolder,
	"runOneDriveFoldersAction":     (*Server).runOnFolders,
	"restoreOneDriveFolder":        (*Server).runOnFolder,
	"restoreOneDriveFolders":       (*Server).runOnFolders,
	"restoreOneDriveFolderVersion": (*Server).runOnFolder,
	"copyOneDriveFolder":           (*Server).runOnFolder,
	"copyOneDriveFolders":          (*Server).runOnFolders,
	"copyOneDriveFolderVersion":    (*Server).runOnFolder,
	"sendOneDriveFolder":           (*Server).runOnFolder,
	"sendOneDriveFolders":          (*Server).runOnFolders,
	"sendOneDriveFolderVersion":    (*Server).runOnFolder,
	"saveOneDriveFolder":           (*Server).runOnFolder,
	"saveOneDriveFolders":          (*Server).runOnFolders,
	"saveOneDriveFolderVersion":    (*Server).runOnFolder,

	"listOneDriveDocumentVersions":     (*Server).listOneDriveDocumentVersions,
	"getOneDriveDocumentVersion":       (*Server).getOneDriveDocument,
	"runOneDriveDocumentAction":        (*Server).runOnDocument,
	"runOneDriveDocumentsAction":       (*Server).runOnDocuments,
	"restoreOneDriveDocument":          (*Server).runOnDocument,
	"restoreOneDriveDocuments":         (*Server).runOnDocuments,
	"restoreOneDriveDocumentVersion":   (*Server).runOnDocument,
	"copyOneDriveDocument":             (*Server).runOnDocument,
	"copyOneDriveDocuments":            (*Server).runOnDocuments,
	"copyOneDriveDocumentVersion":      (*Server).runOnDocument,
	"sendOneDriveDocument":             (*Server).runOnDocument,
	"sendOneDriveDocuments":            (*Server).runOnDocuments,
	"sendOneDriveDocumentVersion":      (*Server).runOnDocument,
	"saveOneDriveDocument":             (*Server).runOnDocument,
	"saveOneDriveDocuments":            (*Server).runOnDocuments,
	"saveOneDriveDocumentVersion":      (*Server).runOnDocument,
	"operatorRestoreOneDriveDocuments": (*Server).operatorRestore,

	"getSharePointEmailSettings": (*Server).getEmailSettings,
	"setSharePointEmailSettings": (*Server).setEmailSettings,
	"getOneDriveEmailSettings":   (*Server).getEmailSettings,
	"setOneDriveEmailSettings":   (*Server).setEmailSettings,
}
