package spec_test

import (
	"fmt"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/vbo365/vbo365-go/spec"
)

// The tables below say, written by hand, what is known of each API version. Each slice must have exactly that: what is
// missing fails, and so does what is there besides.

// row says what versions ("v2-v5", "v8") have under a key. from is where that is known from: the anchors of FACTS.md,
// separated by commas, and after a semicolon what the document says otherwise on purpose.
type row struct{ versions, key, want, from string }

// table is rows whose keys begin with the same name.
type table struct {
	name string
	rows []row
}

const (
	oneSpelling = "; one spelling of paths for all versions"
	opaque      = "; ids are plain strings"
	plainTimes  = "; times are plain strings, because their forms differ"
	ourRequired = "; what is required is our choice"
	lowerCase   = "; lower case up to v5"
	allVersions = "v2-v8"
	grantJWT    = "urn:ietf:params:oauth:grant-type:jwt-bearer"
)

// operations: method and path, then the request -> the successful answers. json, form and octets stand for
// application/json, application/x-www-form-urlencoded and application/octet-stream; a status alone has no body.
var operations = []table{
	{"", []row{
		{"v2-v5", "POST /token", "form TokenRequest -> 200 json Token", "2"},
		{"v6-v8", "POST /token", "json TokenRequest, form TokenRequest -> 200 json Token", "2"},
		{"v6-v8", "GET /ServiceInstance", "-> 200 json ServiceInstance", "1.1"},
		{"v2-v7", "GET /Organizations", "-> 200 json []Organization", "4.2"},
		{"v8", "GET /Organizations", "-> 200 json OrganizationPage", "4.2"},
		{allVersions, "GET /Organizations/{organizationId}", "-> 200 json Organization", "4.3"},
		{"v2-v5", "POST /Organizations/{organizationId}/Action", "json OrganizationAction -> 201 json RestoreSession", "3.1"},
		{"v2-v5", "POST /Organization/Action", "json OrganizationAction -> 201 json RestoreSession", "3.1"},
		{"v6-v7", "POST /Organizations/{organizationId}/explore", "json ExploreOptions -> 200 json RestoreSession", "3.1"},
		{"v8", "POST /Organizations/{organizationId}/explore", "json ExploreOptions -> 201 json RestoreSession", "3.1"},
		{"v6-v7", "POST /Organization/explore", "json ExploreOptions -> 200 json RestoreSession", "3.1" + oneSpelling},
		{"v8", "POST /Organization/explore", "json ExploreOptions -> 201 json RestoreSession", "3.1" + oneSpelling},
		{allVersions, "GET /RestoreSessions", "-> 200 json RestoreSessionPage", "3.2"},
		// spec/FACTS.md#1.5, #c14: v2 mails with the settings of the explorer for SharePoint, later ones with its own.
		{allVersions, "GET /VESPEmailSettings", "-> 200 json EmailSettings", "1.5" + oneSpelling},
		{"v2-v7", "PUT /VESPEmailSettings", "json EmailSettingsChange -> 200", "1.5, 6"},
		{"v8", "PUT /VESPEmailSettings", "json EmailSettingsChange -> 204", "1.5, 6"},
		{"v3-v8", "GET /VEODEmailSettings", "-> 200 json EmailSettings", "1.5" + oneSpelling},
		{"v3-v7", "PUT /VEODEmailSettings", "json EmailSettingsChange -> 200", "1.5, 6"},
		{"v8", "PUT /VEODEmailSettings", "json EmailSettingsChange -> 204", "1.5, 6"},
	}},
	{"GET /RestoreSessions/{restoreSessionId}", []row{
		{allVersions, "", "-> 200 json RestoreSession", "3.2"},
		{"v8", "/Statistics", "-> 200 json RestoreSessionStatistics", "3.4"},
		{allVersions, "/Events", "-> 200 json RestoreSessionEventPage", "3.2"},
		{allVersions, "/Events/{eventId}", "-> 200 json RestoreSessionEvent", "3.2"},
		{allVersions, "/Organization", "-> 200 json Organization", "3.2"},
		{allVersions, "/Organization/OneDrives", "-> 200 json OneDrivePage", "4.2"},
		{allVersions, "/Organization/OneDrives/{oneDriveId}", "-> 200 json OneDrive", "4.3"},
	}},
	{"POST /RestoreSessions/{restoreSessionId}", []row{
		{"v2-v5", "/Action", "json RestoreSessionAction -> 200", "3.2"},
		{"v6-v7", "/Stop", "-> 200", "3.2"},
		{"v8", "/Stop", "-> 204", "3.2"},
		{"v4-v8", "/Organization/restoreDeviceCode", "json RestoreDeviceCodeOptions -> 200 json RestoreDeviceCode", "2" + oneSpelling},
	}},
	{"GET /RestoreSessions/{restoreSessionId}/Organization/OneDrives/{oneDriveId}", []row{
		{allVersions, "/Documents", "-> 200 json DocumentPage", "4.2"},
		{allVersions, "/Documents/{documentId}", "-> 200 json Document", "4.3"},
		{allVersions, "/Folders", "-> 200 json FolderPage", "4.2"},
		{allVersions, "/Folders/{folderId}", "-> 200 json Folder", "4.3"},
		{"v6-v8", "/Folders/{folderId}/Versions", "-> 200 json FolderPage", "1.2"},
		{"v6-v8", "/Folders/{folderId}/Versions/{versionId}", "-> 200 json Folder", "1.2"},
	}},
	{"POST /RestoreSessions/{restoreSessionId}/Organization/OneDrives/{oneDriveId}/Folders", []row{
		{"v2-v5", "/Action", "json OneDriveFoldersAction -> 200 json RestoreStatistics, octets string:binary", "1.2, 1.9" + oneSpelling},
		{"v6-v8", "/restore", "json RestoreFoldersOptions -> 200 json RestoreAnswer", "1.2, 1.9"},
		{"v6-v8", "/copyTo", "json CopyFoldersOptions -> 200 json RestoreAnswer", "1.2, 1.9"},
		{"v6-v8", "/save", "json SaveFoldersOptions -> 200 octets string:binary", "1.2, 1.7, 1.9"},
		{"v6-v7", "/send", "json SendFoldersOptions -> 200", "1.2, 1.9"},
		{"v8", "/send", "json SendFoldersOptions -> 204", "1.2, 1.9"},
	}},
	{"POST /RestoreSessions/{restoreSessionId}/Organization/OneDrives/{oneDriveId}/Folders/{folderId}", []row{
		{"v2-v5", "/Action", "json OneDriveFolderAction -> 200 json RestoreStatistics, octets string:binary", "1.2, 1.9" + oneSpelling},
		{"v6-v8", "/restore", "json RestoreToOriginalLocationOptions -> 200 json RestoreAnswer", "1.2, 1.9"},
		{"v6-v8", "/copyTo", "json CopyToOptions -> 200 json RestoreAnswer", "1.2, 1.9"},
		{"v6-v8", "/save", "-> 200 octets string:binary", "1.2, 1.7, 1.9"},
		{"v6-v7", "/send", "json SendToOptions -> 200", "1.2, 1.9"},
		{"v8", "/send", "json SendToOptions -> 204", "1.2, 1.9"},
		{"v6-v8", "/Versions/{versionId}/restore", "json RestoreToOriginalLocationOptions -> 200 json RestoreAnswer", "1.2, 1.9"},
		{"v6-v8", "/Versions/{versionId}/copyTo", "json CopyToOptions -> 200 json RestoreAnswer", "1.2, 1.9"},
		{"v6-v8", "/Versions/{versionId}/save", "-> 200 octets string:binary", "1.2, 1.7, 1.9"},
		{"v6-v7", "/Versions/{versionId}/send", "json SendToOptions -> 200", "1.2, 1.9"},
		{"v8", "/Versions/{versionId}/send", "json SendToOptions -> 204", "1.2, 1.9"},
	}},
}

