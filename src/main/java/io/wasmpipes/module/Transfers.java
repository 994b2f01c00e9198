package io.wasmpipes.module;

import io.wasmpipes.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Requests to servers that keep modules. What may pass is asked for three times; an answer may have as many bytes as a
 * module. Redirects are followed, but not from https to http; a login does not go along to another host. One thread.
 */
final class Transfers implements AutoCloseable {
    /** How long a server has to begin its answer. */
    static final Duration ANSWER = Duration.ofSeconds(30);

    private static final String AUTHORIZATION = "Authorization";
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(300);
    private static final int TRIES = 3;
    private static final int HOPS = 5;
    private static final int TOO_MANY = 429;
    private static final int SERVER = 500;

    /** A whole answer; its status is below 500 and not 429. */
    record Answer(int status, HttpHeaders headers, Bytes body) {
        Optional<String> header(String name) {
            return headers.firstValue(name);
        }
    }

    /** What does not pass. */
    static final class Final extends IOException {
        private static final long serialVersionUID = 1L;

        Final(String message) {
            super(message);
        }
    }

    private final HttpClient client;

    Transfers(ProxySelector proxies) {
        this.client = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .proxy(proxies)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /**
     * Sends a request as often as it takes.
     *
     * @throws IOException saying why there is no answer, in words for people
     */
    Answer send(HttpRequest request) throws IOException, InterruptedException {
        String why = "";
        for (int i = 0; i < TRIES; i++) {
            Thread.sleep(PAUSE.multipliedBy(i));
            try {
                Answer answer = follow(request);
                if (answer.status != TOO_MANY && answer.status < SERVER) {
                    return answer;
                }
                why = "the server answers " + answer.status;
            } catch (Final e) {
                throw e;
            } catch (IOException e) {
                why = "cannot be reached: " + e;
            }
        }
        throw new Final(why);
    }

    private Answer follow(HttpRequest request) throws IOException, InterruptedException {
        HttpRequest next = request;
        for (int i = 0; i <= HOPS; i++) {
            Answer answer = once(next);
            URI target = target(next, answer);
            if (target == null) {
                return answer;
            }
            next = moved(next, target);
        }
        throw new Final("more than " + HOPS + " redirects");
    }

    private Answer once(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<InputStream> response = client.send(request, BodyHandlers.ofInputStream());
        try (InputStream in = response.body()) {
            byte[] bytes = in.readNBytes((int) ModuleStore.SIZE_MAX + 1);
            if (bytes.length > ModuleStore.SIZE_MAX) {
                throw new Final("a module may have at most 64MiB");
            }
            return new Answer(response.statusCode(), response.headers(), Bytes.wrap(bytes));
        }
    }

    /** Where an answer to a question redirects to; null if it does not. */
    private static @Nullable URI target(HttpRequest request, Answer answer) throws Final {
        boolean moved = switch (answer.status) {
            case 301, 302, 303, 307, 308 -> request.method().equals("GET");
            default -> false;
        };
        Optional<String> location = answer.header("Location");
        if (!moved || location.isEmpty()) {
            return null;
        }
        URI target = resolve(request.uri(), location.get());
        if (request.uri().getScheme().equals("https") && !"https".equals(target.getScheme())) {
            throw new Final("redirected from https to " + target.getScheme());
        }
        return target;
    }

    /** A Location against the address that was asked. */
    static URI resolve(URI asked, String location) throws Final {
        try {
            URI target = asked.resolve(location);
            if (target.getHost() != null) {
                return target;
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        throw new Final("the server points to " + location + ", which is no URL");
    }

    private static HttpRequest moved(HttpRequest request, URI target) {
        boolean same = target.getScheme().equals(request.uri().getScheme())
                && target.getRawAuthority().equals(request.uri().getRawAuthority());
        return HttpRequest.newBuilder(request, (name, _) -> same || !name.equalsIgnoreCase(AUTHORIZATION))
                .uri(target)
                .build();
    }

    @Override
    public void close() {
        client.close();
    }
}
