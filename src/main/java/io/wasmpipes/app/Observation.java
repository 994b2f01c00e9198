package io.wasmpipes.app;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Header;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/** The management port's views of single messages and of the configuration. */
@Controller("/")
final class Observation {
    private static final String JSON = "application/json";
    private static final String LINES = "application/x-ndjson";
    static final int PER_SECOND_MAX = 1000;

    private final Admission admission;
    private final Onlookers onlookers;
    private final Passport passport;

    Observation(Admission admission, Onlookers onlookers, Passport passport) {
        this.admission = admission;
        this.onlookers = onlookers;
        this.passport = passport;
    }

    /** What a caller may do: {@code look}, and {@code act}, which includes to see bodies. */
    @Get("/access")
    @Produces(JSON)
    HttpResponse<String> access(@Header("Authorization") @Nullable String authorization) {
        return ok(Map.of(
                "look", admission.refuseLook(authorization) == null,
                "act", admission.refuseAct(authorization) == null));
    }

    @Get("/config")
    @Produces(JSON)
    HttpResponse<String> config(@Header("Authorization") @Nullable String authorization) {
        HttpResponse<String> refused = admission.refuseLook(authorization);
        return refused != null ? refused : ok(passport.configuration());
    }

    @Get("/dead-letters")
    @Produces(JSON)
    HttpResponse<String> deadLetters(
            @Header("Authorization") @Nullable String authorization, @QueryValue @Nullable String id) {
        HttpResponse<String> refused =
                id == null ? admission.refuseLook(authorization) : admission.refuseAct(authorization);
        if (refused != null) {
            return refused;
        }
        return id == null
                ? ok(onlookers.deaths().list())
                : onlookers
                        .deaths()
                        .find(id)
                        .map(Observation::ok)
                        .orElseGet(() -> Admission.failed(HttpStatus.NOT_FOUND, "no recent dead letter " + id));
    }

    static HttpResponse<String> ok(Object value) {
        return HttpResponse.ok(Json.text(value) + "\n");
    }

    /** Records of messages as they pass, a line of JSON each, until the client goes. */
    @Get("/tap")
    @Produces(LINES)
    HttpResponse<?> tap(
            @Header("Authorization") @Nullable String authorization,
            @QueryValue(defaultValue = "10") int rate,
            @QueryValue(defaultValue = "false") boolean bodies) {
        HttpResponse<String> refused =
                bodies ? admission.refuseAct(authorization) : admission.refuseLook(authorization);
        if (refused != null) {
            return refused;
        }
        if (onlookers.taps().full()) {
            return Admission.failed(HttpStatus.TOO_MANY_REQUESTS, Taps.MOST + " watch already");
        }
        int perSecond = Math.clamp(rate, 1, PER_SECOND_MAX);
        Flux<byte[]> lines = Flux.create(
                (FluxSink<byte[]> sink) -> onlookers
                        .taps()
                        .open(perSecond, bodies, record -> sink.next(line(record)))
                        .ifPresentOrElse(end -> sink.onDispose(end::run), sink::complete), // others were quicker
                FluxSink.OverflowStrategy.DROP);
        return HttpResponse.ok(lines.startWith(List.of(new byte[] {'\n'})));
    }

    private static byte[] line(Map<String, Object> record) {
        return (Json.text(record) + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
