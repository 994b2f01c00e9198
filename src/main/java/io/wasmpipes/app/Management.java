package io.wasmpipes.app;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Header;
import io.micronaut.http.annotation.Produces;
import io.wasmpipes.pipe.PipeStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The management port: probes and metrics, for everybody; who this is, for those who may look. */
@Controller("/")
final class Management {
    private static final String JSON = "application/json";
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private final Admission admission;
    private final Passport passport;
    private final View view;

    Management(Admission admission, Passport passport, View view) {
        this.admission = admission;
        this.passport = passport;
        this.view = view;
    }

    /** What there is to show. */
    record View(Health health, Telemetry telemetry) {}

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
        HttpResponse<String> refused = admission.refuseLook(authorization);
        return refused != null ? refused : Observation.ok(passport.show());
    }
}
