package io.wasmpipes;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.support.Await;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LeaseTest {
    private static final long LONG = Duration.ofHours(1).toNanos();

    private final long now = System.nanoTime();

    @Test
    void of_all_who_claim_it_one_may_settle() {
        Lease lease = new Lease(now + LONG, now + LONG);
        assertThat(lease.live()).isTrue();
        assertThat(lease.claim()).isTrue();
        assertThat(lease.live()).isFalse();
        assertThat(lease.claim()).isFalse();
        lease.unclaim();
        assertThat(lease.live()).isTrue();
        assertThat(lease.claim()).isTrue();
    }

    @Test
    void once_it_has_run_out_it_stays_so() {
        Lease lease = new Lease(now - 1, now + LONG);
        assertThat(lease.live()).isFalse();
        lease.extend(now + LONG);
        assertThat(lease.live()).isFalse();
        assertThat(lease.claim()).isFalse();
        assertThat(lease.beginExtension(now)).isFalse();
    }

    @Test
    void it_is_extended_until_it_has_been_kept_for_as_long_as_it_may_be() {
        Lease lease = new Lease(now + LONG, now + 10);
        assertThat(lease.mayKeep(now)).isTrue();
        assertThat(lease.beginExtension(now + 9)).isTrue();
        lease.extended(now + LONG);
        assertThat(lease.mayKeep(now + 10)).isFalse();
        assertThat(lease.beginExtension(now + 10)).isFalse();
        assertThat(lease.claim()).isTrue();
    }

    @Test
    void a_claim_waits_for_the_extension_under_way() throws Exception {
        Lease lease = new Lease(now + LONG, now + LONG);
        assertThat(lease.beginExtension(now)).isTrue();
        CompletableFuture<Boolean> claimed = new CompletableFuture<>();
        Thread claiming = Thread.ofPlatform().start(() -> claimed.complete(lease.claim()));
        Await.until("the claim waits", () -> claiming.getState() == Thread.State.WAITING);
        assertThat(claimed).isNotDone();
        lease.lose();
        lease.notExtended();
        assertThat(claimed.get(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("it was lost meanwhile")
                .isFalse();
    }
}
