package io.wasmpipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PullsTest {
    private static final int BATCH = 10;
    private static final int SIZE = 100;
    private static final Demand MUCH = new Demand(100, 1 << 20, true, Duration.ZERO);

    /** Keeps what it was to send. */
    private static final class Scripted extends Pulls<String, Known> {
        private final List<Request> sent = new ArrayList<>();
        private final List<CompletableFuture<Void>> running = new ArrayList<>();

        Scripted() {
            super(BATCH);
        }

        @Override
        protected Future<?> send(String connection, Request request) {
            sent.add(request);
            running.add(new CompletableFuture<>());
            return running.getLast();
        }

        @Override
        protected long size(String connection) {
            return SIZE;
        }

        void answer(Request request, int count) {
            arrived(
                    request,
                    IntStream.range(0, count).mapToObj(_ -> new Known()).toList());
        }

        List<Integer> counts() {
            return sent.stream().map(Request::count).toList();
        }
    }

    private static final class Known implements Delivery {
        private final Message message = Message.of(Bytes.wrap(new byte[SIZE]));
        private boolean live = true;

        @Override
        public Message message() {
            return message;
        }

        @Override
        public int attempt() {
            return 1;
        }

        @Override
        public boolean live() {
            return live;
        }
    }

    private final Scripted pulls = new Scripted();

    @AfterEach
    void close() {
        pulls.close();
    }

    private List<Delivery> receive(Demand demand) throws TransientException, InterruptedException {
        return pulls.receive(demand, () -> "connection");
    }

    @Test
    void one_request_waits_and_more_run_when_they_come_back_full() throws Exception {
        assertThat(receive(MUCH)).isEmpty();
        assertThat(receive(MUCH)).isEmpty();
        assertThat(pulls.counts()).containsExactly(10);
        pulls.answer(pulls.sent.getFirst(), 10);
        assertThat(receive(MUCH)).hasSize(10);
        assertThat(pulls.counts()).containsExactly(10, 10, 10);
        for (int i = 1; i < 9; i++) {
            pulls.answer(pulls.sent.get(i), 10);
            assertThat(receive(MUCH)).hasSize(10);
        }
        assertThat(pulls.sent).as("nine are answered, four run").hasSize(13);
    }

    @Test
    void what_is_asked_for_fits_the_demand_in_messages_and_bytes() throws Exception {
        Demand small = new Demand(3, 1 << 20, true, Duration.ZERO);
        assertThat(receive(small)).isEmpty();
        assertThat(pulls.counts()).containsExactly(3);
        pulls.answer(pulls.sent.getFirst(), 3);
        assertThat(receive(small)).hasSize(3);
        assertThat(pulls.sent).as("there is no room for more").hasSize(1);
        assertThat(receive(new Demand(100, 5 * SIZE, true, Duration.ZERO))).isEmpty();
        assertThat(pulls.counts()).containsExactly(3, 5);
    }

    @Test
    void what_does_not_fit_stays_and_nothing_more_is_asked_for() throws Exception {
        assertThat(receive(MUCH)).isEmpty();
        pulls.answer(pulls.sent.getFirst(), 2);
        Demand none = new Demand(100, 1, false, Duration.ofMinutes(1));
        assertThat(receive(none)).as("at once").isEmpty();
        assertThat(pulls.sent).hasSize(1);
        assertThat(receive(MUCH)).hasSize(2);
    }

    @Test
    void what_has_lapsed_is_left_out() throws Exception {
        assertThat(receive(MUCH)).isEmpty();
        Known lapsed = new Known();
        lapsed.live = false;
        Known live = new Known();
        pulls.arrived(pulls.sent.getFirst(), List.of(lapsed, live));
        assertThat(receive(MUCH)).containsExactly(live);
    }

    @Test
    void a_failure_is_told_once_and_after_what_has_come() throws Exception {
        assertThat(receive(MUCH)).isEmpty();
        pulls.failed(pulls.sent.getFirst(), TransientException.outage("away"));
        assertThatThrownBy(() -> receive(MUCH)).hasMessage("away");
        assertThat(receive(MUCH)).isEmpty();
        assertThat(pulls.sent).hasSize(2);
        pulls.failed(pulls.sent.getLast(), null);
        assertThat(receive(MUCH)).as("nothing had come in time").isEmpty();
    }

    @Test
    void an_empty_answer_at_once_is_followed_by_a_pause() throws Exception {
        assertThat(receive(MUCH)).isEmpty();
        long answered = System.nanoTime();
        pulls.answer(new Pulls.Request(BATCH, answered), 0);
        while (pulls.sent.size() == 1) {
            assertThat(receive(new Demand(100, 1 << 20, true, Duration.ofMillis(20))))
                    .isEmpty();
        }
        assertThat(System.nanoTime() - answered)
                .isGreaterThanOrEqualTo(Duration.ofMillis(200).toNanos());
    }

    @Test
    void closing_ends_what_is_under_way_and_failures_are_no_news_then() throws Exception {
        assertThat(receive(MUCH)).isEmpty();
        pulls.close();
        assertThat(pulls.running.getFirst()).isCancelled();
        pulls.failed(pulls.sent.getFirst(), TransientException.outage("cancelled"));
        assertThat(receive(MUCH)).isEmpty();
        assertThat(pulls.receive(MUCH, () -> {
                    throw TransientException.outage("closed");
                }))
                .isEmpty();
    }
}
