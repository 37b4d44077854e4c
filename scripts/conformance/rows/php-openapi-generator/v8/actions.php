<?php

// The actions of v8: a restore or copy is followed to its end.

declare(strict_types=1);

use VBO365\Api\OneDriveDocumentsApi;
use VBO365\Api\OneDriveFoldersApi;
use VBO365\Api\OneDrivesApi;
use VBO365\Api\RestoreSessionsApi;
use VBO365\Model;

const LOGIN = ['disable_antiforgery_token' => true];

function follow(array $response): array
{
    global $http, $config;
    [$started, $status] = $response;
    $sessions = new RestoreSessionsApi($http, $config);
    while ($sessions->getRestoreSession($started->getSessionId())->getState() !== Model\RestoreSessionState::STOPPED) {
        usleep(50_000);
    }
    $statistics = $sessions->getRestoreSessionStatistics($started->getSessionId());
    return ['status' => $status, 'restoredItemsCount' => $statistics->getRestoredItemsCount()];
}

function restore(OneDriveFoldersApi $folders, array $ids, Model\RestoreToOriginalLocationOptions $options): array
{
    return follow($folders->restoreOneDriveFolderWithHttpInfo(...$ids, restore_to_original_location_options: $options));
}

function send(OneDriveFoldersApi $folders, array $ids, Model\SendToOptions $options): array
{
    return ['status' => $folders->sendOneDriveFolderWithHttpInfo(...$ids, send_to_options: $options)[1]];
}

function copyTo(OneDriveFoldersApi $folders, array $ids, Model\CopyToOptions $options): array
{
    return follow($folders->copyOneDriveFolderWithHttpInfo(...$ids, copy_to_options: $options));
}

function save(OneDriveFoldersApi $folders, string $command, array $ids): array
{
    global $http, $config;
    switch ($command) {
        case 'saveOneDrive':
            return (new OneDrivesApi($http, $config))->saveOneDriveWithHttpInfo($ids[0], $ids[1]);
        case 'saveDocument':
            $options = new Model\SaveDocumentOptions(['as_zip' => false]);
            $documents = new OneDriveDocumentsApi($http, $config);
            return $documents->saveOneDriveDocumentWithHttpInfo(...$ids, save_document_options: $options);
    }
    return $folders->saveOneDriveFolderWithHttpInfo(...$ids);
}
