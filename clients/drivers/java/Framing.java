// Asks for each answer with Apache HttpClient 4; called as drivers/python/framing.py is, without the name of a client.

import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.util.EntityUtils;

public class Framing {
    static String quoted(String text) {
        StringBuilder made = new StringBuilder("\"");
        for (char each : text.toCharArray()) made.append(String.format("\\u%04x", (int) each));
        return made.append('"').toString();
    }

    static String ask(CloseableHttpClient client, String url) {
        try (var answer = client.execute(new HttpGet(url))) {
            var entity = answer.getEntity();
            String body = entity == null ? "" : new String(EntityUtils.toByteArray(entity), StandardCharsets.ISO_8859_1);
            return "[" + answer.getStatusLine().getStatusCode() + "," + quoted(body) + "]";
        } catch (SocketTimeoutException error) {
            return "[\"timeout\"]";
        } catch (Exception error) {
            return "[" + quoted(error.getClass().getSimpleName()) + "]";
        }
    }

    public static void main(String[] words) throws Exception {
        // Pairs of a path, which has no quotes in it, and a word.
        var pairs = Pattern.compile("\\[\"([^\"]*)\", (true|false)\\]").matcher(words[1]);
        var config = RequestConfig.custom().setConnectTimeout(1500).setSocketTimeout(1500).build();
        List<String> said = new ArrayList<>();
        while (pairs.find()) {
            String path = pairs.group(1);
            // As the SDK has it, which repeats requests itself.
            var builder = HttpClients.custom().setDefaultRequestConfig(config).disableAutomaticRetries();
            try (CloseableHttpClient client = builder.build()) {
                String answers = ask(client, words[0] + path);
                if (pairs.group(2).equals("true")) {
                    Thread.sleep(200);
                    answers += "," + ask(client, words[0] + path + "/again");
                }
                said.add(quoted(path) + ":[" + answers + "]");
            }
        }
        System.out.println("{" + String.join(",", said) + "}");
    }
}
