# This program uses the client that the ruby generator of openapi-generator makes.
require 'fileutils'
require 'json'
require 'uri'
require 'vbo365'

include Vbo365

url = URI(ENV.fetch('VBO365_URL'))
CONFIG = Configuration.default
CONFIG.scheme = url.scheme
CONFIG.host = "#{url.host}:#{url.port}"
CONFIG.base_path = url.path
CONFIG.server_index = nil # host and path as given
CONFIG.ssl_ca_cert = ENV.fetch('VBO365_CA_FILE')
CONFIG.temp_folder_path = '.' # where a save arrives
CONFIG.logger.level = Logger::WARN

FOLDERS = OneDriveFoldersApi.new

# The client writes the body of every answer of bytes to a temporary file, even that of an error.
refusal = +''
Typhoeus.before do |request|
  refusal.clear
  request.on_body { |chunk, response| refusal << chunk if response.code >= 400 } if request.streaming?
  true # go on
end

def login
  token, status, = AuthorizationApi.new.create_token_with_http_info(
    GrantType::PASSWORD,
    username: ENV.fetch('VBO365_USERNAME'),
    password: ENV.fetch('VBO365_PASSWORD')
  )
  CONFIG.access_token = token.access_token
  { status: status }
end

# Runs an action whose answer is small.
def act(session, drive, folder, action)
  file, status, headers = FOLDERS.run_one_drive_folder_action_with_http_info(session, drive, folder, action)
  answer = { status: status }
  if headers['Content-Type']&.start_with?('application/json')
    statistics = RestoreStatistics.build_from_hash(JSON.parse(File.read(file.path), symbolize_names: true))
    answer[:restoredItemsCount] = statistics.restored_items_count
  end
  file.unlink
  answer
end

def save(session, drive, folder, name)
  action = SaveAction.new(save: nil)
  file, status, = FOLDERS.run_one_drive_folder_action_with_http_info(session, drive, folder, action)
  FileUtils.mv(file.path, name)
  { status: status }
end

def restore_action
  RestoreToOriginalLocationAction.new(
    restore_to_original_location: RestoreToOriginalLocationOptions.new(
      user_name: 'alice@example.com',
      user_password: 'correct horse battery staple',
      document_version: DocumentVersion::LAST,
      document_action: DocumentAction::OVERWRITE
    )
  )
end

def send_action
  SendToAction.new(
    send_to: SendToOptions.new(
      from: 'backup@example.com',
      to: 'alice@example.com',
      subject: %q(Zoë's "invoices"),
      text: 'As you asked.'
    )
  )
end

def copy_action(target)
  CopyToAction.new(
    copy_to: CopyToOptions.new(
      user_name: 'bob@example.com',
      user_password: 'correct horse battery staple',
      one_drive: OneDrive.new(id: target),
      folder: 'From Zoë & Co',
      changed_items: true,
      document_version: DocumentVersion::ALL,
      document_last_version_action: DocumentLastVersionAction::MERGE
    )
  )
end

def run(command, *args)
  case command
  when 'login' then login
  when 'token'
    CONFIG.access_token = args[0]
    { status: 200 }
  when 'restoreToOriginalLocation' then act(*args, restore_action)
  when 'sendTo' then act(*args, send_action)
  when 'copyTo' then act(*args.first(3), copy_action(args[3]))
  when 'save' then save(*args)
  end
end

$stdout.sync = true
$stdin.each_line do |line|
  answer = begin
    run(*line.split)
  rescue ApiError => e
    error = Error.build_from_hash(JSON.parse(refusal, symbolize_names: true)) unless refusal.empty?
    { status: e.code, message: error&.message }
  end
  puts JSON.generate(answer)
end