// parameters: where it is, its name, then its type. Those of paths are the same everywhere. offset is 64 bits wide here,
// because nothing is known against it.
var parameters = []table{
	{"GET /Organizations", []row{
		{"v6", " extendedView", "boolean!", "4.2"},
		{"v7-v8", " extendedView", "boolean", "4.2"},
		{"v8", " msid", "string:uuid", "4.2"},
		{"v8", " backedUpOrganizationId", "string", "4.2"},
		{"v8", " limit", "integer:int32", "4.2"},
		{"v8", " offset", "integer:int64", "4.2"},
		{"v6", "/{organizationId} extendedView", "boolean!", "4.2"},
		{"v7-v8", "/{organizationId} extendedView", "boolean", "4.2"},
	}},
	{"GET /RestoreSessions", []row{
		{allVersions, " limit", "integer:int32", "4.2"},
		{allVersions, " offset", "integer:int64", "4.2"},
		{"v6-v8", " startTimeFrom", "string:date-time", "3.2"},
		{"v6-v8", " startTimeTo", "string:date-time", "3.2"},
		{"v8", " endTimeFrom", "string:date-time", "3.2"},
		{"v8", " endTimeTo", "string:date-time", "3.2"},
		{"v8", " orderBy", "RestoreSessionOrder", "3.2"},
		{"v8", " orderAsc", "boolean", "3.2"},
		{allVersions, "/{restoreSessionId}/Events limit", "integer:int32", "4.2"},
		{allVersions, "/{restoreSessionId}/Events offset", "integer:int64", "4.2"},
		{allVersions, "/{restoreSessionId}/Organization/OneDrives limit", "integer:int32", "4.2"},
		{allVersions, "/{restoreSessionId}/Organization/OneDrives offset", "integer:int64", "4.2"},
	}},
	{"GET /RestoreSessions/{restoreSessionId}/Organization/OneDrives/{oneDriveId}", []row{
		{allVersions, "/Documents parentId", "string", "4.1"},
		{allVersions, "/Documents limit", "integer:int32", "4.2"},
		{allVersions, "/Documents offset", "integer:int64", "4.2"},
		{"v8", "/Documents includeFolders", "boolean", "4.3"},
		{allVersions, "/Folders parentId", "string", "4.1"},
		{allVersions, "/Folders limit", "integer:int32", "4.2"},
		{allVersions, "/Folders offset", "integer:int64", "4.2"},
		{"v6-v8", "/Folders/{folderId} versionId", "integer:int32", "4.3"},
		{"v6-v8", "/Folders/{folderId}/Versions limit", "integer:int32", "4.2"},
		{"v6-v8", "/Folders/{folderId}/Versions offset", "integer:int64", "4.2"},
	}},
}

