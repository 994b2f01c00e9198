package io.wasmpipes.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.wasmpipes.Bytes;
import io.wasmpipes.Headers;
import io.wasmpipes.Id;
import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import io.wasmpipes.cli.TripView;
import io.wasmpipes.pipe.Outlet;
import io.wasmpipes.pipe.Trail;
import io.wasmpipes.support.NoSink;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What those see who watch. */
class TapsTest {
    private static final Outlet SINK = new Outlet("sink", "discard:", new NoSink(), Set.of(), headers -> headers);

    private final Taps taps = new Taps();
    private final List<JsonNode> seen = new ArrayList<>();

    private Runnable open(int perSecond, boolean bodies) {
        return taps.open(perSecond, bodies, record -> {
                    try {
                        seen.add(new JsonMapper().readTree(Json.text(record)));
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                })
                .orElseThrow();
    }

    private static Message message(Bytes body) {
        return new Message(new Id("7"), body, Headers.of(Map.of("k", "hidden")), null, null, null);
    }

    @Test
    void a_trip_has_every_step_and_bodies_only_if_asked() {
        open(10, false);
        open(10, true);
        Message input = message(Bytes.utf8("secret\ntext"));
        Trail trail = taps.follow(input, 2);
        trail.ran("split", input, List.of(message(Bytes.utf8("a")), message(Bytes.wrap(new byte[] {-1}))), 0);
        trail.departs(SINK, input).arrived();
        trail.ended(Trail.Ending.DONE, "");

        assertThat(seen).hasSize(2);
        assertThat(seen.getFirst().toString())
                .doesNotContain("secret", "hidden")
                .contains("\"attempt\":2");
        JsonNode full = seen.getLast();
        assertThat(full.path("input").path("headers").path("k").asText()).isEqualTo("hidden");
        assertThat(full.path("steps")
                        .path(0)
                        .path("outputs")
                        .path(1)
                        .path("body_base64")
                        .asText())
                .isEqualTo("/w==");
        assertThat(TripView.text(full))
                .contains("  7  11 bytes, attempt 2", "    secret\n    text", "split", "2 outputs", "base64 /w==")
                .contains("  → sink discard:")
                .contains("  done, ");
    }

    @Test
    void a_failure_is_told_with_its_reason() {
        open(10, false);
        Message input = message(Bytes.EMPTY);
        Trail trail = taps.follow(input, 1);
        trail.failed("keep", input, new PoisonException("keep", "no", null), 0);
        trail.ended(Trail.Ending.DEAD_LETTER, "keep: no");
        assertThat(TripView.text(seen.getFirst())).contains("failed: no", "dead letter: keep: no");
    }

    @Test
    void what_is_large_or_many_is_shown_in_part_and_counted() {
        open(10, true);
        Message input = message(Bytes.wrap(new byte[Trip.BODY_MAX + 1]));
        Trail trail = taps.follow(input, 1);
        trail.ran("split", input, Collections.nCopies(1000, message(Bytes.EMPTY)), 0);
        for (int i = 0; i < 1000; i++) {
            trail.ran("next", input, List.of(), 0);
        }
        trail.ended(Trail.Ending.DONE, "");
        JsonNode trip = seen.getFirst();
        assertThat(trip.path("step_count").asInt()).isEqualTo(1001);
        assertThat(trip.path("steps")).hasSize(Trip.OUTPUTS_MAX);
        assertThat(TripView.text(trip)).contains("… 1001 steps in all");
        assertThat(trip.path("input").path("bytes").asInt()).isEqualTo(Trip.BODY_MAX + 1);
        assertThat(trip.path("input").path("body").asText()).hasSize(Trip.BODY_MAX);
        assertThat(trip.path("input").path("truncated").asBoolean()).isTrue();
        assertThat(trip.path("steps").path(0).path("output_count").asInt()).isEqualTo(1000);
        assertThat(trip.path("steps").path(0).path("outputs")).hasSize(Trip.OUTPUTS_MAX);
    }

    @Test
    void each_tap_takes_as_many_as_it_wants_and_none_once_it_is_closed() {
        Runnable first = open(3, false);
        for (int i = 0; i < 10; i++) {
            taps.follow(message(Bytes.EMPTY), 1).ended(Trail.Ending.DONE, "");
        }
        assertThat(seen).hasSizeBetween(3, 6); // a second may have ended meanwhile
        first.run();
        assertThat(taps.follow(message(Bytes.EMPTY), 1)).isSameAs(Trail.NONE);
        for (int i = 0; i < Taps.MOST; i++) {
            assertThat(taps.full()).isFalse();
            open(1, false);
        }
        assertThat(taps.full()).isTrue();
        assertThat(taps.open(1, false, _ -> {})).isEmpty();
    }
}
