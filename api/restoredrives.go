package api

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/vbo365/vbo365-go/gen"
)

// RestoreOneDrives restores several OneDrives to their original locations. It returns when the work is done. The
// options name the account that writes once for all of them, with [RestoreOneDrives.OfficeUsername] and OfficePassword,
// a device code, or an application.
//
// The result has each OneDrive, in [RestoreResult.OneDrives]; servers before v8 send no counts of items. If one has
// failed, the error matches [ErrIncomplete]. The other errors are those of [Folder.RestoreToOriginalLocation].
func (s RestoreSession) RestoreOneDrives(
	ctx context.Context, drives []OneDrive, options RestoreOneDrives,
) (RestoreResult, error) {
	restore, _ := s.StartRestoreOneDrives(ctx, drives, options) // Wait returns the error
	return restore.Wait(ctx)
}

// StartRestoreOneDrives starts a restore of several OneDrives. It returns as
// [Folder.StartRestoreToOriginalLocation] does, with the same errors.
func (s RestoreSession) StartRestoreOneDrives(
	ctx context.Context, drives []OneDrive, options RestoreOneDrives,
) (Restore, error) {
	several := actions{
		session: s, wrong: s.check(), noun: "OneDrives", ids: [3]string{s.id}, request: wire.restoreOneDrives,
	}
	if len(drives) == 0 {
		several.wrong = cmp.Or(several.wrong, invalid("there are no OneDrives"))
	}
	body, items := options.body(), make([]gen.OneDriveReference, len(drives))
	for i, drive := range drives {
		several.wrong = cmp.Or(several.wrong, drive.check())
		items[i].ID = drive.id
	}
	body["oneDrives"] = items
	for old, name := range renamed {
		if value, given := body[old]; given {
			body[name] = value
		}
	}
	return several.start(ctx, several.op("restore"), actionRestore, body)
}

// renamed has the names of properties up to v5, and from v6 on (spec/FACTS.md#11.1).
var renamed = map[string]string{
	"officePassword":     "officeUserpassword",
	"onPremisesUsername": "onpremisesUsername",
	"onPremisesPassword": "onpremisesUserpassword",
}

// failedDrive returns why a OneDrive was not restored completely, empty if it was. Servers have been observed to send
// exceptions with other statuses than Failed.
func failedDrive(d RestoredOneDrive) string {
	problems := []string{}
	if d.Details != nil {
		problems = append(problems, d.Details.Exceptions...)
		for _, issue := range d.Details.RestoreIssues {
			problems = append(problems, issue.Error)
		}
	}
	why := strings.Join(slices.DeleteFunc(problems, func(text string) bool { return text == "" }), ", ")
	if why == "" && d.Status != gen.RestoredOneDriveStatusFailed {
		return ""
	}
	return cmp.Or(d.Error, why, "the server reports no reason")
}

// checkDrives returns an error if a OneDrive has failed.
func (r RestoreResult) checkDrives() error {
	n, first := 0, ""
	for _, drive := range r.OneDrives {
		if why := failedDrive(drive); why != "" {
			n++
			if first == "" && drive.OneDrive != nil {
				why = cmp.Or(drive.OneDrive.Name, drive.OneDrive.URL, drive.OneDrive.ID) + ": " + why
			}
			first = cmp.Or(first, why)
		}
	}
	if n == 0 {
		return nil
	}
	return fmt.Errorf("%w: %d of %d OneDrives were not restored completely, one is %s",
		ErrIncomplete, n, len(r.OneDrives), oneLine(first))
}

// addDrive adds what the statistics of v8 say of a OneDrive.
func (r *RestoreResult) addDrive(item gen.RestoredItem) {
	drive := OneDriveProperties{
		ID: item.OneDriveWebID + item.OneDriveSiteID, Name: cmp.Or(item.Title, item.Name), URL: item.OneDriveURL,
	}
	r.OneDrives = append(r.OneDrives, RestoredOneDrive{
		OneDrive: (*gen.OneDrive)(&drive), Status: gen.RestoredOneDriveStatus(item.Status), Error: item.Error,
		Details: &gen.RestoredOneDriveDetails{Warnings: item.Warnings},
	})
}
