# This program uses the client that the perl generator of openapi-generator makes.
use v5.36;
use utf8;

use Encode qw(encode_utf8);
use JSON   qw(encode_json);

use VBO365::ApiClient;
use VBO365::AuthorizationApi;
use VBO365::OneDriveDocumentsApi;
use VBO365::OneDriveFoldersApi;
use VBO365::OneDrivesApi;
use VBO365::Object::CopyToOptions;
use VBO365::Object::OneDrive;
use VBO365::Object::RestoreToOriginalLocationOptions;
use VBO365::Object::SendToOptions;

our $client  = VBO365::ApiClient->new(base_url => $ENV{VBO365_URL});
our $documents = VBO365::OneDriveDocumentsApi->new($client);
our $drives = VBO365::OneDrivesApi->new($client);
our $folders = VBO365::OneDriveFoldersApi->new($client);
our (%login, %value, %save);
require 'actions.pl';

# The client gives neither the status nor a body that has not been read yet. Its user agent does.
my ($status, $file, $out);
$client->{ua}->add_handler(
    response_header => sub ($response, @) {
        $status = $response->code;
        return unless defined $file && $status == 200;
        open $out, '>:raw', $file or die "$file: $!";
        $response->{default_add_content} = 0;
        return;
    }
);
$client->{ua}->add_handler(
    response_data => sub ($response, $agent, $handler, $data) {
        print $out $data if defined $out;
        return 1; # it wants the next chunk, too
    }
);

# Text as the client wants it.
sub text ($text) { return encode_utf8(encode_utf8($text)) }

sub login {
    my $token = VBO365::AuthorizationApi->new($client)->create_token(
        grant_type => 'password',
        username   => $ENV{VBO365_USERNAME},
        password   => $ENV{VBO365_PASSWORD},
        %login,
    );
    $client->{config}{access_token} = $token->access_token;
    return;
}

sub restore_options {
    return VBO365::Object::RestoreToOriginalLocationOptions->new(
        userName       => 'alice@example.com',
        userPassword   => 'correct horse battery staple',
        documentAction => $value{overwrite},
    );
}

sub send_options {
    return VBO365::Object::SendToOptions->new(
        from    => 'backup@example.com',
        to      => 'alice@example.com',
        subject => text(q(Zoë's "invoices")),
        text    => 'As you asked.',
    );
}

sub copy_options ($target) {
    return VBO365::Object::CopyToOptions->new(
        userName                  => 'bob@example.com',
        userPassword              => 'correct horse battery staple',
        oneDrive                  => VBO365::Object::OneDrive->new(id => $target),
        folder                    => text('From Zoë & Co'),
        changedItems              => 1,
        documentVersion           => $value{all},
        documentLastVersionAction => $value{merge},
    );
}

sub save ($command, $target, %ids) {
    $file = $target;
    $ids{document_id} = $ids{folder_id};
    eval { $save{$command}->(%ids); 1 } or my $error = $@;
    close $out if defined $out;
    undef $file;
    undef $out;
    die $error if defined $error;
    return;
}

# Runs a command. It gives what to answer beside the status.
sub run ($command, @args) {
    return login() if $command eq 'login';
    if ($command eq 'token') {
        $client->{config}{access_token} = $args[0];
        return;
    }
    my %ids;
    @ids{qw(restore_session_id one_drive_id folder_id)} = @args;
    return restore(restore_options(), %ids)      if $command eq 'restoreToOriginalLocation';
    return send_to(send_options(), %ids)         if $command eq 'sendTo';
    return copy_to(copy_options($args[3]), %ids) if $command eq 'copyTo';
    return save($command, $args[-1], %ids);
}

STDOUT->autoflush;
while (my $line = <STDIN>) {
    my %answer;
    $status = 200;
    unless (eval { %answer = run(split ' ', $line); 1 }) {
        my ($body) = $@ =~ /^API Exception\(\d+\): .*\n(\{.*\})/ or $@ =~ /^API Exception/ or die;
        $answer{message} = $client->deserialize('Error', $body)->message if defined $body;
    }
    say encode_json({%answer, status => $status + 0});
}
