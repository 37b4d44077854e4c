package spec_test

import (
	"fmt"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/vbo365/vbo365-go/gen"
	"github.com/vbo365/vbo365-go/spec"
)

// The tables below say, written by hand, in what the API versions differ, and from where that is known. The slices must
// differ in exactly that. What all versions have in common is the document's to say.

// row says what versions have under a key. from is where that is known from: the anchors of FACTS.md, separated by
// commas, and after a semicolon what the document says otherwise on purpose.
type row struct {
	versions        gen.Versions
	key, want, from string
}

func since(first int) gen.Versions         { return gen.Versions{From: first} }
func until(last int) gen.Versions          { return gen.Versions{To: last} }
func between(first, last int) gen.Versions { return gen.Versions{From: first, To: last} }

// table is rows whose keys begin with the same name.
type table struct {
	name string
	rows []row
}

const (
	oneSpelling = "; one spelling of paths for all versions"
	opaque      = "; ids are plain strings"
	plainTimes  = "; plain strings, because they have no zone"
	ourRequired = "; what is required is our choice"
	lowerCase   = "; lower case up to v5"
	actionDone  = " -> 200 json RestoreStatistics, octets string:binary"
	found       = "json SearchOptions -> 200 json SearchResultPage"
	fourActions = "one of RestoreToOriginalLocationAction, SendToAction, CopyToAction, SaveAction"
	grantJWT    = "urn:ietf:params:oauth:grant-type:jwt-bearer"
)

