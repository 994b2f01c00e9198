package io.wasmpipes.wasm.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wasmpipes.Bytes;
import io.wasmpipes.PoisonException;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.Wat;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class WatchdogTest {
    private static final Bytes SPINNER = Wat.module("""
            (module (memory (export "memory") 1)
              (func (export "forever") (loop $l (br $l)))
              (func (export "count") (param $n i32) (result i32) (local $i i32)
                (loop $l
                  (local.set $i (i32.add (local.get $i) (i32.const 1)))
                  (br_if $l (i32.lt_u (local.get $i) (local.get $n))))
                (local.get $i)))
            """);
    private static Engine engine;
    private static Program program;

    private enum End {
        VALUE,
        TIME_LIMIT,
        INTERRUPTED
    }

    @BeforeAll
    static void open(@TempDir Path state) throws Exception {
        engine = new Engine(state, new Ambience(InstantSource.system(), new Random(1)));
        program = engine.compile("t", SPINNER);
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    @Test
    void an_endless_loop_ends_soon_after_its_time() throws Exception {
        try (Guest guest = guest(Duration.ofMillis(100))) {
            long start = System.nanoTime();
            assertThatThrownBy(() -> guest.call("forever"))
                    .isInstanceOf(PoisonException.class)
                    .hasMessage("time limit 100ms exceeded");
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(100), Duration.ofSeconds(5));
        }
    }

    @Test
    void endless_loops_in_every_lane_at_once_all_end() throws Exception {
        try (ExecutorService lanes = Executors.newFixedThreadPool(8)) {
            List<Future<Boolean>> ends = new ArrayList<>();
            for (int lane = 0; lane < 8; lane++) {
                ends.add(lanes.submit((Callable<Boolean>) () -> {
                    try (Guest guest = guest(Duration.ofMillis(50))) {
                        assertThatThrownBy(() -> guest.call("forever")).hasMessageContaining("time limit");
                        return Thread.currentThread().isInterrupted();
                    }
                }));
            }
            for (Future<Boolean> end : ends) {
                assertThat(end.get(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .as("interrupt flag")
                        .isFalse();
            }
        }
    }

    @Test
    void deadlines_that_race_with_the_end_leave_no_interrupt_behind() throws Exception {
        Random random = new Random(7);
        Map<End, Integer> ends = new EnumMap<>(End.class);
        for (int i = 0; i < 400; i++) {
            Duration limit = Duration.ofNanos(1_000 + random.nextInt(1_000_000));
            ends.merge(end(limit, 1 + random.nextInt(500_000)), 1, Integer::sum);
            assertThat(Thread.currentThread().isInterrupted()).as("run " + i).isFalse();
        }
        assertThat(ends).as("both ends were seen").containsOnlyKeys(End.VALUE, End.TIME_LIMIT);
    }

    @Test
    void interrupts_by_others_surface_as_interruptions_and_the_next_call_is_fine() throws Exception {
        Random random = new Random(11);
        Map<End, Integer> ends = new EnumMap<>(End.class);
        Thread lane = Thread.currentThread();
        for (int i = 0; i < 200; i++) {
            Duration limit = Duration.ofNanos(random.nextBoolean() ? 5_000_000_000L : 1 + random.nextInt(400_000));
            long delay = random.nextInt(400_000);
            CountDownLatch interrupted = new CountDownLatch(1);
            Thread.ofPlatform().start(() -> {
                LockSupport.parkNanos(delay);
                lane.interrupt();
                interrupted.countDown();
            });
            End end = end(limit, 300_000);
            ends.merge(end, 1, Integer::sum);
            while (interrupted.getCount() > 0) {
                Thread.onSpinWait();
            }
            boolean pending = Thread.interrupted();
            assertThat(pending && end == End.INTERRUPTED)
                    .as("an interrupt counts once")
                    .isFalse();
            assertThat(end(Duration.ofSeconds(5), 10)).isEqualTo(End.VALUE);
        }
        assertThat(ends).containsKeys(End.VALUE, End.INTERRUPTED, End.TIME_LIMIT);
    }

    private static End end(Duration limit, int rounds) throws Exception {
        try (Guest guest = guest(limit)) {
            assertThat(guest.call("count", rounds)).isEqualTo(rounds);
            return End.VALUE;
        } catch (PoisonException e) {
            assertThat(e).hasMessageContaining("time limit");
            return End.TIME_LIMIT;
        } catch (InterruptedException e) {
            return End.INTERRUPTED;
        }
    }

    private static Guest guest(Duration limit) throws Exception {
        Guest guest = program.open(List.of(), new GuestLimits(1 << 20, limit), new GuestLog("t", System::nanoTime));
        guest.started();
        return guest;
    }
}
