// StartImagePipelineExecution on the JDK's own server, with Jackson. Usage, with Debian's libjackson2-databind-java:
// J=/usr/share/java; java -cp $J/jackson-core.jar:$J/jackson-databind.jar:$J/jackson-annotations.jar Main.java PORT
//
// Left out: signatures are not verified, nobody is denied or throttled, and the images last as long as the process.
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;

public class Main {
    static final Pattern PIPELINE_ARN =
        Pattern.compile("arn:aws[^:]*:imagebuilder:[^:]+:(?:[0-9]{12}|aws):image-pipeline/[a-z0-9-_]+");
    static final Pattern PIPELINES =
        Pattern.compile("arn:aws:imagebuilder:us-east-1:123456789012:image-pipeline/conformance-[ab]");
    // Jackson's own setting stops behind the first value, whatever follows.
    static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    record Execution(String pipeline, String image) {}

    static final Map<String, Execution> started = new HashMap<>();

    static class RefusedException extends Exception {
        final int status;
        final Map<String, String> members;

        RefusedException(int status, String code, String message) {
            this.status = status;
            members = Map.of("__type", code, "message", message);
        }
    }

    static RefusedException invalid(String message) {
        return new RefusedException(400, "InvalidRequestException", message);
    }

    static JsonNode parse(byte[] body) throws RefusedException {
        try {
            // Jackson itself takes UTF-16 too.
            return JSON.readTree(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString());
        } catch (JsonProcessingException | CharacterCodingException | StackOverflowError error) {
            throw invalid("The body is not JSON.");
        }
    }

    static Map<String, String> start(JsonNode members) throws RefusedException {
        String token = members.path("clientToken").textValue();
        String pipeline = members.path("imagePipelineArn").textValue();
        // A string's own length counts UTF-16 units. Half of a surrogate pair is no text: UTF-8 can't repeat it.
        if (token == null || token.isEmpty() || token.codePointCount(0, token.length()) > 36
            || token.codePoints().anyMatch(point -> point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE))
            throw invalid("clientToken must be a string of 1 to 36 characters.");
        if (pipeline == null || !PIPELINE_ARN.matcher(pipeline).matches())
            throw invalid("imagePipelineArn must be the ARN of an image pipeline.");
        String request = UUID.randomUUID().toString();
        return Map.of("requestId", request, "clientToken", token, "imageBuildVersionArn", imageOf(token, pipeline));
    }

    static synchronized String imageOf(String token, String pipeline) throws RefusedException {
        if (!started.containsKey(token)) {
            if (!PIPELINES.matcher(pipeline).matches())
                throw new RefusedException(404, "ResourceNotFoundException", "There is no " + pipeline);
            String scope = pipeline.substring(0, pipeline.lastIndexOf(':'));
            started.put(token, new Execution(pipeline, scope + ":image/recipe/1.0.0/" + (started.size() + 1)));
        }
        Execution first = started.get(token);
        if (!first.pipeline.equals(pipeline))
            throw new RefusedException(
                400, "IdempotentParameterMismatchException", "The token was used for another pipeline.");
        return first.image;
    }

    static void answer(HttpExchange exchange) throws IOException {
        int status = 200;
        Map<String, String> members;
        try {
            byte[] body = exchange.getRequestBody().readAllBytes();
            // A context takes every path that begins with its own.
            if (!exchange.getRequestURI().getPath().equals("/StartImagePipelineExecution"))
                throw new RefusedException(404, "UnknownOperationException", "There is no such operation.");
            if (!exchange.getRequestMethod().equals("PUT"))
                throw new RefusedException(405, "UnknownOperationException", "There is no such operation.");
            members = start(parse(body));
        } catch (RefusedException refusal) {
            status = refusal.status;
            members = refusal.members;
        }
        byte[] content = JSON.writeValueAsBytes(members);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, head ? -1 : content.length);
        if (!head) exchange.getResponseBody().write(content);
        exchange.close();
    }

    public static void main(String[] arguments) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0])), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", Main::answer);
        server.start();
    }
}
