<?php

// This program uses the client that the php generator of openapi-generator makes.

declare(strict_types=1);

use VBO365\Api\AuthorizationApi;
use VBO365\Api\OneDriveFoldersApi;
use VBO365\ApiException;
use VBO365\Configuration;
use VBO365\Model;
use VBO365\ObjectSerializer;

require 'GuzzleHttp/autoload.php';
spl_autoload_register(function (string $class): void {
    require __DIR__ . '/client/lib/' . strtr(substr($class, strlen('VBO365\\')), '\\', '/') . '.php';
});

$config = Configuration::getDefaultConfiguration()->setHost(getenv('VBO365_URL'))->setTempFolderPath('.');
$http = new GuzzleHttp\Client(['verify' => getenv('VBO365_CA_FILE')]);
$folders = new OneDriveFoldersApi($http, $config);

function login(): array
{
    global $config, $http;
    [$token, $status] = (new AuthorizationApi($http, $config))->createTokenWithHttpInfo(
        Model\GrantType::PASSWORD,
        getenv('VBO365_USERNAME'),
        getenv('VBO365_PASSWORD'),
    );
    $config->setAccessToken($token->getAccessToken());
    return ['status' => $status];
}

// Runs an action whose answer is small.
function act(array $ids, Model\OneDriveFolderAction $action): array
{
    global $folders;
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

function save(array $ids, string $name): array
{
    global $folders;
    $action = new Model\OneDriveFolderAction(['save' => null]);
    [$file, $status] = $folders->runOneDriveFolderActionWithHttpInfo(...$ids, one_drive_folder_action: $action);
    rename($file->getPathname(), $name);
    return ['status' => $status];
}

function run(string $command, string ...$args): array
{
    global $config;
    switch ($command) {
        case 'login':
            return login();
        case 'token':
            $config->setAccessToken($args[0]);
            return ['status' => 200];
        case 'restoreToOriginalLocation':
            return act($args, new Model\OneDriveFolderAction([
                'restore_to_original_location' => new Model\RestoreToOriginalLocationOptions([
                    'user_name' => 'alice@example.com',
                    'user_password' => 'correct horse battery staple',
                    'document_version' => Model\DocumentVersion::LAST,
                    'document_action' => Model\DocumentAction::OVERWRITE,
                ]),
            ]));
        case 'sendTo':
            return act($args, new Model\OneDriveFolderAction([
                'send_to' => new Model\SendToOptions([
                    'from' => 'backup@example.com',
                    'to' => 'alice@example.com',
                    'subject' => 'Zoë\'s "invoices"',
                    'text' => 'As you asked.',
                ]),
            ]));
        case 'copyTo':
            return act(array_slice($args, 0, 3), new Model\OneDriveFolderAction([
                'copy_to' => new Model\CopyToOptions([
                    'user_name' => 'bob@example.com',
                    'user_password' => 'correct horse battery staple',
                    'one_drive' => new Model\OneDrive(['id' => $args[3]]),
                    'folder' => 'From Zoë & Co',
                    'changed_items' => true,
                    'document_version' => Model\DocumentVersion::ALL,
                    'document_last_version_action' => Model\DocumentLastVersionAction::MERGE,
                ]),
            ]));
        case 'save':
            return save(array_slice($args, 0, 3), $args[3]);
    }
}

while (($line = fgets(STDIN)) !== false) {
    try {
        $answer = run(...explode(' ', trim($line)));
    } catch (ApiException $e) {
        $answer = ['status' => $e->getCode()];
        if ($e->getResponseObject() instanceof Model\Error) {
            $answer['message'] = $e->getResponseObject()->getMessage();
        }
    }
    echo json_encode($answer, JSON_THROW_ON_ERROR), "\n";
}
