package io.wasmpipes.e2e;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The short form of {@link OutageSoak}: just over three times (ack wait × max deliver). */
class OutageIT {
    private static final Duration OUTAGE = Duration.ofSeconds(10);

    @Test
    void a_sink_that_is_away_longer_than_the_broker_is_patient_costs_no_message() throws InterruptedException {
        Together.run(
                () -> OutageRun.httpToHttp(OUTAGE),
                () -> OutageRun.jetStreamToHttp(OUTAGE),
                () -> OutageRun.jetStreamToJetStream(OUTAGE));
    }
}
