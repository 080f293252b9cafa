<?php
// Asks for each answer with PHP's streams; called as drivers/python/framing.py is, without the name of a client.

[, $url, $text] = $argv;
$options = ["protocol_version" => 1.1, "timeout" => 1.5, "ignore_errors" => true, "header" => "Connection: close"];
$said = [];
foreach (json_decode($text) as [$path, $again]) {
    foreach ($again ? [$path, "$path/again"] : [$path] as $each) {
        $stream = @fopen($url . $each, "r", false, stream_context_create(["http" => $options]));
        if ($stream === false) {
            $said[$path][] = ["fails to open"];
            continue;
        }
        $body = stream_get_contents($stream);
        $meta = stream_get_meta_data($stream);
        preg_match("~ (\d+)~", $meta["wrapper_data"][0], $found);
        $said[$path][] = $meta["timed_out"] ? ["timeout"] : [(int) ($found[1] ?? 0), iconv("ISO-8859-1", "UTF-8", $body)];
    }
}
echo json_encode($said), "\n";
