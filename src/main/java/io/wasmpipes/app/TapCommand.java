package io.wasmpipes.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.wasmpipes.ConfigException;
import io.wasmpipes.cli.TripView;
import io.wasmpipes.config.SingleEnd;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code wasm-pipes tap}: watches a running pipe through its management port. */
@Command(
        name = "tap",
        description = "Shows messages as they pass through a running pipe: what each module makes of them.",
        mixinStandardHelpOptions = true)
final class TapCommand implements Callable<Integer> {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final JsonMapper JSON = new JsonMapper();

    private final Console console;

    @Mixin
    private EnvFiles files = new EnvFiles();

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "its management port; by default this machine's MANAGEMENT_PORT")
    private @Nullable String url;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "10",
            description = "at most so many messages a second; ${DEFAULT-VALUE} by default")
    private int rate;

    @Option(names = "--count", paramLabel = "N", description = "ends after so many messages")
    private int count = Integer.MAX_VALUE;

    @Option(names = "--bodies", description = "with headers and bodies, which MANAGEMENT_TOKEN must allow")
    private boolean bodies;

    @Option(names = "--json", description = "for programs: one object per line")
    private boolean json;

    TapCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws ConfigException, InterruptedException {
        Map<String, String> variables = files.variables(console);
        URI asked = address(variables);
        HttpRequest.Builder request = HttpRequest.newBuilder(asked);
        SingleEnd.text("MANAGEMENT_TOKEN", variables)
                .ifPresent(token -> request.header("Authorization", "Bearer " + token));
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT).build()) {
            HttpResponse<Stream<String>> response = client.send(request.build(), BodyHandlers.ofLines());
            try (Stream<String> lines = response.body()) {
                return response.statusCode() == 200 ? show(lines) : refused(response.statusCode(), lines);
            } finally {
                client.shutdownNow();
            }
        } catch (IOException e) {
            console.err().println("nothing answers at " + asked.resolve("/") + ": " + reason(e));
            return Cli.FAILED;
        }
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private URI address(Map<String, String> variables) throws ConfigException {
        String host = SingleEnd.text("MANAGEMENT_HOST", variables).orElse("localhost");
        Optional<String> port = SingleEnd.text("MANAGEMENT_PORT", variables);
        String base = url == null ? "http://" + host + ":" + port.orElse("8081") : url;
        try {
            return new URI(base.replaceFirst("/+$", "") + "/tap?rate=" + rate + "&bodies=" + bodies)
                    .parseServerAuthority();
        } catch (URISyntaxException e) {
            throw new ConfigException("--url", base, "must be such as http://localhost:8081", "");
        }
    }

    private int show(Stream<String> lines) {
        int left = count;
        for (Iterator<String> all = lines.filter(line -> !line.isBlank()).iterator();
                left > 0 && all.hasNext();
                left--) {
            String line = all.next();
            console.out().println(json ? line : TripView.text(parsed(line)));
        }
        return 0;
    }

    private static JsonNode parsed(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("no pipe answers like this", e);
        }
    }

    private int refused(int status, Stream<String> lines) {
        String body = lines.collect(Collectors.joining(" "));
        String why = body.startsWith("{") ? parsed(body).path("error").asText(body) : "is that a management port?";
        console.err().println(status + ": " + why);
        return Cli.FAILED;
    }
}
