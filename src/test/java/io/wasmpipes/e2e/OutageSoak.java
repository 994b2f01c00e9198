package io.wasmpipes.e2e;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A sink away for minutes: memory flat, nothing lost, nothing dead-lettered, HTTP answers 503. */
class OutageSoak {
    private static final Duration OUTAGE = Duration.ofMinutes(5);

    @Test
    void a_sink_that_is_away_for_minutes_costs_no_message_and_no_memory() throws InterruptedException {
        Together.run(
                () -> OutageRun.httpToHttp(OUTAGE),
                () -> OutageRun.jetStreamToHttp(OUTAGE),
                () -> OutageRun.jetStreamToJetStream(OUTAGE));
    }
}
