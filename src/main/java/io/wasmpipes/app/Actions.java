package io.wasmpipes.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Header;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.wasmpipes.Bytes;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Headers;
import io.wasmpipes.Id;
import io.wasmpipes.Message;
import io.wasmpipes.TransientException;
import io.wasmpipes.cli.Redrive;
import io.wasmpipes.config.ProblemReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What can be done over the management port, only with MANAGEMENT_TOKEN: who does it must be known. */
@Controller("/")
@Produces("application/json")
@ExecuteOn(TaskExecutors.BLOCKING)
final class Actions {
    private static final JsonMapper MAPPER = new JsonMapper();

    private final Admission admission;
    private final Means means;

    Actions(Admission admission, Means means) {
        this.admission = admission;
        this.means = means;
    }

    /**
     * What the actions need.
     *
     * @param reloader answers null before the pipe has started
     * @param place null where there are no dead letters
     * @param schemes of the pipe's ends
     * @param redriveTo where letters go unless it is said; null for where each came from
     */
    record Means(
            Supplier<@Nullable Reloader> reloader,
            Tester tester,
            RecentDeaths deaths,
            @Nullable DeadLetterPlace place,
            Set<String> schemes,
            @Nullable String redriveTo) {}

    /** Something that is done, and answers what to tell. */
    private interface Action {
        Object run() throws ConfigException, TransientException, InterruptedException, IOException;
    }

    private HttpResponse<String> act(@Nullable String authorization, Action action) throws InterruptedException {
        HttpResponse<String> refused = admission.refuseAct(authorization);
        if (refused != null) {
            return refused;
        }
        try {
            return Observation.ok(action.run());
        } catch (ConfigException e) {
            String why = e.problems().stream().map(ProblemReport::line).collect(Collectors.joining("; "));
            return Admission.failed(HttpStatus.CONFLICT, why);
        } catch (TransientException e) {
            return Admission.failed(HttpStatus.SERVICE_UNAVAILABLE, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            return Admission.failed(HttpStatus.BAD_REQUEST, "the body must be JSON: " + why);
        }
    }

    /** Takes over modules that have changed. */
    @Post("/reload")
    HttpResponse<String> reload(@Header("Authorization") @Nullable String authorization) throws InterruptedException {
        return act(authorization, () -> {
            Reloader reloader = means.reloader().get();
            if (reloader == null) {
                throw TransientException.outage("the pipe has not started");
            }
            return Map.of("reloaded", reloader.reload());
        });
    }

    /** Shows what the modules make of {@code body}, or {@code body_base64}, with {@code headers}; sends nothing. */
    @Post("/try")
    @Consumes("application/json")
    HttpResponse<String> attempt(@Header("Authorization") @Nullable String authorization, @Body String request)
            throws InterruptedException {
        return act(authorization, () -> {
            JsonNode json = MAPPER.readTree(request);
            Map<String, String> headers = new LinkedHashMap<>();
            json.path("headers")
                    .properties()
                    .forEach(header ->
                            headers.put(header.getKey(), header.getValue().asText()));
            return means.tester().run(new Message(Id.NONE, body(json), Headers.of(headers), null, null, null));
        });
    }

    private static Bytes body(JsonNode json) throws IOException {
        JsonNode base64 = json.path("body_base64");
        return base64.isTextual()
                ? Bytes.wrap(base64.binaryValue())
                : Bytes.utf8(json.path("body").asText(""));
    }

    /**
     * Sends the dead letters of {@code ids} on their way again, to where they came from or {@code to}. That must be a system
     * that the pipe uses: whoever has the token is not to write where the pipe could not.
     */
    @Post("/dead-letters/redrive")
    @Consumes("application/json")
    HttpResponse<String> redrive(@Header("Authorization") @Nullable String authorization, @Body String request)
            throws InterruptedException {
        return act(authorization, () -> {
            DeadLetterPlace place = means.place();
            if (place == null) {
                throw new ConfigException(
                        "DEAD_LETTER_URI", "", "is not set: there are no dead letters to redrive", "");
            }
            JsonNode json = MAPPER.readTree(request);
            Set<String> ids = new LinkedHashSet<>();
            json.path("ids").forEach(id -> ids.add(id.asText()));
            List<String> told = new ArrayList<>();
            String to = target(json.path("to").asText(""));
            Redrive.Result result = place.redrive(to, DeadLetterPlace.there(ids), told::add);
            if (result.failed() == 0 && result.sent() >= ids.size()) {
                means.deaths().redriven(ids);
            }
            return Map.of("redriven", result.sent(), "failed", result.failed(), "told", told);
        });
    }

    private @Nullable String target(String to) throws ConfigException {
        if (to.isEmpty()) {
            return means.redriveTo();
        }
        if (!means.schemes().contains(Headers.fold(to.replaceFirst(":.*", "")))) {
            throw new ConfigException(
                    "to", Endpoint.redact(to), "must have the scheme of an end of this pipe: " + means.schemes(), "");
        }
        return to;
    }
}