// operations: method and path, then the request -> the successful answers. json, form and octets stand for
// application/json, application/x-www-form-urlencoded and application/octet-stream; a status alone has no body.
var operations = []table{
	{"", []row{
		{until(5), "POST /token", "form TokenRequest -> 200 json Token", "2"},
		{since(6), "POST /token", "json TokenRequest, form TokenRequest -> 200 json Token", "2"},
		{since(6), "GET /ServiceInstance", "-> 200 json ServiceInstance", "1.1"},
		{until(7), "GET /Organizations", "-> 200 json []Organization", "4.2"},
		{since(8), "GET /Organizations", "-> 200 json OrganizationPage", "4.2"},
		// spec/FACTS.md#1.5, #c14: v2 mails with the settings of the explorer for SharePoint, later ones with its own.
		{until(7), "PUT /VESPEmailSettings", "json EmailSettingsChange -> 200", "1.5, 6"},
		{since(8), "PUT /VESPEmailSettings", "json EmailSettingsChange -> 204", "1.5, 6"},
		{since(3), "GET /VEODEmailSettings", "-> 200 json EmailSettings", "1.5" + oneSpelling},
		{between(3, 7), "PUT /VEODEmailSettings", "json EmailSettingsChange -> 200", "1.5, 6"},
		{since(8), "PUT /VEODEmailSettings", "json EmailSettingsChange -> 204", "1.5, 6"},
	}},
	{"POST /Organizations/{organizationId}", []row{
		{until(5), "/Action", "json OrganizationAction -> 201 json RestoreSession", "3.1"},
		{between(6, 7), "/explore", "json ExploreOptions -> 200 json RestoreSession", "3.1"},
		{since(8), "/explore", "json ExploreOptions -> 201 json RestoreSession", "3.1"},
	}},
	{"POST /Organization", []row{
		{until(5), "/Action", "json OrganizationAction -> 201 json RestoreSession", "3.1"},
		{between(6, 7), "/explore", "json OwnExploreOptions -> 200 json RestoreSession", "3.1" + oneSpelling},
		{since(8), "/explore", "json OwnExploreOptions -> 201 json RestoreSession", "3.1" + oneSpelling},
	}},
	{"GET /RestoreSessions/{restoreSessionId}", []row{
		{since(8), "/Statistics", "-> 200 json RestoreSessionStatistics", "3.4"},
	}},
	{"POST /RestoreSessions/{restoreSessionId}", []row{
		{until(5), "/Action", "json RestoreSessionAction -> 200", "3.2"},
		{between(6, 7), "/Stop", "-> 200", "3.2"},
		{since(8), "/Stop", "-> 204", "3.2"},
		{
			since(4), "/Organization/restoreDeviceCode", "json RestoreDeviceCodeOptions -> 200 json RestoreDeviceCode",
			"2" + oneSpelling,
		},
	}},
	{"GET /RestoreSessions/{restoreSessionId}/Organization/OneDrives/{oneDriveId}", []row{
		{since(6), "/Folders/{folderId}/Versions", "-> 200 json FolderPage", "1.2"},
		{since(6), "/Folders/{folderId}/Versions/{versionId}", "-> 200 json Folder", "1.2"},
		{until(6), "/Documents/{documentId}", "-> 200 json Document", "4.3"},
		{since(7), "/Documents/{documentId}", "-> 200 json SingleDocument", "4.3, 12.2"},
	}},
	{"POST /RestoreSessions/{restoreSessionId}/Organization/OneDrives/{oneDriveId}/Folders", []row{
		{until(5), "/Action", "json OneDriveFoldersAction" + actionDone, "1.2, 1.9" + oneSpelling},
		{since(6), "/restore", "json RestoreFoldersOptions -> 200 json RestoreAnswer", "1.2, 1.9"},
		{since(6), "/copyTo", "json CopyFoldersOptions -> 200 json RestoreAnswer", "1.2, 1.9"},
		{since(6), "/save", "json SaveFoldersOptions -> 200 octets string:binary", "1.2, 1.7, 1.9"},
		{between(6, 7), "/send", "json SendFoldersOptions -> 200", "1.2, 1.9"},
		{since(8), "/send", "json SendFoldersOptions -> 204", "1.2, 1.9"},
	}},
	{"POST /RestoreSessions/{restoreSessionId}/Organization/OneDrives/{oneDriveId}/Folders/{folderId}", []row{
		{until(5), "/Action", "json OneDriveFolderAction" + actionDone, "1.2, 1.9" + oneSpelling},
		{since(6), "/restore", "json RestoreToOriginalLocationOptions -> 200 json RestoreAnswer", "1.2, 1.9"},
		{since(6), "/copyTo", "json CopyToOptions -> 200 json RestoreAnswer", "1.2, 1.9"},
		{since(6), "/save", "-> 200 octets string:binary", "1.2, 1.7, 1.9"},
		{between(6, 7), "/send", "json SendToOptions -> 200", "1.2, 1.9"},
		{since(8), "/send", "json SendToOptions -> 204", "1.2, 1.9"},
		{
			since(6), "/Versions/{versionId}/restore", "json RestoreToOriginalLocationOptions -> 200 json RestoreAnswer",
			"1.2, 1.9",
		},
		{since(6), "/Versions/{versionId}/copyTo", "json CopyToOptions -> 200 json RestoreAnswer", "1.2, 1.9"},
		{since(6), "/Versions/{versionId}/save", "-> 200 octets string:binary", "1.2, 1.7, 1.9"},
		{between(6, 7), "/Versions/{versionId}/send", "json SendToOptions -> 200", "1.2, 1.9"},
		{since(8), "/Versions/{versionId}/send", "json SendToOptions -> 204", "1.2, 1.9"},
		{since(6), "/search", found, "14"},
	}},
	{"POST /RestoreSessions/{restoreSessionId}/Organization/OneDrives/{oneDriveId}", []row{
		{until(5), "/Action", "json OneDriveAction" + actionDone, "10.1" + oneSpelling},
		{since(6), "/restore", "json RestoreToOriginalLocationOptions -> 200 json RestoreAnswer", "10.2"},
		{since(6), "/copyTo", "json CopyToOptions -> 200 json RestoreAnswer", "10.2"},
		{since(6), "/save", "-> 200 octets string:binary", "10.2"},
		{between(6, 7), "/send", "json SendToOptions -> 200", "10.2"},
		{since(8), "/send", "json SendToOptions -> 204", "10.2"},
		{since(6), "/search", found, "14"},
	}},
	{"POST /RestoreSessions/{restoreSessionId}/Organization/OneDrives", []row{
		{until(5), "/Action", "json OneDrivesAction -> 200 json RestoreOneDrivesStatistics", "11, 11.2, c20" + oneSpelling},
		{since(6), "/restore", "json RestoreOneDrivesOptions -> 200 json RestoreOneDrivesStatistics", "11, 11.2"},
		{since(6), "/search", found, "14"},
	}},
	{"POST /RestoreSessions/{restoreSessionId}/Organization/OneDrives/{oneDriveId}/Documents", []row{
		{between(3, 5), "/Action", "json OneDriveDocumentsAction" + actionDone, "12.3" + oneSpelling},
		{since(6), "/restore", "json RestoreDocumentsOptions -> 200 json RestoreAnswer", "12.4"},
		{since(6), "/copyTo", "json CopyDocumentsOptions -> 200 json RestoreAnswer", "12.4"},
		{since(6), "/save", "json SaveDocumentsOptions -> 200 octets string:binary", "12.4"},
		{between(6, 7), "/send", "json SendDocumentsOptions -> 200", "12.4"},
		{since(8), "/send", "json SendDocumentsOptions -> 204", "12.4"},
		{since(6), "/operatorRestore", "json OperatorRestoreOptions -> 200 json StartedRestore", "12.6"},
	}},
	{"POST /RestoreSessions/{restoreSessionId}/Organization/OneDrives/{oneDriveId}/Documents/{documentId}", slices.Concat(
		[]row{{until(5), "/Action", "json OneDriveDocumentAction" + actionDone, "12.2" + oneSpelling}},
		documentRoutes("", "12.4"), documentRoutes("/Versions/{versionId}", "12.5"),
	)},
	{"GET /RestoreSessions/{restoreSessionId}/Organization/OneDrives/{oneDriveId}/Documents/{documentId}/Versions", []row{
		{since(6), "", "-> 200 json DocumentPage", "12.5"},
		{between(6, 6), "/{versionId}", "-> 200 json Document", "12.5"},
		{since(7), "/{versionId}", "-> 200 json SingleDocument", "12.5"},
	}},
	{"", []row{
		{between(6, 7), "DELETE /DataRetrievals/{dataRetrievalId}", "-> 204", "16"},
		{since(6), "GET /BackupRepositories/{repositoryId}/OneDriveData", "-> 200 json OneDriveDataPage", "15.4"},
		{
			since(6), "GET /BackupRepositories/{repositoryId}/OneDriveData/{oneDriveId}", "-> 200 json OneDriveData",
			"15.4",
		},
		{between(3, 3), "GET /BackupRepositories/{repositoryId}/UserData", "-> 200 json []UserData", "15.4"},
		{since(4), "GET /BackupRepositories/{repositoryId}/UserData", "-> 200 json UserDataPage", "15.4"},
		{since(3), "GET /BackupRepositories/{repositoryId}/UserData/{userId}", "-> 200 json UserData", "15.4"},
		{between(6, 7), "GET /DataRetrievals", "-> 200 json []DataRetrieval", "16"},
		{since(8), "GET /DataRetrievals", "-> 200 json DataRetrievalPage", "16"},
		{since(6), "GET /DataRetrievals/{dataRetrievalId}", "-> 200 json DataRetrieval", "16"},
		{between(6, 7), "GET /DataRetrievals/{dataRetrievalId}/onedrives", "-> 200 json []RetrievedOneDrive", "16"},
		{since(8), "GET /DataRetrievals/{dataRetrievalId}/onedrives", "-> 200 json RetrievedOneDrivePage", "16"},
		{since(6), "GET /Organization/LoggedInUser", "-> 200 json LoggedInUser", "15.2"},
		{since(6), "GET /Organization/LoggedInUser/EffectiveScope", "-> 200 json EffectiveScope", "15.2"},
		{since(6), "GET /Organization/LoggedInUser/OperatorInfo", "-> 200 json OperatorInfo", "15.2"},
		{between(3, 5), "GET /Organizations/{organizationId}/usedRepositories", "-> 200 json []UsedRepository", "15.4"},
		{since(6), "GET /Organizations/{organizationId}/usedRepositories", "-> 200 json UsedRepositoryPage", "15.4"},
		{since(8), "GET /ProtectedUsers", "-> 200 json ProtectedUserPage", "15.5"},
		{between(6, 6), "GET /RestorePoints", "-> 200 json []RestorePoint", "15.5"},
		{since(7), "GET /RestorePoints", "-> 200 json RestorePointPage", "15.5"},
		{since(6), "GET /RestorePoints/{restorePointId}", "-> 200 json RestorePoint", "15.5"},
		{between(6, 6), "GET /RestorePoints/{restorePointId}/onedrives", "-> 200 json []RestorePointOneDrive", "15.5"},
		{
			between(7, 7), "GET /RestorePoints/{restorePointId}/protectedOnedrives", "-> 200 json RestorePointOneDrivePage",
			"15.5",
		},
		{
			between(7, 7), "POST /BackupRepositories/{repositoryId}/explore", "json OwnExploreOptions -> 200 json RestoreSession",
			"15.2",
		},
		{
			since(8), "POST /BackupRepositories/{repositoryId}/explore", "json OwnExploreOptions -> 201 json RestoreSession",
			"15.2",
		},
		{since(6), "POST /DataRetrievals", "json DataRetrievalOptions -> 201 json DataRetrieval", "16"},
		{between(6, 7), "POST /DataRetrievals/{dataRetrievalId}/explore", "-> 200 json RestoreSession", "16"},
		{since(8), "POST /DataRetrievals/{dataRetrievalId}/explore", "-> 201 json RestoreSession", "16"},
		{
			between(6, 7), "POST /Organization/OperatorExplore", "json OperatorExploreOptions -> 200 json RestoreSession",
			"15.2",
		},
		{
			since(8), "POST /Organization/OperatorExplore", "json OperatorExploreOptions -> 201 json RestoreSession",
			"15.2",
		},
		{
			since(8), "POST /VEODEmailSettings/CompleteOAuthSignIn", "json MailSignInCompletion -> 200 json MailSignInResult",
			"15.6",
		},
		{
			since(8), "POST /VEODEmailSettings/PrepareOAuthSignIn", "json MailSignInOptions -> 200 json MailSignIn",
			"15.6",
		},
		{between(6, 7), "POST /VEODEmailSettings/SendTestEmail", "json TestEmailOptions -> 200", "15.6"},
		{since(8), "POST /VEODEmailSettings/SendTestEmail", "json TestEmailOptions -> 204", "15.6"},
		{
			since(8), "POST /VESPEmailSettings/CompleteOAuthSignIn", "json MailSignInCompletion -> 200 json MailSignInResult",
			"15.6",
		},
		{
			since(8), "POST /VESPEmailSettings/PrepareOAuthSignIn", "json MailSignInOptions -> 200 json MailSignIn",
			"15.6",
		},
		{between(6, 7), "POST /VESPEmailSettings/SendTestEmail", "json TestEmailOptions -> 200", "15.6"},
		{since(8), "POST /VESPEmailSettings/SendTestEmail", "json TestEmailOptions -> 204", "15.6"},
		{since(7), "POST /token/AuthCode", "-> 200 json AuthCode", "15.1"},
		{between(7, 7), "POST /token/logout", "-> 200", "15.1"},
		{since(8), "POST /token/logout", "-> 204", "15.1"},
		{between(6, 7), "PUT /DataRetrievals/{dataRetrievalId}", "json DataRetrievalChange -> 200", "16"},
		{since(8), "PUT /DataRetrievals/{dataRetrievalId}", "json DataRetrievalChange -> 204", "16"},
	}},
}