// Parts of tables that several schemas share.
var (
	credentials = []row{
		{allVersions, ".userName", "string", "1.4, 1.6"},
		{allVersions, ".userPassword", "string:password", "1.4, 1.6"},
		{"v4-v8", ".userCode", "string", "1.4; for a copy in v4 and v5 inferred, 1.6"},
		{"v4-v5", ".applicationId", "string:uuid", "1.4"},
		{"v6-v8", ".applicationId", "string:uuid?", "1.4"},
		{"v4-v8", ".applicationCertificate", "string", "1.4"},
		{"v4-v8", ".applicationCertificatePassword", "string:password", "1.4"},
		{"v5-v8", ".officeRegion", "OfficeRegion", "1.4; not confirmed for v5"},
		{"v5-v8", ".organizationName", "string", "1.4; not confirmed for v5"},
	}
	restore = slices.Concat([]row{{allVersions, "", "object", "1.4"}}, credentials, []row{
		{"v2-v5", ".documentVersion", "DocumentVersion", "1.4"},
		{allVersions, ".documentAction", "DocumentAction", "1.4"},
	})
	send = []row{
		{allVersions, "", "object", "1.5"},
		{allVersions, ".from", "string", "1.5"},
		{allVersions, ".to", "string", "1.5"},
		{allVersions, ".subject", "string", "1.5"},
		{allVersions, ".text", "string", "1.5"},
		{"v6-v8", ".skipItemChecks", "boolean", "1.5"},
	}
	copyTo = slices.Concat([]row{{allVersions, "", "object", "1.6"}}, credentials, []row{
		{allVersions, ".oneDrive", "OneDrive", "1.6, c10"},
		{allVersions, ".folder", "string", "1.6, c11"},
		{"v2-v5", ".changedItems", "boolean", "1.6"},
		{"v6-v8", ".changedItems", "boolean?", "1.6"},
		{"v2-v5", ".deletedItems", "boolean", "1.6"},
		{"v6-v8", ".deletedItems", "boolean?", "1.6"},
		{"v2-v5", ".restorePermissions", "boolean", "1.6"},
		{"v6-v7", ".restorePermissions", "boolean?", "1.6"},
		{"v8", ".restorePermissions", "boolean", "1.6"},
		{"v6-v8", ".sendSharedLinksNotification", "boolean?", "1.6"},
		{allVersions, ".documentVersion", "DocumentVersion", "1.6"},
		{allVersions, ".documentLastVersionAction", "DocumentLastVersionAction", "1.6"},
	})
	folders = []row{
		{"v3-v8", ".folders", "[]FolderReference", "1.8, c13; sent from v3 on; only the ids count"},
	}
	numbers = []row{
		{"v2-v7", ".totalItemsCount", "integer:int64", "1.9"},
		{"v2-v7", ".restoredItemsCount", "integer:int32", "1.9"},
		{"v2-v7", ".failedItemsCount", "integer:int32", "1.9"},
		{"v2-v7", ".skippedItemsByErrorCount", "integer:int64", "1.9"},
		{"v2-v7", ".skippedItemsByNoChangesCount", "integer:int64", "1.9"},
		{"v2-v7", ".failedRestrictionsCount", "integer:int64?", "1.9"},
		{"v2-v7", ".restoreIssues", "[]RestoreIssue", "1.9"},
	}
	item = []row{
		{allVersions, "", "object", "4.3"},
		{allVersions, ".id", "string!", "4.3"},
		{allVersions, ".name", "string!", "4.3"},
		{"v2-v5", ".createdBy", "string", "4.3"},
		{"v6-v8", ".createdBy", "string!", "4.3, 1.8"},
		{"v2-v5", ".creationTime", "string", "4.3" + plainTimes},
		{"v6-v8", ".creationTime", "string!", "4.3, 1.8" + plainTimes},
		{"v2-v5", ".modifiedBy", "string", "4.3"},
		{"v6-v8", ".modifiedBy", "string!", "4.3, 1.8"},
		{"v2-v5", ".modificationTime", "string", "4.3" + plainTimes},
		{"v6-v8", ".modificationTime", "string!", "4.3, 1.8" + plainTimes},
		{allVersions, ".version", "string", "4.3, c8"},
		{"v6-v8", ".versionId", "integer:int32?", "4.3"},
		{"v7-v8", ".isFolder", "boolean", "4.3"},
		{"v8", ".oneDriveId", "string", "4.3"},
		{allVersions, "._links", "Links", "4.3"},
	}
	mail = []row{
		{allVersions, "", "object", "1.5; up to v5 the properties are our choice"},
		{allVersions, ".server", "string", "1.5"},
		{allVersions, ".from", "string", "1.5"},
		{allVersions, ".username", "string", "1.5"},
		{"v8", ".userId", "string", "1.5"},
		{"v8", ".mailApiUrl", "string?", "1.5"},
	}
)

