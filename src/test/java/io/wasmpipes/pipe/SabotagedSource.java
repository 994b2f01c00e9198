package io.wasmpipes.pipe;

import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Message;
import io.wasmpipes.Settled;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import java.util.List;
import java.util.Set;

/** A source broken as asked for; with nothing asked for, the source itself. */
record SabotagedSource(Source real, Set<Sabotage> sabotage) implements Source {
    private record Immortal(Delivery real) implements Delivery {
        @Override
        public Message message() {
            return real.message();
        }

        @Override
        public int attempt() {
            return real.attempt();
        }

        @Override
        public boolean live() {
            return true;
        }

        @Override
        public void release() {
            real.release();
        }
    }

    @Override
    public void connect() throws TransientException, InterruptedException {
        real.connect();
    }

    @Override
    public List<Delivery> receive(Demand demand) throws TransientException, InterruptedException {
        List<Delivery> received = real.receive(demand);
        return sabotage.contains(Sabotage.IGNORE_LOST_LEASE)
                ? received.stream().map(each -> (Delivery) new Immortal(each)).toList()
                : received;
    }

    @Override
    public void settle(List<Settled> settled) throws TransientException, InterruptedException {
        try {
            real.settle(settled.stream()
                    .map(each -> each.delivery() instanceof Immortal(var inner)
                            ? new Settled(inner, each.settlement())
                            : each)
                    .toList());
        } catch (TransientException e) {
            if (!sabotage.contains(Sabotage.SWALLOW_FAILED_SETTLE)) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        real.close();
    }
}