// documentRoutes returns the routes of the actions on a document, or on a version of it.
func documentRoutes(of, source string) []row {
	return []row{
		{since(6), of + "/restore", "json RestoreToOriginalLocationOptions -> 200 json RestoreAnswer", source},
		{since(6), of + "/copyTo", "json CopyDocumentOptions -> 200 json RestoreAnswer", source},
		{since(6), of + "/save", "json SaveDocumentOptions -> 200 octets string:binary", source},
		{between(6, 7), of + "/send", "json SendToOptions -> 200", source},
		{since(8), of + "/send", "json SendToOptions -> 204", source},
	}
}

// parameters: where it is, its name, then its type. Those of paths are the same everywhere. offset is 64 bits wide
// here, because nothing is known against it.
var parameters = []table{
	{"GET /Organizations", []row{
		{since(6), "?extendedView", "boolean", "4.2, c17; optional in v6, too"},
		{since(8), "?msid", "string:uuid", "4.2"},
		{since(8), "?backedUpOrganizationId", "string", "4.2"},
		{since(8), "?limit", "integer:int32", "4.2"},
		{since(8), "?offset", "integer:int64", "4.2"},
		{since(6), "/{organizationId}?extendedView", "boolean", "4.2, c17; optional in v6, too"},
	}},
	{"GET /RestoreSessions", []row{
		{since(6), "?startTimeFrom", "string:date-time", "3.2"},
		{since(6), "?startTimeTo", "string:date-time", "3.2"},
		{since(8), "?endTimeFrom", "string:date-time", "3.2"},
		{since(8), "?endTimeTo", "string:date-time", "3.2"},
		{since(8), "?orderBy", "RestoreSessionOrder", "3.2"},
		{since(8), "?orderAsc", "boolean", "3.2"},
	}},
	{"GET /RestoreSessions/{restoreSessionId}/Organization/OneDrives/{oneDriveId}", []row{
		{since(7), "/Documents?includeFolders", "boolean", "4.3, 12.1"},
		{since(6), "/Folders/{folderId}?versionId", "integer:int32", "4.3"},
	}},
	{"POST /RestoreSessions/{restoreSessionId}/Organization/OneDrives/{oneDriveId}", []row{
		{between(4, 5), "/Action?offset", "integer:int64", "14"},
		{between(4, 5), "/Action?limit", "integer:int32", "14"},
		{between(4, 5), "/Folders/{folderId}/Action?offset", "integer:int64", "14"},
		{between(4, 5), "/Folders/{folderId}/Action?limit", "integer:int32", "14"},
	}},
	{"", []row{
		{since(4), "GET /BackupRepositories/{repositoryId}/UserData?limit", "integer:int32", "15.4"},
		{since(4), "GET /BackupRepositories/{repositoryId}/UserData?offset", "integer:int64", "15.4"},
		{since(8), "GET /DataRetrievals/{dataRetrievalId}/onedrives?limit", "integer:int32", "16"},
		{since(8), "GET /DataRetrievals/{dataRetrievalId}/onedrives?offset", "integer:int64", "16"},
		{since(8), "GET /DataRetrievals?limit", "integer:int32", "16"},
		{since(8), "GET /DataRetrievals?offset", "integer:int64", "16"},
		{since(3), "GET /Organizations/{organizationId}/Users/{userId}/OneDrives?setId", "string:uuid", "15.3"},
		{since(7), "GET /Organizations/{organizationId}/Users/{userId}?dataSource", "UserDataSource", "15.3"},
		{since(7), "GET /Organizations/{organizationId}/Users?dataSource", "UserDataSource", "15.3"},
		{since(8), "GET /Organizations/{organizationId}/Users?detectedSkuType", "SkuType", "15.3"},
		{since(3), "GET /Organizations/{organizationId}/Users?displayName", "string", "15.3"},
		{since(6), "GET /Organizations/{organizationId}/Users?locationFilter", "LocationFilter", "15.3"},
		{between(3, 5), "GET /Organizations/{organizationId}/Users?name", "string", "15.3"},
		{since(3), "GET /Organizations/{organizationId}/Users?setId", "string:uuid", "15.3"},
		{since(3), "GET /Organizations/{organizationId}/Users?userName", "string", "15.3"},
		{since(6), "GET /Organizations/{organizationId}/usedRepositories?limit", "integer:int32", "15.4"},
		{since(6), "GET /Organizations/{organizationId}/usedRepositories?offset", "integer:int64", "15.4"},
		{between(6, 6), "GET /RestorePoints?backupTime", "string:date-time", "15.5"},
		{since(7), "GET /RestorePoints?from", "string:date-time", "15.5"},
		{since(8), "GET /RestorePoints?groupId", "string", "15.5"},
		{since(7), "GET /RestorePoints?isCopy", "boolean", "15.5"},
		{since(7), "GET /RestorePoints?limit", "integer:int32", "15.5"},
		{since(7), "GET /RestorePoints?offset", "integer:int64", "15.5"},
		{since(7), "GET /RestorePoints?orderAsc", "boolean", "15.5"},
		{since(8), "GET /RestorePoints?siteId", "string", "15.5"},
		{since(8), "GET /RestorePoints?teamId", "string:uuid", "15.5"},
		{since(7), "GET /RestorePoints?to", "string:date-time", "15.5"},
		{since(8), "GET /RestorePoints?userId", "string", "15.5"},
		{since(8), "POST /DataRetrievals?force", "boolean", "16"},
		{since(8), "PUT /DataRetrievals/{dataRetrievalId}?force", "boolean", "16"},
	}},
}