// page returns what the pages of a list have.
func page(of, versions string) table {
	return table{of + "Page", []row{
		{versions, "", "object", "4.2"},
		{versions, ".offset", "integer:int64!", "4.2"},
		{versions, ".limit", "integer:int32!", "4.2"},
		{versions, ".results", "[]" + of + "!", "4.2"},
		{versions, "._links", "Links", "4.2"},
	}}
}

// pageLater returns what the pages of a list have in v6 and later besides.
func pageLater(of string) table {
	return table{of + "Page", []row{
		{"v6-v8", ".setId", "string:uuid", "4.2"},
		{"v6-v7", ".totalCount", "integer:int32?", "4.2"},
	}}
}

// wrapper returns the body that names an action and holds its options.
func wrapper(name, action, options string) table {
	return table{name, []row{
		{"v2-v5", "", "closed object", "1.3"},
		{"v2-v5", "." + action, options + "!", "1.3"},
	}}
}

// schemas: a schema or a property of one, then its type: ! is required, ? is nullable, closed forbids other properties.
var schemas = []table{
	{"GrantType", []row{
		{"v2-v3", "", "enum password|refresh_token", "2"},
		{"v4-v5", "", "enum password|refresh_token|" + grantJWT, "2"},
		{"v6-v7", "", "enum integration|operator|password|refresh_token|" + grantJWT, "2"},
		{"v8", "", "enum operator|password|refresh_token|" + grantJWT, "2"},
	}},
	{"TokenRequest", []row{
		{allVersions, "", "object", "2"},
		{allVersions, ".grant_type", "GrantType!", "2"},
		{allVersions, ".username", "string", "2"},
		{allVersions, ".password", "string:password", "2"},
		{allVersions, ".refresh_token", "string", "2"},
		{"v4-v8", ".client_id", "string", "2"},
		{"v4-v8", ".assertion", "string", "2"},
		{"v6-v7", ".integration_token", "string:password", "2"},
		{"v7-v8", ".disable_antiforgery_token", "boolean?", "2"},
	}},
	{"Token", []row{
		{allVersions, "", "object", "2"},
		{allVersions, ".access_token", "string!", "2"},
		{"v2-v5", ".refresh_token", "string", "2" + ourRequired},
		{"v6-v8", ".refresh_token", "string!", "2"},
		{allVersions, ".token_type", "string!", "2"},
		{allVersions, ".expires_in", "integer:int64!", "2"},
		{"v2-v5", ".userName", "string", "2" + ourRequired},
		{"v6-v7", ".userName", "string!", "2"},
		{"v8", ".userName", "string", "2"},
		{"v2-v5", "..issued", "string:date-time", "2" + ourRequired},
		{"v6-v8", "..issued", "string:date-time!", "2"},
		{"v2-v5", "..expires", "string:date-time", "2" + ourRequired},
		{"v6-v8", "..expires", "string:date-time!", "2"},
	}},
	{"TokenError", []row{
		{"v2-v5", "", "object", "2, c15"},
		{"v2-v5", ".error", "string!", "2"},
		{"v2-v5", ".error_description", "string", "2"},
	}},
	{"Error", []row{
		{allVersions, "", "object", "6"},
		{allVersions, ".message", "string!", "6" + ourRequired},
		{"v7-v8", ".errorCode", "ErrorCode", "6"},
		{"v8", ".stackTrace", "string?", "6"},
	}},
	{"ErrorCode", []row{
		{"v7", "", "enum ProxyOffline?", "6"},
		{"v8", "", "enum HttpError|OperationConflict|OrganizationTransfer|OutdatedChangeToken|ParameterValidationFailure|ProxyOffline|" +
			"RepositoryOwnerChangeTooManyLinks|ResourceAccessDenied|ResourceNotFound|Timeout?", "6"},
	}},
	{"ServiceInstance", []row{
		{"v6-v8", "", "object", "1.1"},
		{"v6-v8", ".installationId", "string:uuid", "1.1"},
		{"v6-v8", ".version", "string", "1.1"},
	}},
	{"RestoreDeviceCodeOptions", []row{
		{"v4-v8", "", "object", "2"},
		{"v4-v5", ".targetApplicationId", "string:uuid", "2"},
		{"v6-v8", ".targetApplicationId", "string:uuid?", "2"},
		{"v4-v8", ".targetOrganizationName", "string", "2"},
		{"v4-v8", ".targetRegion", "OfficeRegion", "2"},
	}},
	{"RestoreDeviceCode", []row{
		{"v4-v8", "", "object", "2"},
		{"v4-v8", ".userCode", "string", "2"},
		{"v4-v8", ".verificationUrl", "string", "2"},
		{"v4-v8", ".expiresIn", "integer:int64", "2"},
		{"v4-v8", ".message", "string", "2"},
	}},

	{"OneDriveFolderAction", []row{
		{"v2-v5", "", "one of RestoreToOriginalLocationAction, SendToAction, CopyToAction, SaveAction", "1.3"},
	}},
	wrapper("RestoreToOriginalLocationAction", "restoreToOriginalLocation", "RestoreToOriginalLocationOptions"),
	wrapper("SendToAction", "sendTo", "SendToOptions"),
	wrapper("CopyToAction", "copyTo", "CopyToOptions"),
	wrapper("SaveAction", "save", "SaveOptions"),
	{"OneDriveFoldersAction", []row{
		{"v2-v5", "", "one of RestoreFoldersAction, SendFoldersAction, CopyFoldersAction, SaveFoldersAction", "1.3"},
	}},
	wrapper("RestoreFoldersAction", "restoreToOriginalLocation", "RestoreFoldersOptions"),
	wrapper("SendFoldersAction", "sendTo", "SendFoldersOptions"),
	wrapper("CopyFoldersAction", "copyTo", "CopyFoldersOptions"),
	wrapper("SaveFoldersAction", "save", "SaveFoldersOptions"),
	{"RestoreToOriginalLocationOptions", restore},
	{"RestoreFoldersOptions", slices.Concat(restore, folders)},
	{"SendToOptions", send},
	{"SendFoldersOptions", slices.Concat(send, folders)},
	{"CopyToOptions", copyTo},
	{"CopyFoldersOptions", slices.Concat(copyTo, folders)},
	{"SaveOptions", []row{
		{"v2-v5", "", "closed object?", "1.7"},
		{"v2-v5", ".asZip", "boolean", "1.7"},
	}},
	{"SaveFoldersOptions", slices.Concat(folders, []row{
		{allVersions, "", "closed object", "1.7"},
		{"v2-v5", ".asZip", "boolean", "1.7"},
	})},
	{"FolderReference", []row{
		{"v3-v8", "", "object", "1.8"},
		{"v3-v8", ".id", "string!", "1.8"},
	}},
	{"DocumentVersion", []row{
		{"v2-v5", "", "enum all|last", "1.4, 1.6" + lowerCase},
		{"v6-v8", "", "enum All|Last?", "1.6"},
	}},
	{"DocumentAction", []row{
		{"v2-v5", "", "enum keep|overwrite", "1.4"},
		{"v6-v8", "", "enum Keep|Overwrite?", "1.4"},
	}},
	{"DocumentLastVersionAction", []row{
		{"v2-v5", "", "enum merge|overwrite", "1.6" + lowerCase},
		{"v6-v8", "", "enum Merge|Overwrite?", "1.6"},
	}},
	{"OfficeRegion", []row{
		{"v4-v5", "", "enum China|Germany|USDefence|USGovernment|Worldwide", "1.4, 2"},
		{"v6-v8", "", "enum China|Germany|USDefence|USGovernment|Worldwide?", "1.4, 2"},
	}},

	{"RestoreStatistics", slices.Concat([]row{{"v2-v5", "", "object", "1.9, c1"}}, only("v2-v5", numbers))},
	{"RestoreAnswer", slices.Concat([]row{
		{"v6-v8", "", "object", "1.9"},
		{"v8", ".sessionId", "string!", "1.9" + opaque},
	}, only("v6-v7", numbers))},
	{"RestoreIssue", []row{
		{"v2-v7", "", "object", "1.9"},
		{"v2-v7", ".id", "string", "1.9" + opaque},
		{"v2-v7", ".path", "string", "1.9"},
		{"v2-v7", ".title", "string", "1.9"},
		{"v2-v7", ".type", "RestoreIssueType", "1.9"},
		{"v2-v7", ".warnings", "[]string", "1.9"},
		{"v2-v7", ".error", "string", "1.9"},
	}},
	{"RestoreIssueType", []row{{"v2-v7", "", "enum Item|List|Site", "1.9"}}},
	{"RestoreSessionStatistics", []row{
		{"v8", "", "object", "3.4"},
		{"v8", ".totalItemsCount", "integer:int64!", "3.4"},
		{"v8", ".restoredItemsCount", "integer:int64!", "3.4"},
		{"v8", ".failedItemsCount", "integer:int64!", "3.4"},
		{"v8", ".skippedItemsCount", "integer:int64!", "3.4"},
		{"v8", ".warnings", "[]string", "3.4"},
		{"v8", ".errors", "[]string", "3.4"},
		{"v8", ".items", "[]RestoredItem!", "3.4"},
	}},
	{"RestoredItem", []row{
		{"v8", "", "object", "3.4; what BulkMailbox has of its own is left out"},
		{"v8", ".itemRestoreDetailsType", "RestoredItemKind!", "3.4"},
		{"v8", ".id", "string", "3.4"},
		{"v8", ".title", "string", "3.4"},
		{"v8", ".name", "string", "3.4"},
		{"v8", ".itemType", "string", "3.4"},
		{"v8", ".status", "RestoredItemStatus", "3.4"},
		{"v8", ".path", "string", "3.4"},
		{"v8", ".error", "string", "3.4"},
		{"v8", ".warnings", "[]string", "3.4"},
		{"v8", ".childItems", "[]RestoredItem", "3.4"},
		{"v8", ".oneDriveWebId", "string", "3.4" + opaque},
		{"v8", ".oneDriveSiteId", "string", "3.4" + opaque},
		{"v8", ".oneDriveUrl", "string", "3.4"},
	}},
	{"RestoredItemKind", []row{{"v8", "", "enum BulkMailbox|BulkOneDrive|Item", "3.4"}}},
	{"RestoredItemStatus", []row{{"v8", "", "enum Failed|Skipped|Success|Warning", "3.4"}}},

	{"OrganizationAction", []row{
		{"v2-v5", "", "closed object", "3.1"},
		{"v2-v5", ".explore", "ExploreOptions!", "3.1"},
	}},
	{"ExploreOptions", []row{
		{allVersions, "", "object", "3.1"},
		{"v2-v5", ".datetime", "string", "3.1"},
		{"v6-v8", ".datetime", "string:date-time?", "3.1; the name is that of the older documents"},
		{allVersions, ".type", "RestoreSessionType", "3.1"},
		{"v3-v5", ".showDeleted", "boolean", "3.1"},
		{"v6-v8", ".showDeleted", "boolean?", "3.1"},
		{"v3-v5", ".showAllVersions", "boolean", "3.1"},
		{"v6-v8", ".showAllVersions", "boolean?", "3.1"},
		{"v8", ".repositoryId", "string:uuid?", "3.1"},
	}},
	{"RestoreSessionType", []row{
		{"v2-v4", "", "enum veod|vesp|vex", "3.1" + lowerCase},
		{"v5", "", "enum veod|vesp|vet|vex", "3.1" + lowerCase},
		{"v6-v8", "", "enum Veod|Vesp|Vet|Vex?", "3.1"},
	}},
	{"RestoreSession", []row{
		{allVersions, "", "object", "3.1"},
		{allVersions, ".id", "string!", "3.1" + opaque},
		{allVersions, ".name", "string", "3.1"},
		{allVersions, ".organization", "string", "3.1"},
		{"v2-v5", ".type", "string", "3.1; a capital letter in answers of all versions"},
		{"v6-v8", ".type", "string!", "3.1"},
		{"v2-v5", ".creationTime", "string", "3.1" + plainTimes},
		{"v6-v8", ".creationTime", "string!", "3.1" + plainTimes},
		{allVersions, ".endTime", "string?", "3.1" + plainTimes},
		{allVersions, ".state", "RestoreSessionState!", "3.1"},
		{"v2-v5", ".result", "RestoreSessionResult", "3.1; may be missing"},
		{"v6-v8", ".result", "RestoreSessionResult!", "3.1"},
		{allVersions, ".initiatedBy", "string", "3.1"},
		{allVersions, ".details", "string", "3.1"},
		{allVersions, ".scopeName", "string", "3.1"},
		{allVersions, ".clientHost", "string", "3.1"},
		{"v6-v8", ".reason", "string", "3.1"},
		{"v8", ".eTag", "integer:int64", "3.1"},
		{allVersions, "._links", "Links", "3.1"},
	}},
	{"RestoreSessionState", []row{
		{"v2-v5", "", "enum Starting|Stopped|Stopping|Working", "3.1; for v4 and v5 inferred"},
		{"v6-v8", "", "enum Stopped|Working", "3.1"},
	}},
	{"RestoreSessionResult", []row{{allVersions, "", "enum Failed|Success|Warning", "3.1"}}},
	{"RestoreSessionOrder", []row{{"v8", "", "enum CreationTime|EndTime", "3.2"}}},
	{"RestoreSessionAction", []row{
		{"v2-v5", "", "closed object", "3.2"},
		{"v2-v5", ".stop", "StopOptions!", "3.2"},
	}},
	{"StopOptions", []row{{"v2-v5", "", "closed object?", "3.2"}}},
	{"RestoreSessionEvent", []row{
		{allVersions, "", "object", "3.2"},
		{allVersions, ".id", "string!", "3.2" + opaque},
		{allVersions, ".type", "EventType", "3.2"},
		{"v2-v5", ".status", "EventStatus", "3.2"},
		{"v6-v8", ".status", "EventStatus!", "3.2"},
		{"v2-v5", ".startTime", "string", "3.2" + plainTimes},
		{"v6-v8", ".startTime", "string!", "3.2" + plainTimes},
		{allVersions, ".endTime", "string?", "3.2" + plainTimes},
		{allVersions, ".duration", "string", "3.2"},
		{allVersions, ".title", "string", "3.2"},
		{"v2-v5", ".message", "string", "3.2"},
		{"v6-v8", ".message", "string!", "3.2"},
		{"v2-v5", ".order", "integer:int32", "3.2"},
		{"v6-v8", ".order", "integer:int32!", "3.2"},
		{"v3-v8", ".itemName", "string", "3.2"},
		{"v3-v8", ".itemType", "string", "3.2"},
		{"v3-v8", ".itemSizeBytes", "integer:int64", "3.2"},
		{"v3-v8", ".source", "string", "3.2"},
		{"v3-v8", ".target", "string", "3.2"},
		{"v8", ".organizationId", "string:uuid?", "3.2"},
		{"v8", ".backedUpOrganizationId", "string?", "3.2"},
		{"v8", ".userId", "string?", "3.2"},
		{"v8", ".groupId", "string?", "3.2"},
		{"v8", ".siteId", "string?", "3.2"},
		{"v8", ".teamId", "string:uuid?", "3.2"},
	}},
	{"EventType", []row{{allVersions, "", "enum Export|None|Restore|Save|Send|View", "3.2"}}},
	{"EventStatus", []row{
		{"v2-v5", "", "enum Failed|Running|Success|Warning", "3.2"},
		{"v6-v8", "", "enum Cancelled|Failed|Running|Skipped|Success|Warning", "3.2"},
	}},

	page("RestoreSession", allVersions), pageLater("RestoreSession"),
	page("RestoreSessionEvent", allVersions), pageLater("RestoreSessionEvent"),
	page("OneDrive", allVersions), pageLater("OneDrive"),
	page("Folder", allVersions), pageLater("Folder"),
	page("Document", allVersions), pageLater("Document"),
	page("Organization", "v8"),
	{"OrganizationPage", []row{{"v8", ".setId", "string:uuid", "4.2"}}},
	{"Organization", []row{
		{allVersions, "", "object", "4.3"},
		{allVersions, ".id", "string!", "4.3" + opaque + ourRequired},
		{allVersions, ".name", "string!", "4.3" + ourRequired},
		{allVersions, ".type", "string", "4.3"},
		{allVersions, ".region", "string", "4.3"},
		{"v2-v5", ".isBackedup", "boolean", "4.3"},
		{"v6-v8", ".isBackedup", "boolean?", "4.3"},
		{"v2-v5", ".firstBackuptime", "string", "4.3" + plainTimes},
		{"v6-v8", ".firstBackuptime", "string?", "4.3" + plainTimes},
		{"v2-v5", ".lastBackuptime", "string", "4.3" + plainTimes},
		{"v6-v8", ".lastBackuptime", "string?", "4.3" + plainTimes},
		{allVersions, ".officeName", "string", "4.3"},
		{"v3-v5", ".isExchangeOnline", "boolean", "4.3"},
		{"v6-v8", ".isExchangeOnline", "boolean?", "4.3"},
		{"v3-v5", ".isSharePointOnline", "boolean", "4.3"},
		{"v6-v8", ".isSharePointOnline", "boolean?", "4.3"},
		{"v2", ".username", "string", "4.3"},
		{"v7-v8", ".description", "string?", "4.3"},
		{"v8", ".msid", "string:uuid?", "4.2, 4.3"},
		{"v8", ".backedUpOrganizationId", "string?", "4.2, 4.3"},
		{allVersions, "._links", "Links", "4.3"},
		{allVersions, "._actions", "ActionLinks", "4.3, 3.2"},
	}},
	{"OneDrive", []row{
		{allVersions, "", "object", "4.3, 1.6"},
		{allVersions, ".id", "string", "4.3, 4.4"},
		{allVersions, ".name", "string", "4.3"},
		{allVersions, ".url", "string", "4.3"},
		{allVersions, "._links", "Links", "4.3"},
	}},
	{"Folder", item},
	{"Document", slices.Concat(item, []row{
		{"v2", ".size", "integer:int64", "4.3, c9"},
		{"v3-v5", ".sizeBytes", "integer:int64", "4.3"},
		{"v6-v7", ".sizeBytes", "integer:int64!", "4.3"},
		{"v8", ".sizeBytes", "integer:int64", "4.3; the folders that a list of v8 may have, too, need none"},
		{allVersions, ".inheritedPermissions", "boolean", "4.3"},
	})},
	{"Link", []row{{allVersions, "", "object", "4.2"}, {allVersions, ".href", "string!", "4.2"}}},
	{"Links", []row{{allVersions, "", "map of Link", "4.2, 4.3"}}},
	{"ActionLinks", []row{{allVersions, "", "map of ActionLink", "3.2"}}},
	{"ActionLink", []row{
		{allVersions, "", "object", "3.2"},
		{allVersions, ".uri", "string", "3.2"},
		{allVersions, ".method", "string", "3.2"},
	}},

	{"EmailSettings", slices.Concat(mail, []row{
		{allVersions, ".enableNotification", "boolean", "1.5"},
		{allVersions, ".port", "integer:int32", "1.5"},
		{allVersions, ".useAuthentication", "boolean", "1.5"},
		{allVersions, ".useSSL", "boolean", "1.5"},
		{"v8", ".authenticationType", "MailAuthentication", "1.5"},
		{"v8", ".clientId", "string", "1.5"},
		{"v8", ".tenantId", "string", "1.5"},
		{"v8", ".isAuthenticated", "boolean?", "1.5"},
	})},
	{"EmailSettingsChange", slices.Concat(mail, []row{
		{allVersions, ".userPassword", "string:password", "1.5"},
		{"v2-v5", ".enableNotification", "boolean", "1.5"},
		{"v6-v8", ".enableNotification", "boolean?", "1.5"},
		{"v2-v5", ".port", "integer:int32", "1.5"},
		{"v6-v8", ".port", "integer:int32?", "1.5"},
		{"v2-v5", ".useAuthentication", "boolean", "1.5"},
		{"v6-v8", ".useAuthentication", "boolean?", "1.5"},
		{"v2-v5", ".useSSL", "boolean", "1.5"},
		{"v6-v8", ".useSSL", "boolean?", "1.5"},
		{"v8", ".requestId", "string?", "1.5"},
	})},
	{"MailAuthentication", []row{{"v8", "", "enum CustomSmtp|GoogleGmail|Microsoft365", "1.5"}}},
}

