<?php

// This program uses the client that the php generator of openapi-generator makes.

declare(strict_types=1);

use VBO365\Api\AuthorizationApi;
use VBO365\Api\OneDriveFoldersApi;
use VBO365\ApiException;
use VBO365\Configuration;
use VBO365\Model;

require 'GuzzleHttp/autoload.php';
require 'actions.php';
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
        ...LOGIN,
    );
    $config->setAccessToken($token->getAccessToken());
    return ['status' => $status];
}

function run(string $command, string ...$args): array
{
    global $config, $folders;
    $ids = array_slice($args, 0, 3);
    switch ($command) {
        case 'login':
            return login();
        case 'token':
            $config->setAccessToken($args[0]);
            return ['status' => 200];
        case 'restoreToOriginalLocation':
            return restore($folders, $ids, new Model\RestoreToOriginalLocationOptions([
                'user_name' => 'alice@example.com',
                'user_password' => 'correct horse battery staple',
                'document_action' => Model\DocumentAction::OVERWRITE,
            ]));
        case 'sendTo':
            return send($folders, $ids, new Model\SendToOptions([
                'from' => 'backup@example.com',
                'to' => 'alice@example.com',
                'subject' => 'Zoë\'s "invoices"',
                'text' => 'As you asked.',
            ]));
        case 'copyTo':
            return copyTo($folders, $ids, new Model\CopyToOptions([
                'user_name' => 'bob@example.com',
                'user_password' => 'correct horse battery staple',
                'one_drive' => new Model\OneDrive(['id' => $args[3]]),
                'folder' => 'From Zoë & Co',
                'changed_items' => true,
                'document_version' => Model\DocumentVersion::ALL,
                'document_last_version_action' => Model\DocumentLastVersionAction::MERGE,
            ]));
        case 'save':
        case 'saveOneDrive':
        case 'saveDocument':
            [$file, $status] = save($folders, $command, $ids);
            rename($file->getPathname(), end($args));
            return ['status' => $status];
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