// Parts of tables that several schemas share.
var (
	credentials = []row{
		{since(4), ".userCode", "string:password", "1.4; for a copy in v4 and v5 inferred, 1.6"},
		{between(4, 5), ".applicationId", "string:uuid", "1.4"},
		{since(6), ".applicationId", "string:uuid?", "1.4"},
		{since(4), ".applicationCertificate", "string:password", "1.4"},
		{since(4), ".applicationCertificatePassword", "string:password", "1.4"},
		{since(5), ".officeRegion", "OfficeRegion", "1.4; not confirmed for v5"},
		{since(5), ".organizationName", "string", "1.4; not confirmed for v5"},
	}
	restore = append(slices.Clip(credentials), row{until(5), ".documentVersion", "DocumentVersion", "1.4"})
	send    = []row{{since(6), ".skipItemChecks", "boolean", "1.5"}}
	copyTo  = slices.Concat(credentials, []row{
		{until(5), ".changedItems", "boolean", "1.6"},
		{since(6), ".changedItems", "boolean?", "1.6"},
		{until(5), ".deletedItems", "boolean", "1.6"},
		{since(6), ".deletedItems", "boolean?", "1.6"},
		{until(5), ".restorePermissions", "boolean", "1.6"},
		{between(6, 7), ".restorePermissions", "boolean?", "1.6"},
		{since(8), ".restorePermissions", "boolean", "1.6"},
		{since(6), ".sendSharedLinksNotification", "boolean?", "1.6"},
	})
	copyDocuments = []row{
		{since(8), ".changedItems", "boolean?", "12.4"},
		{since(8), ".deletedItems", "boolean?", "12.4"},
	}
	folders = []row{{since(3), ".folders", "[]FolderReference", "1.8, c13; sent from v3 on; only the ids count"}}
	item    = []row{
		{until(5), ".createdBy", "string", "4.3"},
		{since(6), ".createdBy", "string!", "4.3, 1.8"},
		{until(5), ".creationTime", "string", "4.3" + plainTimes},
		{since(6), ".creationTime", "string!", "4.3, 1.8" + plainTimes},
		{until(5), ".modifiedBy", "string", "4.3"},
		{since(6), ".modifiedBy", "string!", "4.3, 1.8"},
		{until(5), ".modificationTime", "string", "4.3" + plainTimes},
		{since(6), ".modificationTime", "string!", "4.3, 1.8" + plainTimes},
		{since(6), ".versionId", "integer:int32?", "4.3"},
		{since(7), ".isFolder", "boolean", "4.3"},
		{since(8), ".oneDriveId", "string", "4.3"},
	}
	searched = []row{
		{until(3), "", fourActions, "1.3, 10.1"},
		{between(4, 5), "", fourActions + ", SearchAction", "10.1, 14"},
	}
	mail = []row{
		{since(8), ".userId", "string", "1.5"},
		{since(8), ".mailApiUrl", "string?", "1.5"},
	}
)

// pageLater returns what the pages of a list have besides, in v6 and later.
func pageLater(of string) table {
	return table{of + "Page", []row{
		{since(6), ".setId", "string:uuid", "4.2"},
		{between(6, 7), ".totalCount", "integer:int32?", "4.2"},
	}}
}

// sinceOf returns rows without the versions before the first.
func sinceOf(first int, rows []row) []row {
	rows = slices.Clone(rows)
	for i := range rows {
		rows[i].versions.From = max(rows[i].versions.From, first)
	}
	return rows
}

