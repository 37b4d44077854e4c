# The actions up to v5.
use v5.36;

use VBO365::Object::OneDriveAction;
use VBO365::Object::OneDriveDocumentAction;
use VBO365::Object::OneDriveFolderAction;
use VBO365::Object::SaveOptions;

our ($client, $documents, $drives, $folders);
our %login;
our %value = (overwrite => 'overwrite', all => 'all', merge => 'merge');

sub act ($ids, %action) {
    my $action = VBO365::Object::OneDriveFolderAction->new(%action);
    return $folders->run_one_drive_folder_action(%$ids, one_drive_folder_action => $action);
}

# A restore and a copy answer with statistics.
sub count ($body) {
    return (restoredItemsCount => $client->deserialize('RestoreStatistics', $body)->restored_items_count);
}

sub restore ($options, %ids) {
    $options->document_version('last');
    return count(act(\%ids, restoreToOriginalLocation => $options));
}

sub send_to ($options, %ids) {
    act(\%ids, sendTo => $options);
    return;
}

sub copy_to ($options, %ids) { return count(act(\%ids, copyTo => $options)) }

sub Nothing::TO_JSON { return undef } # null

sub save_drive (%ids) {
    my $action = VBO365::Object::OneDriveAction->new(save => bless {}, 'Nothing');
    return $drives->run_one_drive_action(%ids, one_drive_action => $action);
}

sub save_document (%ids) {
    my $options = VBO365::Object::SaveOptions->new(asZip => 0);
    my $action  = VBO365::Object::OneDriveDocumentAction->new(save => $options);
    return $documents->run_one_drive_document_action(%ids, one_drive_document_action => $action);
}

our %save = (
    save         => sub (%ids) { return act(\%ids, save => bless {}, 'Nothing') },
    saveOneDrive => \&save_drive,
    saveDocument => \&save_document,
);

1;
