# The actions of v8: a restore or copy is followed to its end.
use v5.36;

use Time::HiRes qw(sleep);

use VBO365::Object::SaveDocumentOptions;
use VBO365::RestoreSessionsApi;

our ($client, $documents, $drives, $folders);
our %login = (disable_antiforgery_token => 'true');
our %value = (overwrite => 'Overwrite', all => 'All', merge => 'Merge');

sub follow ($started) {
    my $sessions = VBO365::RestoreSessionsApi->new($client);
    my %id       = (restore_session_id => $started->session_id);
    sleep 0.05 until defined $sessions->get_restore_session(%id)->end_time;
    return (restoredItemsCount => $sessions->get_restore_session_statistics(%id)->restored_items_count);
}

sub restore ($options, %ids) {
    return follow($folders->restore_one_drive_folder(%ids, restore_to_original_location_options => $options));
}

sub send_to ($options, %ids) {
    $folders->send_one_drive_folder(%ids, send_to_options => $options);
    return;
}

sub copy_to ($options, %ids) {
    return follow($folders->copy_one_drive_folder(%ids, copy_to_options => $options));
}

sub save_document (%ids) {
    my $options = VBO365::Object::SaveDocumentOptions->new(asZip => 0);
    return $documents->save_one_drive_document(%ids, save_document_options => $options);
}

our %save = (
    save         => sub (%ids) { return $folders->save_one_drive_folder(%ids) },
    saveOneDrive => sub (%ids) { return $drives->save_one_drive(%ids) },
    saveDocument => \&save_document,
);

1;