// only returns rows for some of the versions that they are for.
func only(versions string, rows []row) []row {
	rows = slices.Clone(rows)
	for i := range rows {
		rows[i].versions = versions
	}
	return rows
}

func TestSlices(t *testing.T) {
	t.Parallel()
	for version := 2; version <= 8; version++ {
		t.Run(fmt.Sprint("v", version), func(t *testing.T) {
			t.Parallel()
			content, err := spec.Slice(fmt.Sprint("v", version))
			if err != nil {
				t.Fatal(err)
			}
			if left := mark.Find(content); left != nil {
				t.Errorf("%s is left", left)
			}
			d := load(t, content)
			for _, part := range []struct {
				name   string
				tables []table
				got    map[string]string
			}{
				{"operations", operations, operationsOf(t, d)},
				{"parameters", parameters, parametersOf(t, d)},
				{"schemas", schemas, schemasOf(d)},
			} {
				if diff := cmp.Diff(expected(t, part.tables, version), part.got); diff != "" {
					t.Errorf("%s of the table (-) and of the slice (+):\n%s", part.name, diff)
				}
			}
		})
	}
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
					t.Errorf("%s%s, %s: there is no %q in FACTS.md", table.name, row.key, row.versions, anchor)
				}
			}
		}
	}
}

// expected returns what the rows of tables say of a version.
func expected(t *testing.T, tables []table, version int) map[string]string {
	t.Helper()
	want := map[string]string{}
	for _, table := range tables {
		for _, row := range table.rows {
			var first, last int
			if n, _ := fmt.Sscanf(row.versions, "v%d-v%d", &first, &last); n == 1 {
				last = first
			}
			if first < 2 || last < first || last > 8 {
				t.Errorf("%s%s: bad row %+v", table.name, row.key, row)
			}
			if version < first || version > last {
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

// parametersOf returns the parameters of a slice that are not in paths. Those in paths are strings, and required; only the
// number of a version is an integer: spec/FACTS.md#1.2.
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
				key := method + " " + path + " " + parameter.Value.Name
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

var address = regexp.MustCompile(`(?:href|uri): '?(\S*localhost\S*|/v\d/\S*?)'?\n`)

// Addresses in examples are those that the version answers (spec/FACTS.md#4.2), and so is the name of the root
// (spec/FACTS.md#4.1).
func TestSliceAddresses(t *testing.T) {
	t.Parallel()
	for number := 2; number <= 8; number++ {
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
