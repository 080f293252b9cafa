#!/usr/bin/env bash
# com.sun.net.httpserver: a handler at "/" does not get every request.
#
# Guess: the context "/" is a prefix of each path, so its handler answers whatever no other context does.
#
# Seen with OpenJDK 17.0.15: two slashes in front of a path make the first line's target a URI with a host, as
# `java.net.URI` reads `//host/path`. If nothing follows the host, the path is empty, no context fits, and the server
# answers by itself, 404 with `<h1>404 Not Found</h1>No context found for request`. The handler is not called. If
# something follows, the handler is called, and sees a path without its first segment.
#
# Who feels it: who writes all errors as JSON, logs each request, or asks for a signature, in the handler of "/": the
# request passes all of it by. A client that joins "http://host/" and "/path" sends it.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat >"$folder/Main.java" <<'JAVA'
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

public class Main {
    static void ask(int port, String target) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            String request = "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes());
            String[] answer = new String(socket.getInputStream().readAllBytes()).split("\r\n");
            System.out.println(target + ": " + answer[0] + ", " + answer[answer.length - 1]);
        }
    }

    public static void main(String[] arguments) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 7);
            exchange.getResponseBody().write("handled".getBytes());
            exchange.close();
        });
        server.start();
        for (String target : new String[] {"/", "/path", "/a//path", "//path", "//path/more"})
            ask(server.getAddress().getPort(), target);
        server.stop(0);
    }
}
JAVA
java "$folder/Main.java" | tee "$folder/seen"

diff "$folder/seen" - <<'EXPECTED'
/: HTTP/1.1 200 OK, handled
/path: HTTP/1.1 200 OK, handled
/a//path: HTTP/1.1 200 OK, handled
//path: HTTP/1.1 404 Not Found, <h1>404 Not Found</h1>No context found for request
//path/more: HTTP/1.1 200 OK, handled
EXPECTED
