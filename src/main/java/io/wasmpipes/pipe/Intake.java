package io.wasmpipes.pipe;

import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import io.wasmpipes.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Asks the source for as much as there is room for, and deals what comes out to the lanes. One thread. */
final class Intake implements Runnable {
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final long TICK_NANOS = Duration.ofMillis(100).toNanos();

    private final Shared shared;
    private final List<Lane> lanes;
    private final Order order;
    private final Holding holding;
    private final String token = UUID.randomUUID().toString();
    private final AtomicLong sequence = new AtomicLong();
    private final long probeNanos;
    private long nextProbe;
    private int turn;

    Intake(Shared shared, List<Lane> lanes, Order order) {
        this.shared = shared;
        this.lanes = lanes;
        this.order = order;
        this.holding = new Holding(shared, () -> {});
        this.probeNanos = shared.plan().policy().retry().maxInterval().toNanos();
    }

    @Override
    public void run() {
        try {
            while (!shared.halt().asked()) {
                round();
            }
        } catch (InterruptedException e) {
            // the pipe is stopping
        } catch (RuntimeException | Error e) {
            shared.halt().fail(e);
        } finally {
            lanes.forEach(lane -> lane.queue().close());
        }
    }

    private void round() throws InterruptedException {
        long start = System.nanoTime();
        String away = shared.outages().await(TICK_NANOS);
        if (away != null) {
            shared.events().paused(away, System.nanoTime() - start);
            probe(away);
            return;
        }
        nextProbe = start + probeNanos;
        Demand demand = shared.budget().demand(PATIENCE);
        long waited = System.nanoTime() - start;
        if (waited > TICK_NANOS) {
            shared.events().paused("budget", waited);
        }
        if (demand != null) {
            receive(demand);
        }
    }

    /**
     * In a sink's outage one message is asked for now and then: if it gets through, the sink is there, and what fails is the
     * one message that has failed. Few probes are held at a time.
     */
    private void probe(String away) throws InterruptedException {
        int held = shared.budget().messages();
        boolean useful = away.startsWith("sink") && (held == 0 || (order != Order.SOURCE && held < 2 * lanes.size()));
        if (useful && System.nanoTime() - nextProbe > 0) {
            Demand room = shared.budget().demand(Duration.ofMillis(1));
            if (room != null) {
                receive(new Demand(1, room.bytes(), room.oversize(), room.patience()));
            }
            nextProbe = System.nanoTime() + probeNanos;
        }
    }

    private void receive(Demand demand) throws InterruptedException {
        Source source = shared.plan().source().source();
        List<Delivery> received = new ArrayList<>();
        holding.until("source", () -> received.addAll(source.receive(demand)));
        if (!received.isEmpty()) {
            accept(received);
        } else if (source.exhausted()) {
            shared.halt().ask();
        }
    }

    private void accept(List<Delivery> received) {
        long now = System.nanoTime();
        long bytes = 0;
        List<List<Item>> dealt = new ArrayList<>(lanes.size());
        lanes.forEach(lane -> dealt.add(new ArrayList<>()));
        for (Delivery delivery : received) {
            Item item = item(delivery, now);
            bytes += item.size();
            dealt.get(lane(item)).add(item);
        }
        shared.budget().take(received.size(), bytes);
        shared.events().received(received.size(), bytes);
        for (int i = 0; i < dealt.size(); i++) {
            if (!dealt.get(i).isEmpty()) {
                lanes.get(i).queue().addAll(dealt.get(i));
            }
        }
    }

    private Item item(Delivery delivery, long now) {
        Message message = delivery.message();
        Headers headers = shared.plan().source().headers().apply(message.headers());
        Message input = message.withLabel(null).withHeaders(headers.keep(h -> !reserved(h.name())));
        String owner = message.id().isNone()
                ? token + "/" + sequence.incrementAndGet()
                : shared.plan().name() + "/" + message.id().value();
        Trail trail = shared.events().follow(input, delivery.attempt());
        return new Item(delivery, input, orderKey(delivery), owner, now, trail);
    }

    private static boolean reserved(String name) {
        return name.regionMatches(true, 0, DeadLetter.HEADER, 0, DeadLetter.HEADER.length());
    }

    private @Nullable String orderKey(Delivery delivery) {
        return switch (order) {
            case SOURCE -> "";
            case KEY -> Objects.requireNonNullElse(delivery.orderKey(), "");
            case NONE, AUTO -> null;
        };
    }

    private int lane(Item item) {
        String key = item.orderKey;
        if (key == null) {
            turn = (turn + 1) % lanes.size();
            return turn;
        }
        int hash = key.hashCode();
        return Math.floorMod(hash ^ (hash >>> 16), lanes.size());
    }
}
