package io.wasmpipes.adapter.timer;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Context;
import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Limits;
import io.wasmpipes.Problems;
import io.wasmpipes.Source;
import io.wasmpipes.Variables;
import io.wasmpipes.support.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class TimerAdapterTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final Demand ONE = new Demand(10, 1000, true, Duration.ofSeconds(5));

    private static Source source(String uri) throws Exception {
        Endpoint endpoint = Endpoint.parse(Endpoint.Role.SOURCE, "SOURCE_URI", uri, Variables.NONE, new Problems())
                .orElseThrow();
        return new TimerAdapter().source(endpoint, new Context("p", Limits.DEFAULT, Path.of("."), () -> NOW));
    }

    @Test
    void it_ticks_by_its_period_as_often_as_told_and_is_exhausted() throws Exception {
        try (Source source = source("timer:?period=50ms&repeat=3&body=tick+tock")) {
            List<Delivery> ticks = new ArrayList<>();
            long start = System.nanoTime();
            while (!source.exhausted()) {
                ticks.addAll(source.receive(ONE));
            }
            assertThat(System.nanoTime() - start)
                    .isGreaterThan(Duration.ofMillis(95).toNanos());
            assertThat(source.receive(ONE)).isEmpty();
            assertThat(ticks).hasSize(3).allSatisfy(tick -> {
                assertThat(tick.message().body().utf8()).isEqualTo("tick tock");
                assertThat(tick.message().time()).isEqualTo(NOW);
            });
            assertThat(ticks.stream()
                            .map(t -> t.message().headers().first("tick").orElseThrow()))
                    .containsExactly("1", "2", "3");
        }
    }

    @Test
    void patience_ends_before_the_next_tick() throws Exception {
        try (Source source = source("timer:?period=1h")) {
            assertThat(source.receive(ONE)).hasSize(1);
            assertThat(source.receive(new Demand(1, 1000, true, Duration.ofMillis(50))))
                    .isEmpty();
        }
    }

    @Test
    void close_unblocks_it() throws Exception {
        Source source = source("timer:?period=1h");
        source.receive(ONE);
        CompletableFuture<List<Delivery>> end = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                end.complete(source.receive(new Demand(1, 1000, true, Duration.ofHours(1))));
            } catch (Exception e) {
                end.completeExceptionally(e);
            }
        });
        source.close();
        assertThat(end.get(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEmpty();
    }
}
