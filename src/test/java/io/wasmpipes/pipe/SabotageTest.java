package io.wasmpipes.pipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.support.Await;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Each sabotage must be noticed, and the same experiment without it must be clean: so the checks can fail, and do. */
class SabotageTest {
    private static final World.Settings ROUGH = new World.Settings(42, 4, 64, 1500, Order.KEY, false, 4, 0);

    private static List<String> breaches(World.Settings settings, Sabotage... sabotage) throws InterruptedException {
        return new World(settings, sabotage).run(sabotage.length == 0 ? Await.PATIENCE : Duration.ofSeconds(4));
    }

    @Test
    void without_sabotage_the_rough_world_is_clean() throws InterruptedException {
        assertThat(breaches(ROUGH)).isEmpty();
    }

    @Test
    void settling_before_the_sink_has_confirmed_is_noticed() throws InterruptedException {
        assertThat(breaches(ROUGH, Sabotage.SETTLE_BEFORE_CONFIRM)).anyMatch(b -> b.contains("not at the sink"));
    }

    @Test
    void writes_that_outlive_a_failed_message_are_noticed() throws InterruptedException {
        assertThat(breaches(ROUGH, Sabotage.SKIP_ROLL_BACK)).anyMatch(b -> b.contains("not at the sink"));
    }

    @Test
    void a_failed_settlement_that_is_swallowed_is_noticed() throws InterruptedException {
        assertThat(breaches(ROUGH, Sabotage.SWALLOW_FAILED_SETTLE)).anyMatch(b -> b.contains("never settled"));
    }

    @Test
    void a_later_message_of_a_key_that_overtakes_is_noticed() throws InterruptedException {
        assertThat(breaches(ROUGH, Sabotage.LET_KEY_OVERTAKE)).anyMatch(b -> b.startsWith("order of"));
    }

    @Test
    void a_delivery_whose_lease_is_lost_is_never_sent() throws InterruptedException {
        assertThat(afterLostLeases()).isEmpty();
    }

    @Test
    void sending_after_a_lost_lease_is_noticed() throws InterruptedException {
        assertThat(afterLostLeases(Sabotage.IGNORE_LOST_LEASE)).anyMatch(b -> b.contains("without a live delivery"));
    }

    /** The sink is away, every lease ends while the source is silent, the sink comes back. */
    private static List<String> afterLostLeases(Sabotage... sabotage) throws InterruptedException {
        World world = new World(ROUGH.quiet(), sabotage);
        AtomicBoolean away = new AtomicBoolean(true);
        world.sink.awayWhile(away::get);
        Thread mend = Thread.ofPlatform().start(() -> {
            try {
                while (!world.pipe.status().outages().containsKey("sink")) {
                    Thread.sleep(1);
                }
                Thread.sleep(50);
                world.source.lapseAll();
                Thread.sleep(400);
                away.set(false);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        List<String> breaches = world.run(Duration.ofSeconds(20));
        mend.join();
        return breaches;
    }
}