// schemas: a schema or a property of one, then its type: ! is required, ? is nullable, closed forbids other properties.
var schemas = []table{
	{"GrantType", []row{
		{until(3), "", "enum password|refresh_token", "2"},
		{between(4, 5), "", "enum password|refresh_token|" + grantJWT, "2"},
		{between(6, 7), "", "enum integration|operator|password|refresh_token|" + grantJWT, "2"},
		{since(8), "", "enum operator|password|refresh_token|" + grantJWT, "2"},
	}},
	{"TokenRequest", []row{
		{since(4), ".client_id", "string", "2"},
		{since(4), ".assertion", "string:password", "2"},
		{between(6, 7), ".integration_token", "string:password", "2"},
		{since(7), ".disable_antiforgery_token", "boolean?", "2"},
	}},
	{"Token", []row{
		{until(5), ".refresh_token", "string:password", "2" + ourRequired},
		{since(6), ".refresh_token", "string:password!", "2"},
		{until(5), ".userName", "string", "2" + ourRequired},
		{between(6, 7), ".userName", "string!", "2"},
		{since(8), ".userName", "string", "2"},
		{until(5), "..issued", "string:date-time", "2" + ourRequired},
		{since(6), "..issued", "string:date-time!", "2"},
		{until(5), "..expires", "string:date-time", "2" + ourRequired},
		{since(6), "..expires", "string:date-time!", "2"},
	}},
	{"Error", []row{
		{since(7), ".errorCode", "ErrorCode", "6"},
		{since(8), ".stackTrace", "string?", "6"},
	}},
	{"ErrorCode", []row{
		{between(7, 7), "", "enum ProxyOffline?", "6"},
		{since(8), "", "enum HttpError|OperationConflict|OrganizationTransfer|OutdatedChangeToken|" +
			"ParameterValidationFailure|ProxyOffline|RepositoryOwnerChangeTooManyLinks|" +
			"ResourceAccessDenied|ResourceNotFound|Timeout?", "6"},
	}},
	{"RestoreDeviceCodeOptions", []row{
		{between(4, 5), ".targetApplicationId", "string:uuid", "2"},
		{since(6), ".targetApplicationId", "string:uuid?", "2"},
	}},

	{"RestoreToOriginalLocationOptions", restore},
	{"RestoreFoldersOptions", slices.Concat(restore, folders)},
	{"SendToOptions", send},
	{"SendFoldersOptions", slices.Concat(send, folders)},
	{"CopyToOptions", copyTo},
	{"CopyFoldersOptions", slices.Concat(copyTo, folders)},
	{"SaveFoldersOptions", append(slices.Clip(folders), row{until(5), ".asZip", "boolean", "1.7"})},
	{"RestoreDocumentsOptions", append(
		slices.Clip(credentials), row{between(3, 5), ".documentVersion", "DocumentVersion", "12.3"},
	)},
	{"SendDocumentsOptions", send},
	{"CopyDocumentOptions", copyDocuments},
	{"CopyDocumentsOptions", slices.Concat(credentials, copyDocuments)},
	{"SaveDocumentsOptions", []row{{between(3, 5), ".asZip", "boolean", "12.3"}}},
	{"DocumentVersion", []row{
		{until(5), "", "enum all|last", "1.4, 1.6" + lowerCase},
		{since(6), "", "enum All|Last?", "1.6"},
	}},
	{"DocumentAction", []row{
		{until(5), "", "enum keep|overwrite", "1.4"},
		{since(6), "", "enum Keep|Overwrite?", "1.4"},
	}},
	{"DocumentLastVersionAction", []row{
		{until(5), "", "enum merge|overwrite", "1.6" + lowerCase},
		{since(6), "", "enum Merge|Overwrite?", "1.6"},
	}},
	{"OfficeRegion", []row{
		{between(4, 5), "", "enum China|Germany|USDefence|USGovernment|Worldwide", "1.4, 2"},
		{since(6), "", "enum China|Germany|USDefence|USGovernment|Worldwide?", "1.4, 2"},
	}},

	{"RestoreAnswer", []row{
		{between(6, 7), ".totalItemsCount", "integer:int64", "1.9"},
		{between(6, 7), ".restoredItemsCount", "integer:int32", "1.9"},
		{between(6, 7), ".failedItemsCount", "integer:int32", "1.9"},
		{between(6, 7), ".skippedItemsByErrorCount", "integer:int64", "1.9"},
		{between(6, 7), ".skippedItemsByNoChangesCount", "integer:int64", "1.9"},
		{between(6, 7), ".failedRestrictionsCount", "integer:int64?", "1.9"},
		{between(6, 7), ".restoreIssues", "[]RestoreIssue", "1.9"},
		{since(8), ".sessionId", "string!", "1.9" + opaque},
	}},

	{"OneDriveAction", searched},
	{"OneDriveFolderAction", searched},
	{"RestoreStatistics", []row{
		{between(4, 5), ".offset", "integer:int64", "14; one schema for all responses of the path"},
		{between(4, 5), ".limit", "integer:int32", "14; as offset"},
		{between(4, 5), ".results", "[]SearchResult", "14; as offset"},
		{between(4, 5), "._links", "Links", "14; as offset"},
	}},
	{"RestoreOneDrivesOptions", []row{
		{until(5), ".officePassword", "string:password", "11.1"},
		{since(6), ".officeUserpassword", "string:password", "11.1"},
		{until(5), ".onPremisesUsername", "string", "11.1"},
		{since(6), ".onpremisesUsername", "string", "11.1"},
		{until(5), ".onPremisesPassword", "string:password", "11.1"},
		{since(6), ".onpremisesUserpassword", "string:password", "11.1"},
		{until(5), ".skipUnresolved", "boolean", "11.1"},
		{since(6), ".skipUnresolved", "boolean?", "11.1"},
		{until(5), ".documentVersion", "DocumentVersion", "11.1"},
		{since(4), ".userCode", "string:password", "11.1, c21; for v4 inferred"},
		{since(6), ".applicationId", "string:uuid?", "11.1"},
		{since(6), ".applicationCertificate", "string:password", "11.1"},
		{since(6), ".applicationCertificatePassword", "string:password", "11.1"},
	}},
	{"RestoreOneDrivesStatistics", []row{
		{until(7), ".status", "RestoredOneDriveStatus", "11.2"},
		{until(7), ".error", "string", "11.2"},
		{until(7), ".details", "[]RestoredOneDrive", "11.2"},
		{since(8), ".sessionId", "string!", "11.2" + opaque},
	}},
	{"RestoredOneDriveDetails", []row{
		{until(5), ".exceptions", "[]string", "11.2"},
		{until(5), ".warnings", "[]string", "11.2"},
	}},

	{"ExploreOptions", []row{
		{until(5), ".datetime", "string", "3.1"},
		{since(6), ".datetime", "string:date-time?", "3.1; the name is that of the older documents"},
		{between(3, 5), ".showDeleted", "boolean", "3.1"},
		{since(6), ".showDeleted", "boolean?", "3.1"},
		{between(3, 5), ".showAllVersions", "boolean", "3.1"},
		{since(6), ".showAllVersions", "boolean?", "3.1"},
		{since(8), ".repositoryId", "string:uuid?", "3.1"},
	}},
	{"RestoreSessionType", []row{
		{until(4), "", "enum veod|vesp|vex", "3.1" + lowerCase},
		{between(5, 5), "", "enum veod|vesp|vet|vex", "3.1" + lowerCase},
		{since(6), "", "enum Veod|Vesp|Vet|Vex?", "3.1"},
	}},
	{"RestoreSession", []row{
		{until(5), ".type", "string", "3.1; a capital letter in answers of all versions"},
		{since(6), ".type", "RestoreSessionKind!", "3.1"},
		{until(5), ".creationTime", "string:date-time", "3.1, 3.2"},
		{since(6), ".creationTime", "string:date-time!", "3.1, 3.2"},
		{until(5), ".result", "RestoreSessionResult", "3.1; may be missing"},
		{since(6), ".result", "RestoreSessionResult!", "3.1"},
		{since(6), ".reason", "string", "3.1"},
		{since(8), ".eTag", "integer:int64", "3.1"},
	}},
	{"RestoreSessionState", []row{
		{until(5), "", "enum Starting|Stopped|Stopping|Working", "3.1; for v4 and v5 inferred"},
		{since(6), "", "enum Stopped|Working", "3.1"},
	}},
	{"RestoreSessionEvent", []row{
		{until(5), ".status", "EventStatus", "3.2"},
		{since(6), ".status", "EventStatus!", "3.2"},
		{until(5), ".startTime", "string:date-time", "3.2"},
		{since(6), ".startTime", "string:date-time!", "3.2"},
		{until(5), ".message", "string", "3.2"},
		{since(6), ".message", "string!", "3.2"},
		{until(5), ".order", "integer:int32", "3.2"},
		{since(6), ".order", "integer:int32!", "3.2"},
		{since(3), ".itemName", "string", "3.2"},
		{since(3), ".itemType", "string", "3.2"},
		{since(3), ".itemSizeBytes", "integer:int64", "3.2"},
		{since(3), ".source", "string", "3.2"},
		{since(3), ".target", "string", "3.2"},
		{since(6), "._links", "Links", "3.2"},
		{since(8), ".organizationId", "string:uuid?", "3.2"},
		{since(8), ".backedUpOrganizationId", "string?", "3.2"},
		{since(8), ".userId", "string?", "3.2"},
		{since(8), ".groupId", "string?", "3.2"},
		{since(8), ".siteId", "string?", "3.2"},
		{since(8), ".teamId", "string:uuid?", "3.2"},
	}},
	{"EventStatus", []row{
		{until(5), "", "enum Failed|Running|Success|Warning", "3.2"},
		{since(6), "", "enum Cancelled|Failed|Running|Skipped|Success|Warning", "3.2"},
	}},

	pageLater("RestoreSession"), pageLater("RestoreSessionEvent"), pageLater("OneDrive"),
	pageLater("Folder"), pageLater("Document"),
	{"Organization", []row{
		{until(5), ".isBackedup", "boolean", "4.3"},
		{since(6), ".isBackedup", "boolean?", "4.3"},
		{until(5), ".id", "string!", "4.3" + ourRequired},
		{since(6), ".id", "string?!", "4.3" + ourRequired},
		{until(5), ".type", "string", "4.3"},
		{since(6), ".type", "OrganizationType", "4.3"},
		{until(5), ".region", "string", "4.3"},
		{since(6), ".region", "OfficeRegion", "4.3"},
		{until(5), ".firstBackuptime", "string:date-time", "4.3, 3.2"},
		{since(6), ".firstBackuptime", "string:date-time?", "4.3, 3.2"},
		{until(5), ".lastBackuptime", "string:date-time", "4.3, 3.2"},
		{since(6), ".lastBackuptime", "string:date-time?", "4.3, 3.2"},
		{between(3, 5), ".isExchangeOnline", "boolean", "4.3"},
		{since(6), ".isExchangeOnline", "boolean?", "4.3"},
		{between(3, 5), ".isSharePointOnline", "boolean", "4.3"},
		{since(6), ".isSharePointOnline", "boolean?", "4.3"},
		{until(2), ".username", "string", "4.3"},
		{since(7), ".description", "string?", "4.3"},
		{since(8), ".msid", "string:uuid?", "4.2, 4.3"},
		{since(8), ".backedUpOrganizationId", "string?", "4.2, 4.3"},
	}},
	{"Folder", item},
	{"SearchResult", sinceOf(4, item)},
	{"SearchResultPage", []row{{between(6, 7), ".totalCount", "integer:int32?", "4.2"}}},
	{"Document", slices.Concat(item, []row{
		{until(2), ".size", "integer:int64", "4.3, c9"},
		{between(3, 5), ".sizeBytes", "integer:int64", "4.3"},
		{between(6, 6), ".sizeBytes", "integer:int64!", "4.3"},
		{since(7), ".sizeBytes", "integer:int64", "4.3, 12.1"},
	})},
	{"RestoreSessionOrganization", []row{
		{since(6), ".type", "OrganizationType", "3.2"},
		{until(5), "._actions", "ActionLinks", "3.2"},
	}},
	{"SingleDocument", []row{{since(8), ".oneDriveId", "string", "4.3"}}},

	{"EmailSettings", slices.Concat(mail, []row{
		{since(8), ".authenticationType", "MailAuthentication", "1.5"},
		{since(8), ".clientId", "string", "1.5"},
		{since(8), ".tenantId", "string", "1.5"},
		{since(8), ".isAuthenticated", "boolean?", "1.5"},
		{since(6), "._links", "Links", "1.5"},
		{since(6), "._actions", "ActionLinks", "1.5"},
	})},
	{"EmailSettingsChange", slices.Concat(mail, []row{
		{until(5), ".enableNotification", "boolean", "1.5"},
		{since(6), ".enableNotification", "boolean?", "1.5"},
		{until(5), ".port", "integer:int32", "1.5"},
		{since(6), ".port", "integer:int32?", "1.5"},
		{until(5), ".useAuthentication", "boolean", "1.5"},
		{since(6), ".useAuthentication", "boolean?", "1.5"},
		{until(5), ".useSSL", "boolean", "1.5"},
		{since(6), ".useSSL", "boolean?", "1.5"},
		{since(8), ".requestId", "string?", "1.5"},
	})},
	{"DataRetrieval", []row{
		{between(6, 7), ".proxyId", "string:uuid", "16"},
	}},
	{"DataRetrievalOptions", []row{
		{between(6, 7), ".availabilityPeriodDays", "integer:int32?", "16"},
		{since(8), ".availabilityPeriodDays", "integer:int32", "16"},
	}},
	{"OneDriveData", []row{
		{since(7), ".backedUpOrganizationId", "string!", "15.4"},
		{between(7, 7), ".isDeleted", "boolean!", "15.4"},
		{since(7), ".itemType", "BackupItemType!", "15.4"},
		{between(6, 6), ".organizationId", "string!", "15.4"},
		{since(7), ".organizationId", "string:uuid?", "15.4"},
		{between(7, 7), ".proxyId", "string:uuid!", "15.4"},
		{since(7), ".repositoryId", "string:uuid!", "15.4"},
	}},
	{"OperatorExploreOptions", []row{
		{since(8), ".repositoryId", "string:uuid?", "15.2"},
	}},
	{"OwnOrganization", []row{
		{since(6), "._actions", "ActionLinks", "15.7"},
		{until(5), "._links", "Links", "15.7"},
		{since(7), ".description", "string?", "15.7"},
		{until(5), ".firstBackuptime", "string:date-time", "15.7"},
		{since(6), ".firstBackuptime", "string:date-time?", "15.7"},
		{until(5), ".lastBackuptime", "string:date-time", "15.7"},
		{since(6), ".lastBackuptime", "string:date-time?", "15.7"},
		{until(5), ".type", "string", "15.7"},
		{since(6), ".type", "OrganizationType", "15.7"},
	}},
	{"RestorePoint", []row{
		{since(8), ".eTag", "integer:int64", "15.5"},
		{since(8), ".immutabilityExpiresOn", "string:date-time?", "15.5"},
		{since(7), ".isCopy", "boolean", "15.5"},
		{since(7), ".isDeleted", "boolean", "15.5"},
		{since(8), ".objectsEtag", "integer:int64", "15.5"},
	}},
	{"ScopeType", []row{
		{between(6, 6), "", "enum Group|Site|User", "15.2"},
		{since(7), "", "enum Group|Site|Team|User", "15.2"},
	}},
	{"ScopeUser", []row{
		{since(7), ".onPremisesSid", "string", "15.2"},
	}},
	{"UsedRepository", []row{
		{since(8), ".protectedObjectsCount", "integer:int64?", "15.4"},
		{since(8), ".repositoryId", "string:uuid", "15.4"},
	}},
	{"User", []row{
		{since(8), ".assignedLicenses", "[]OfficeLicense", "15.3"},
		{since(8), ".dataLocation", "string?", "15.3"},
		{since(8), ".eTag", "integer:int64?", "15.3"},
		{until(5), ".isBackedUp", "boolean", "15.3"},
		{since(6), ".locationType", "UserLocation", "15.3"},
		{since(8), ".msid", "string:uuid?", "15.3"},
		{since(7), ".office", "string", "15.3"},
		{since(7), ".onPremisesSid", "string", "15.3"},
	}},
	{"UserData", []row{
		{since(4), ".archiveBackedUpTime", "string:date-time?", "15.4"},
		{since(7), ".backedUpOrganizationId", "string!", "15.4"},
		{between(7, 7), ".isDeleted", "boolean!", "15.4"},
		{since(7), ".itemType", "BackupItemType!", "15.4"},
		{since(4), ".mailboxBackedUpTime", "string:date-time?", "15.4"},
		{since(4), ".oneDriveBackedUpTime", "string:date-time?", "15.4"},
		{between(3, 6), ".organizationId", "string!", "15.4"},
		{since(7), ".organizationId", "string:uuid?", "15.4"},
		{since(4), ".personalSiteBackedUpTime", "string:date-time?", "15.4"},
		{between(7, 7), ".proxyId", "string:uuid!", "15.4"},
		{since(7), ".repositoryId", "string:uuid!", "15.4"},
	}},
	pageLater("User"), pageLater("UserData"),
	{"OneDriveDataPage", []row{{between(6, 7), ".totalCount", "integer:int32?", "4.2"}}},
	{"RestorePointPage", []row{{between(7, 7), ".totalCount", "integer:int32?", "4.2"}}},
	{"UsedRepositoryPage", []row{{between(6, 7), ".totalCount", "integer:int32?", "4.2"}}},
}

