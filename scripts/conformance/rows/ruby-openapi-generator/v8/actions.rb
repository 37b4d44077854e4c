# The actions of v8: a restore or copy is followed to its end.
LOGIN = { disable_antiforgery_token: true }.freeze

def follow(started, status, *)
  sessions = RestoreSessionsApi.new
  sleep 0.05 until sessions.get_restore_session(started.session_id).state == RestoreSessionState::STOPPED
  statistics = sessions.get_restore_session_statistics(started.session_id)
  { status: status, restoredItemsCount: statistics.restored_items_count }
end

def restore(ids, options) = follow(*FOLDERS.restore_one_drive_folder_with_http_info(*ids, options))

def send_to(ids, options) = { status: FOLDERS.send_one_drive_folder_with_http_info(*ids, options)[1] }

def copy_to(ids, options) = follow(*FOLDERS.copy_one_drive_folder_with_http_info(*ids, options))

def save(command, ids)
  case command
  when 'saveOneDrive' then OneDrivesApi.new.save_one_drive_with_http_info(*ids.first(2))
  when 'saveDocument'
    options = SaveDocumentOptions.new(as_zip: false)
    OneDriveDocumentsApi.new.save_one_drive_document_with_http_info(*ids, options)
  else FOLDERS.save_one_drive_folder_with_http_info(*ids)
  end
end
