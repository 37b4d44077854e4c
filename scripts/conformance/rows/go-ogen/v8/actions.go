package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"conformance/client"
)

// The actions of v8: a restore or copy is followed to its end.

func (p *program) createToken(username, password string) (client.CreateTokenRes, error) {
	return p.client.CreateToken(context.Background(), &client.TokenRequest{
		GrantType:               client.GrantTypePassword,
		Username:                client.NewOptString(username),
		Password:                client.NewOptString(password),
		DisableAntiforgeryToken: client.NewOptNilBool(true),
	})
}

// follow reads the session until it is stopped, and then its statistics.
func (p *program) follow(response any, err error) (answer, error) {
	started, ok := response.(*client.RestoreAnswer)
	if err != nil || !ok {
		return answer{}, fmt.Errorf("unexpected answer %T: %w", response, err)
	}
	for {
		response, err := p.client.GetRestoreSession(context.Background(),
			client.GetRestoreSessionParams{RestoreSessionId: started.SessionId})
		session, ok := response.(*client.RestoreSession)
		if err != nil || !ok {
			return answer{}, fmt.Errorf("unexpected session %T: %w", response, err)
		}
		if session.State == client.RestoreSessionStateStopped {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	read, err := p.client.GetRestoreSessionStatistics(context.Background(),
		client.GetRestoreSessionStatisticsParams{RestoreSessionId: started.SessionId})
	statistics, ok := read.(*client.RestoreSessionStatistics)
	if err != nil || !ok {
		return answer{}, fmt.Errorf("unexpected statistics %T: %w", read, err)
	}
	return answer{Status: http.StatusOK, RestoredItemsCount: int32(statistics.RestoredItemsCount)}, nil
}

func (p *program) restore(f folder, options client.RestoreToOriginalLocationOptions) (answer, error) {
	return p.follow(p.client.RestoreOneDriveFolder(context.Background(), &options,
		client.RestoreOneDriveFolderParams{RestoreSessionId: f.session, OneDriveId: f.drive, FolderId: f.id}))
}

func (p *program) send(f folder, options client.SendToOptions) (answer, error) {
	response, err := p.client.SendOneDriveFolder(context.Background(), &options,
		client.SendOneDriveFolderParams{RestoreSessionId: f.session, OneDriveId: f.drive, FolderId: f.id})
	if _, ok := response.(*client.NoContent); err != nil || !ok {
		return answer{}, fmt.Errorf("unexpected answer %T: %w", response, err)
	}
	return answer{Status: http.StatusNoContent}, nil
}

func (p *program) copy(f folder, options client.CopyToOptions) (answer, error) {
	return p.follow(p.client.CopyOneDriveFolder(context.Background(), &options,
		client.CopyOneDriveFolderParams{RestoreSessionId: f.session, OneDriveId: f.drive, FolderId: f.id}))
}

func (p *program) saved(command string, f folder) (any, error) {
	switch command {
	case "saveOneDrive":
		return p.client.SaveOneDrive(context.Background(),
			client.SaveOneDriveParams{RestoreSessionId: f.session, OneDriveId: f.drive})
	case "saveDocument":
		return p.client.SaveOneDriveDocument(context.Background(),
			&client.SaveDocumentOptions{AsZip: client.NewOptNilBool(false)},
			client.SaveOneDriveDocumentParams{RestoreSessionId: f.session, OneDriveId: f.drive, DocumentId: f.id})
	}
	return p.client.SaveOneDriveFolder(context.Background(),
		client.SaveOneDriveFolderParams{RestoreSessionId: f.session, OneDriveId: f.drive, FolderId: f.id})
}

func (p *program) save(command string, f folder, file string) (answer, error) {
	response, err := p.saved(command, f)
	if err != nil {
		return answer{}, err
	}
	switch response := response.(type) {
	case *client.ArchiveHeaders:
		return answer{Status: http.StatusOK}, write(file, response.Response)
	case *client.SavedDocumentHeaders:
		return answer{Status: http.StatusOK}, write(file, response.Response)
	case *client.Unauthorized:
		return answer{Status: http.StatusUnauthorized}, nil
	case *client.SaveOneDriveFolderInternalServerError:
		return answer{Status: http.StatusInternalServerError, Message: response.Message}, nil
	}
	return answer{}, fmt.Errorf("unexpected answer %T", response)
}
