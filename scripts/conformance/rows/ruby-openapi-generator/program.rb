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
require_relative 'actions'

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
    password: ENV.fetch('VBO365_PASSWORD'),
    **LOGIN
  )
  CONFIG.access_token = token.access_token
  { status: status }
end

def restore_options
  RestoreToOriginalLocationOptions.new(
    user_name: 'alice@example.com',
    user_password: 'correct horse battery staple',
    document_action: DocumentAction::OVERWRITE
  )
end

def send_options
  SendToOptions.new(
    from: 'backup@example.com',
    to: 'alice@example.com',
    subject: %q(Zoë's "invoices"),
    text: 'As you asked.'
  )
end

def copy_options(target)
  CopyToOptions.new(
    user_name: 'bob@example.com',
    user_password: 'correct horse battery staple',
    one_drive: OneDrive.new(id: target),
    folder: 'From Zoë & Co',
    changed_items: true,
    document_version: DocumentVersion::ALL,
    document_last_version_action: DocumentLastVersionAction::Merge
  )
end

def run(command, *args)
  ids = args.first(3)
  case command
  when 'login' then login
  when 'token'
    CONFIG.access_token = args[0]
    { status: 200 }
  when 'restoreToOriginalLocation' then restore(ids, restore_options)
  when 'sendTo' then send_to(ids, send_options)
  when 'copyTo' then copy_to(ids, copy_options(args[3]))
  when 'save', 'saveOneDrive', 'saveDocument'
    file, status, = save(command, ids)
    FileUtils.mv(file.path, args.last)
    { status: status }
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