func TestSlices(t *testing.T) {
	t.Parallel()
	has := map[int]map[string]string{}
	for _, version := range gen.APIVersions {
		content, err := spec.Slice(fmt.Sprint("v", version))
		if err != nil {
			t.Fatal(err)
		}
		if left := mark.Find(content); left != nil {
			t.Errorf("v%d: %s is left", version, left)
		}
		d := load(t, content)
		has[version] = operationsOf(t, d)
		maps.Copy(has[version], parametersOf(t, d))
		maps.Copy(has[version], schemasOf(d))
	}
	for _, version := range gen.APIVersions {
		got := map[string]string{}
		for key, value := range has[version] {
			if differs(has, key) {
				got[key] = value
			}
		}
		if diff := cmp.Diff(expected(t, version), got); diff != "" {
			t.Errorf("v%d in the tables (-) and in the slice (+):\n%s", version, diff)
		}
	}
}

// differs reports whether versions differ in what they have under a key. Those that lack the schema of a property, or
// the operation of a parameter, do not count, and a schema goes with what refers to it.
func differs(has map[int]map[string]string, key string) bool {
	owner, _, _ := strings.Cut(key, ".")
	owner, _, _ = strings.Cut(owner, "?")
	isOperation := owner == key && strings.Contains(key, " ")
	values := map[string]bool{}
	for _, version := range has {
		if _, ok := version[owner]; ok || isOperation {
			values[version[key]] = true
		}
	}
	return len(values) > 1
}

