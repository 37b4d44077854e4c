<?php

// The actions up to v5.

declare(strict_types=1);

use VBO365\Api\OneDriveDocumentsApi;
use VBO365\Api\OneDriveFoldersApi;
use VBO365\Api\OneDrivesApi;
use VBO365\Model;
use VBO365\ObjectSerializer;

const LOGIN = [];

// Runs an action whose answer is small.
function act(OneDriveFoldersApi $folders, array $ids, array $action): array
{
    $action = new Model\OneDriveFolderAction($action);
    [$file, $status, $headers] = $folders->runOneDriveFolderActionWithHttpInfo(...$ids, one_drive_folder_action: $action);
    $answer = ['status' => $status];
    if (str_starts_with($headers['Content-Type'][0] ?? '', 'application/json')) {
        $content = file_get_contents($file->getPathname());
        $statistics = ObjectSerializer::deserialize($content, Model\RestoreStatistics::class);
        $answer['restoredItemsCount'] = $statistics->getRestoredItemsCount();
    }
    unlink($file->getPathname());
    return $answer;
}

function restore(OneDriveFoldersApi $folders, array $ids, Model\RestoreToOriginalLocationOptions $options): array
{
    $options->setDocumentVersion(Model\DocumentVersion::LAST);
    return act($folders, $ids, ['restore_to_original_location' => $options]);
}

function send(OneDriveFoldersApi $folders, array $ids, Model\SendToOptions $options): array
{
    return act($folders, $ids, ['send_to' => $options]);
}

function copyTo(OneDriveFoldersApi $folders, array $ids, Model\CopyToOptions $options): array
{
    return act($folders, $ids, ['copy_to' => $options]);
}

function save(OneDriveFoldersApi $folders, string $command, array $ids): array
{
    global $http, $config;
    switch ($command) {
        case 'saveOneDrive':
            $action = new Model\OneDriveAction(['save' => null]);
            return (new OneDrivesApi($http, $config))->runOneDriveActionWithHttpInfo($ids[0], $ids[1], $action);
        case 'saveDocument':
            $options = new Model\SaveOptions(['as_zip' => false]);
            $action = new Model\OneDriveDocumentAction(['save' => $options]);
            $documents = new OneDriveDocumentsApi($http, $config);
            return $documents->runOneDriveDocumentActionWithHttpInfo(...$ids, one_drive_document_action: $action);
    }
    $action = new Model\OneDriveFolderAction(['save' => null]);
    return $folders->runOneDriveFolderActionWithHttpInfo(...$ids, one_drive_folder_action: $action);
}
