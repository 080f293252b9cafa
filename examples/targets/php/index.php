<?php
// StartImagePipelineExecution in plain PHP. Usage: php -S 127.0.0.1:PORT index.php, or any server that runs PHP.
//
// PHP keeps nothing between requests: the images are in the file that STATE names, one request at a time.
// Left out: signatures are not verified, nobody is denied or throttled.
declare(strict_types=1);

const PIPELINE_ARN = '#^arn:aws[^:]*:imagebuilder:[^:]+:(?:[0-9]{12}|aws):image-pipeline/[a-z0-9-_]+$#D';

class RefusedError extends Exception
{
    public function __construct(public int $status, public string $type, string $message)
    {
        parent::__construct($message);
    }
}

function start(mixed $members): array
{
    if (!$members instanceof stdClass) {
        throw new RefusedError(400, 'InvalidRequestException', 'The body is not a JSON object.');
    }
    $token = $members->clientToken ?? null;
    $pipeline = $members->imagePipelineArn ?? null;
    // strlen counts bytes; D and \z, as $ also matches before a final newline.
    if (!is_string($token) || !preg_match('/^.{1,36}\z/us', $token)) {
        throw new RefusedError(400, 'InvalidRequestException', 'clientToken must be a string of 1 to 36 characters.');
    }
    if (!is_string($pipeline) || !preg_match(PIPELINE_ARN, $pipeline)) {
        throw new RefusedError(400, 'InvalidRequestException', 'imagePipelineArn must be the ARN of a pipeline.');
    }
    $image = image($token, $pipeline);
    return ['requestId' => bin2hex(random_bytes(16)), 'clientToken' => $token, 'imageBuildVersionArn' => $image];
}

function image(string $token, string $pipeline): string
{
    $file = fopen(getenv('STATE') ?: sys_get_temp_dir() . '/executions.json', 'c+');
    flock($file, LOCK_EX);
    $started = json_decode(stream_get_contents($file) ?: '{}', true);
    if (!isset($started["$token."])) { // The dot keeps "1" from becoming the key 1.
        if (!preg_match('#^arn:aws:imagebuilder:us-east-1:123456789012:image-pipeline/conformance-[ab]$#D', $pipeline)) {
            throw new RefusedError(404, 'ResourceNotFoundException', "There is no $pipeline.");
        }
        $scope = substr($pipeline, 0, strrpos($pipeline, ':'));
        $started["$token."] = [$pipeline, "$scope:image/recipe/1.0.0/" . count($started) + 1];
        rewind($file);
        fwrite($file, json_encode($started));
        fflush($file);
    }
    [$first, $image] = $started["$token."];
    if ($first !== $pipeline) {
        throw new RefusedError(400, 'IdempotentParameterMismatchException', 'The token was used for another pipeline.');
    }
    return $image;
}

try {
    if (parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) !== '/StartImagePipelineExecution') {
        throw new RefusedError(404, 'UnknownOperationException', 'There is no such operation.');
    }
    if ($_SERVER['REQUEST_METHOD'] !== 'PUT') {
        throw new RefusedError(405, 'UnknownOperationException', 'There is no such operation.');
    }
    $answer = start(json_decode(file_get_contents('php://input'), flags: JSON_THROW_ON_ERROR));
} catch (RefusedError $refusal) {
    http_response_code($refusal->status);
    $answer = ['__type' => $refusal->type, 'message' => $refusal->getMessage()];
} catch (JsonException) {
    http_response_code(400);
    $answer = ['__type' => 'InvalidRequestException', 'message' => 'The body is not JSON.'];
}
header('Content-Type: application/json');
echo json_encode($answer, JSON_THROW_ON_ERROR);
