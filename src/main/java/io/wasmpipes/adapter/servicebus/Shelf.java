package io.wasmpipes.adapter.servicebus;

import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.function.BooleanSupplier;

/** What has come and nobody has taken yet, in order. Many put, one takes. */
final class Shelf {
    private final LinkedBlockingDeque<ServiceBusDelivery> ready = new LinkedBlockingDeque<>();
    private final Object signal = new Object();

    void add(ServiceBusDelivery delivery) {
        ready.addLast(delivery);
        wake();
    }

    boolean isEmpty() {
        return ready.isEmpty();
    }

    /** Takes what the demand admits; what is no longer ours is dropped. */
    List<Delivery> take(Demand demand) {
        List<Delivery> taken = new ArrayList<>();
        long bytes = 0;
        for (ServiceBusDelivery next = ready.peekFirst(); next != null; next = ready.peekFirst()) {
            if (next.live()) {
                long size = next.message().size();
                if (!demand.admits(size, taken.size(), bytes)) {
                    break;
                }
                taken.add(next);
                bytes += size;
            }
            ready.pollFirst();
        }
        return taken;
    }

    void wake() {
        synchronized (signal) {
            signal.notifyAll();
        }
    }

    /** Waits until there is something, or {@code over}, or {@code nanos} have passed. */
    void await(long nanos, BooleanSupplier over) throws InterruptedException {
        synchronized (signal) {
            long end = System.nanoTime() + nanos;
            long left = nanos;
            while (ready.isEmpty() && !over.getAsBoolean() && left > 0) {
                signal.wait(left / 1_000_000 + 1);
                left = end - System.nanoTime();
            }
        }
    }
}
