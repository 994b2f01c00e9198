package io.wasmpipes.app;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Header;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.wasmpipes.ConfigException;
import io.wasmpipes.config.ProblemReport;
import io.wasmpipes.pipe.PipeStatus;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The management port: probes and metrics for everybody, the rest for those who know MANAGEMENT_TOKEN, if it is set. */
@Controller("/")
final class Management {
    private static final String JSON = "application/json";
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private final View view;

    Management(View view) {
        this.view = view;
    }

    /** What there is to show; {@code token} is empty where everybody may see it. */
    record View(
            Health health, Telemetry telemetry, Passport info, String token, Supplier<@Nullable Reloader> reloader) {
        /** A token does not belong into texts. */
        @Override
        public String toString() {
            return "view";
        }
    }

    @Get(uris = {"/healthz/liveness", "/health/liveness"})
    @Produces(JSON)
    HttpResponse<String> liveness() {
        return probe(view.health().live());
    }

    @Get(uris = {"/healthz/readiness", "/health/readiness", "/healthz", "/health"})
    @Produces(JSON)
    HttpResponse<String> readiness() {
        return probe(view.health().ready());
    }

    private HttpResponse<String> probe(boolean good) {
        Health health = view.health();
        PipeStatus status = health.status();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("status", health.word());
        body.put("away", health.away());
        body.put("in_flight_messages", status.inFlightMessages());
        body.put("in_flight_bytes", status.inFlightBytes());
        return HttpResponse.<String>status(good ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
                .body(Json.text(body) + "\n");
    }

    @Get(uris = {"/metrics", "/prometheus"})
    @Produces(PROMETHEUS)
    String metrics() {
        return view.telemetry().scrape();
    }

    @Get("/info")
    @Produces(JSON)
    HttpResponse<String> info(@Header("Authorization") @Nullable String authorization) {
        if (!admitted(authorization)) {
            return unauthorized();
        }
        return HttpResponse.ok(Json.text(view.info().show()) + "\n");
    }

    /** Takes over modules that have changed. Only where there is a token: who may do this must be known. */
    @Post("/reload")
    @Produces(JSON)
    @ExecuteOn(TaskExecutors.BLOCKING)
    HttpResponse<String> reload(@Header("Authorization") @Nullable String authorization) {
        Reloader reloader = view.reloader().get();
        if (view.token().isEmpty()) {
            return failed(HttpStatus.FORBIDDEN, "set MANAGEMENT_TOKEN to allow this");
        }
        if (!admitted(authorization)) {
            return unauthorized();
        }
        if (reloader == null) {
            return failed(HttpStatus.SERVICE_UNAVAILABLE, "the pipe has not started");
        }
        try {
            return HttpResponse.ok(Json.text(Map.of("reloaded", reloader.reload())) + "\n");
        } catch (ConfigException e) {
            String why = e.problems().stream().map(ProblemReport::line).collect(Collectors.joining("; "));
            return failed(HttpStatus.CONFLICT, "the modules that run stay: " + why);
        }
    }

    private static HttpResponse<String> unauthorized() {
        MutableHttpResponse<String> response = failed(HttpStatus.UNAUTHORIZED, "MANAGEMENT_TOKEN is required");
        return response.header("WWW-Authenticate", "Bearer");
    }

    private static MutableHttpResponse<String> failed(HttpStatus status, String why) {
        return HttpResponse.<String>status(status).body(Json.text(Map.of("error", why)) + "\n");
    }

    private boolean admitted(@Nullable String authorization) {
        byte[] expected = ("Bearer " + view.token()).getBytes(StandardCharsets.UTF_8);
        return view.token().isEmpty()
                || (authorization != null
                        && MessageDigest.isEqual(authorization.getBytes(StandardCharsets.UTF_8), expected));
    }
}
