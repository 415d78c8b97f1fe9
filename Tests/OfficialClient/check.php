<?php
// Kit's official PHP client (voximplant/kit-imclient-php), unchanged, against a local Kit: login, refresh, an event of every
// model, and two failures. It ends with 1 where something differs.
//
//   composer require voximplant/kit-imclient-php:*@dev     (its repository and guzzlehttp/guzzle ^6.5)
//   kitform sandbox --file account.yaml --port 8020        (an account with a custom channel)
//   php check.php vendor/autoload.php http://127.0.0.1:8020 TOKEN ACCOUNT UUID
error_reporting(E_ALL & ~E_DEPRECATED);
[$_, $autoload, $host, $token, $account, $uuid] = $argv;
require $autoload;

use VoximplantKitIM\ApiException;
use VoximplantKitIM\Model as M;

$failed = false;
function expect(string $what, $found, $wanted): void
{
    global $failed;
    $failed = $failed || $found !== $wanted;
    echo $found === $wanted ? 'ok      ' : 'differs ', $what, ': ', var_export($found, true), "\n";
}
function status(callable $call): int
{
    try {
        $call();
        return 200;
    } catch (ApiException $failure) {
        return $failure->getCode();
    }
}

$config = new VoximplantKitIM\Configuration();
$config->setHost($host)->setApiKey('access_token', $token)->setApiKey('domain', $account);
$kit = (new VoximplantKitIM\VoximplantKitIMClient($config))->BotServiceApi;

$login = $kit->login($uuid);
expect('login', $login->getSuccess(), true);
$session = $kit->refreshToken($login->getResult()->getRefreshToken());
expect('refresh', $session->getSuccess(), true);
$config->setAccessToken($session->getResult()->getAccessToken());

$client = new M\MessagingIncomingEventTypeClientData([
    'client_id' => '107804195', 'client_display_name' => 'James Smith',
    'location' => new M\MessagingIncomingEventClientDataLocationType(['latitude' => 33.1212, 'longitude' => 33.1212]),
    'utm' => new M\MessagingIncomingEventClientDataUtmType(['source' => 'mail']),
    'page' => new M\MessagingIncomingEventClientDataPageType(['url' => 'https://example.com']),
    'device' => new M\MessagingIncomingEventClientDataDeviceType(['type' => 'phone']),
]);
$message = new M\MessagingEventMessageType(['message_id' => '1', 'text' => 'Hello', 'payload' => [
    new M\MessagingEventMessagePayloadMedia(['type' => 'photo', 'file_url' => 'https://example.com/a']),
    new M\MessagingEventMessagePayloadLocation(['type' => 'location', 'latitude' => 1.5, 'longitude' => 2.5]),
    new M\MessagingEventMessagePayloadContact(['type' => 'contact', 'name' => 'Ann']),
]]);
$event = new M\MessagingIncomingEventType([
    'client_data' => $client, 'event_id' => uniqid('php-'), 'event_type' => 'send_message',
    'event_data' => new M\MessagingIncomingEventTypeEventData(['message' => $message]),
]);
$sent = $kit->sendEvent($event, $uuid);
expect('event', [$sent->getSuccess(), $sent->getResult()], [true, true]);
expect('the same event again', $kit->sendEvent($event, $uuid)->getResult(), false);
expect('a channel of another account', status(fn () => $kit->login('11111111-2222-4333-8444-555555555555')), 404);
$config->setApiKey('access_token', 'wrong');
expect('a wrong API token', status(fn () => $kit->login($uuid)), 401);
exit($failed ? 1 : 0);