// Each row says from where it is known, and FACTS.md says it there.
func TestSlicesAreFacts(t *testing.T) {
	t.Parallel()
	facts, err := os.ReadFile("FACTS.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range slices.Concat(operations, parameters, schemas) {
		for _, row := range table.rows {
			anchors, _, _ := strings.Cut(row.from, ";")
			for anchor := range strings.SplitSeq(anchors, ", ") {
				if !strings.Contains(string(facts), fmt.Sprintf(`<a id="%s"></a>`, anchor)) {
					t.Errorf("%s%s, %v: there is no %q in FACTS.md", table.name, row.key, row.versions, anchor)
				}
			}
		}
	}
}

// expected returns what the tables say of a version.
func expected(t *testing.T, version int) map[string]string {
	t.Helper()
	want := map[string]string{}
	for _, table := range slices.Concat(operations, parameters, schemas) {
		for _, row := range table.rows {
			if !row.versions.Has(version) {
				continue
			}
			if _, again := want[table.name+row.key]; again {
				t.Errorf("%s%s: two rows for v%d", table.name, row.key, version)
			}
			want[table.name+row.key] = row.want
		}
	}
	return want
}

// operationsOf returns the operations of a slice as the table has them. What fails answers an Error: spec/FACTS.md#6.
func operationsOf(t *testing.T, d document) map[string]string {
	t.Helper()
	got := map[string]string{}
	for path, item := range d.Paths.Map() {
		for method, operation := range item.Operations() {
			key := method + " " + path
			var answers []string
			for status, response := range sorted(operation.Responses.Map()) {
				body := bodies(response.Value.Content)
				// Only archives have described headers: 5.
				headers := strings.Join(slices.Sorted(maps.Keys(response.Value.Headers)), ", ")
				if isArchive := strings.Contains(body, "octets"); isArchive != (headers == "Content-Disposition, Content-Length") ||
					!isArchive && headers != "" {
					t.Errorf("%s: %s has the headers %q", key, status, headers)
				}
				if strings.HasPrefix(status, "2") {
					answers = append(answers, strings.TrimSpace(status+" "+body))
					continue
				}
				want := "json Error"
				switch {
				case status == "401":
					want = "" // an empty body
				case key == "POST /token" && status == "400" && d.Components.Schemas["TokenError"] != nil:
					want = "json TokenError" // 2, up to v5
				}
				if body != want {
					t.Errorf("%s: %s answers %q, want %q", key, status, body, want)
				}
			}
			request := ""
			if body := operation.RequestBody; body != nil {
				request = bodies(body.Value.Content)
				if !body.Value.Required {
					request += "?"
				}
			}
			got[key] = strings.TrimSpace(request + " -> " + strings.Join(answers, "; "))
		}
	}
	return got
}

