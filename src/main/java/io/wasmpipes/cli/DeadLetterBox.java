package io.wasmpipes.cli;

import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Limits;
import io.wasmpipes.Settled;
import io.wasmpipes.Settlement;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The dead letters at a place, read outside of any pipe. What is neither done nor given back stays there. One thread. */
public final class DeadLetterBox implements AutoCloseable {
    private static final Duration SLICE = Duration.ofMillis(500);

    private final Source source;
    private final Duration patience;

    /** {@code patience}: with nothing new for so long it counts as empty. */
    public DeadLetterBox(Source source, Duration patience) {
        this.source = source;
        this.patience = patience;
    }

    /** The next letters, at most so many; none when there are no more. */
    public List<Letter> next(int most) throws TransientException, InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        source.connect();
        List<Delivery> deliveries = new ArrayList<>();
        while (deliveries.isEmpty() && !source.exhausted() && System.nanoTime() < end) {
            deliveries.addAll(source.receive(new Demand(most, Limits.DEFAULT.maxInFlightBytes(), true, SLICE)));
        }
        return deliveries.stream().map(Letter::of).toList();
    }

    /** They are no longer there. */
    public void done(List<Letter> letters) throws TransientException, InterruptedException {
        settle(letters, Settlement.Done.SILENT);
    }

    /** They are there as before, for the next who looks. */
    public void giveBack(List<Letter> letters) throws TransientException, InterruptedException {
        settle(letters, new Settlement.Retry(Duration.ZERO, new IllegalStateException("only looked at")));
    }

    private void settle(List<Letter> letters, Settlement settlement) throws TransientException, InterruptedException {
        source.settle(letters.stream()
                .map(letter -> new Settled(letter.delivery(), settlement))
                .toList());
    }

    @Override
    public void close() {
        source.close();
    }
}
