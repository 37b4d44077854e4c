# The actions up to v5.
LOGIN = {}.freeze

# Runs an action whose answer is small.
def act(ids, action)
  file, status, headers = FOLDERS.run_one_drive_folder_action_with_http_info(*ids, action)
  answer = { status: status }
  if headers['Content-Type']&.start_with?('application/json')
    statistics = RestoreStatistics.build_from_hash(JSON.parse(File.read(file.path), symbolize_names: true))
    answer[:restoredItemsCount] = statistics.restored_items_count
  end
  file.unlink
  answer
end

def restore(ids, options)
  options.document_version = DocumentVersion::LAST
  act(ids, RestoreToOriginalLocationAction.new(restore_to_original_location: options))
end

def send_to(ids, options) = act(ids, SendToAction.new(send_to: options))

def copy_to(ids, options) = act(ids, CopyToAction.new(copy_to: options))

def save(command, ids)
  case command
  when 'saveOneDrive'
    OneDrivesApi.new.run_one_drive_action_with_http_info(*ids.first(2), SaveAction.new(save: nil))
  when 'saveDocument'
    action = SaveAction.new(save: SaveOptions.new(as_zip: false))
    OneDriveDocumentsApi.new.run_one_drive_document_action_with_http_info(*ids, action)
  else FOLDERS.run_one_drive_folder_action_with_http_info(*ids, SaveAction.new(save: nil))
  end
end