// bodies writes media types with their schemas.
func bodies(content openapi3.Content) string {
	short := strings.NewReplacer(
		"application/json", "json", "application/x-www-form-urlencoded", "form", "application/octet-stream", "octets")
	var written []string
	for name, body := range sorted(content) {
		written = append(written, short.Replace(name)+" "+typeOf(body.Schema))
	}
	return strings.Join(written, ", ")
}

// parametersOf returns the parameters of a slice that are not in paths. Those in paths are strings, and required; only
// the number of a version is an integer: spec/FACTS.md#1.2.
func parametersOf(t *testing.T, d document) map[string]string {
	t.Helper()
	got := map[string]string{}
	for path, item := range d.Paths.Map() {
		for method, operation := range item.Operations() {
			for _, parameter := range slices.Concat(item.Parameters, operation.Parameters) {
				written := typeOf(parameter.Value.Schema)
				if parameter.Value.Required {
					written += "!"
				}
				key := method + " " + path + "?" + parameter.Value.Name
				if parameter.Value.In != "path" {
					got[key] = written
					continue
				}
				want := "string!"
				if parameter.Value.Name == "versionId" {
					want = "integer:int32!"
				}
				if written != want {
					t.Errorf("%s: %s, want %s", key, written, want)
				}
			}
		}
	}
	return got
}

// schemasOf returns the schemas of a slice and their properties as the table has them.
func schemasOf(d document) map[string]string {
	got := map[string]string{}
	for name, schema := range d.Components.Schemas {
		got[name] = typeOf(schema)
		for property, ref := range schema.Value.Properties {
			written := typeOf(ref)
			if slices.Contains(schema.Value.Required, property) {
				written += "!"
			}
			got[name+"."+property] = written
		}
	}
	return got
}

// typeOf writes a schema on one line.
func typeOf(ref *openapi3.SchemaRef) string {
	if ref.Ref != "" {
		return path.Base(ref.Ref)
	}
	schema := ref.Value
	var written string
	switch more := schema.AdditionalProperties; {
	case len(schema.OneOf) > 0:
		var branches []string
		for _, branch := range schema.OneOf {
			branches = append(branches, typeOf(branch))
		}
		written = "one of " + strings.Join(branches, ", ")
	case len(schema.Enum) > 0:
		var values []string
		for _, value := range schema.Enum {
			values = append(values, fmt.Sprint(value))
		}
		slices.Sort(values)
		written = "enum " + strings.Join(values, "|")
	case schema.Items != nil:
		written = "[]" + typeOf(schema.Items)
	case more.Schema != nil:
		written = "map of " + typeOf(more.Schema)
	case more.Has != nil && !*more.Has:
		written = "closed object"
	default:
		written = strings.Join(*schema.Type, ",")
	}
	if schema.Format != "" {
		written += ":" + schema.Format
	}
	if schema.Nullable {
		written += "?"
	}
	return written
}

var mark = regexp.MustCompile(`x-(enum-)?api-(versions|changes):`)

var address = regexp.MustCompile(`(?:href|uri): '?(\S*localhost\S*|/v\d+/\S*?)'?\n`)

// Addresses in examples are those that the version answers (spec/FACTS.md#4.2), and so is the name of the root
// (spec/FACTS.md#4.1).
func TestSliceAddresses(t *testing.T) {
	t.Parallel()
	for _, number := range gen.APIVersions {
		version := fmt.Sprint("v", number)
		content, err := spec.Slice(version)
		if err != nil {
			t.Fatal(err)
		}
		start, root, other := "https://localhost:4443/"+version+"/", "null", "root"
		if number >= 6 {
			start = "/" + version + "/"
		}
		if number >= 7 {
			root, other = other, root
		}
		found := address.FindAllSubmatch(content, -1)
		if len(found) == 0 {
			t.Errorf("%s: no addresses", version)
		}
		for _, match := range found {
			href := string(match[1])
			if !strings.HasPrefix(href, start) || strings.HasSuffix(href, "parentId="+other) ||
				number >= 6 && strings.HasSuffix(href, "/action") {
				t.Errorf("%s: %s", version, href)
			}
		}
		d := load(t, content)
		if got := d.Components.Parameters["parentId"].Value.Example; got != root {
			t.Errorf("%s: the example of parentId is %v, want %s", version, got, root)
		}
	}
}
