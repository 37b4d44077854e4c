package apitest

import (
	"cmp"
	"fmt"

	"github.com/vbo365/vbo365-go/gen/server"
)

// bulkOptions are those of a restore of several OneDrives that have names of their own.
type bulkOptions struct {
	options
	OfficeUsername, OfficePassword, OfficeUserpassword string

	OneDrives      []struct{ ID string }
	SkipUnresolved bool
}

// restoreOneDrives restores OneDrives to where they were, one after another, each once. That the list of them is needed
// is our choice. What cannot be resolved is the OneDrive of a user who does not exist any more: it fails or, if the
// request says so, is left out, and the others are restored: our choice, too (spec/FACTS.md#q13, #q15).
func (s *Server) restoreOneDrives(e *exchange) (any, error) {
	sess, err := s.enterWorkingSession(e)
	if err != nil {
		return nil, err
	}
	var bulk bulkOptions
	if err := e.readOptions(&bulk); err != nil {
		return nil, err
	}
	bulk.UserName = bulk.OfficeUsername
	bulk.UserPassword = cmp.Or(bulk.OfficePassword, bulk.OfficeUserpassword)
	if err := bulk.check("officeUsername with its password"); err != nil {
		return nil, err
	}
	if len(bulk.OneDrives) == 0 {
		return nil, e.badOption("oneDrives", "at least one is needed")
	}
	work := &restoring{bulk: true}
	chosen := map[string]bool{}
	for _, drive := range bulk.OneDrives {
		v, err := sess.view(drive.ID)
		if err == nil {
			err = sess.readable(v)
		}
		if err != nil {
			return nil, err
		}
		if chosen[v.ID] {
			continue
		}
		chosen[v.ID] = true
		selection := v.Root().Select()
		work.jobs = append(work.jobs, &job{
			Transfer: bulk.restore(selection), chosen: selection, verb: "Restoring", location: v.Name,
			leftOut: v.UserDeleted && bulk.SkipUnresolved,
		})
	}
	s.execute(e)
	if e.edition.background {
		return server.RestoreOneDrivesStatistics{SessionID: &s.carryOutLater(e, work).ID}, nil
	}
	work.begin(sess, nil)
	_ = work.run(s.ctx) // the statistics have the errors
	if s.config.EmptyAnswers && e.edition.emptyRestores {
		return nil, nil
	}
	return e.bulkStatistics(work), nil
}

// bulkStatistics is what became of the OneDrives, up to v7. The status of the whole is the worst: our choice.
func (e *exchange) bulkStatistics(work *restoring) server.RestoreOneDrivesStatistics {
	worst := server.RestoredOneDriveStatusSuccess
	details := []server.RestoredOneDrive{}
	troubles := 0
	for _, j := range work.jobs {
		status, problem := j.outcome()
		drive, none, texts := e.drive(j.chosen.Drive), []string{}, []string{problem}
		detail := server.RestoredOneDrive{OneDrive: &drive, Status: &status, Details: &server.RestoredOneDriveDetails{
			FailedRestrictionsCount: new(int64(0)), RestoreIssues: issues(j.Result()), Exceptions: &none, Warnings: &none,
		}}
		if problem != "" {
			troubles++
			detail.Error = &problem
			if status == server.RestoredOneDriveStatusFailed {
				detail.Details.Exceptions = &texts
			} else {
				detail.Details.Warnings = &texts
			}
		}
		if severity(server.EventStatus(status)) > severity(server.EventStatus(worst)) {
			worst = status
		}
		details = append(details, detail)
	}
	result := server.RestoreOneDrivesStatistics{Status: &worst, Details: &details}
	if troubles > 0 {
		result.Error = new(fmt.Sprintf("%d of %d OneDrives were not restored completely.", troubles, len(details)))
	}
	return result
}
