package io.wasmpipes.app;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;

/** The console: one page, its style and its scripts, as they are in the jar. */
@Controller("/")
final class ConsolePage {
    private static final String SCRIPT = "text/javascript; charset=utf-8";

    /** Nothing from elsewhere, nothing in line, in nobody's frame. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
                    + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final Map<String, String> FILES = Map.of(
            "index.html", "text/html; charset=utf-8",
            "console.css", "text/css; charset=utf-8",
            "console.js", SCRIPT,
            "figures.js", SCRIPT,
            "messages.js", SCRIPT,
            "page.js", SCRIPT);

    @Get
    HttpResponse<byte[]> page() {
        return file("index.html");
    }

    @Get("/console/{name}")
    HttpResponse<byte[]> part(String name) {
        return FILES.containsKey(name) ? file(name) : HttpResponse.notFound();
    }

    private static HttpResponse<byte[]> file(String name) {
        try (InputStream in = ConsolePage.class.getResourceAsStream("console/" + name)) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks " + name);
            }
            return HttpResponse.ok(in.readAllBytes())
                    .header("Content-Type", Objects.requireNonNull(FILES.get(name)))
                    .header("Cache-Control", "no-cache")
                    .header("Content-Security-Policy", POLICY)
                    .header("X-Content-Type-Options", "nosniff")
                    .header("Referrer-Policy", "no-referrer");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
