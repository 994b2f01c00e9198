package io.wasmpipes.pipe;

import io.wasmpipes.Cache;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Promise;
import io.wasmpipes.Stage;
import io.wasmpipes.TransientException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the outputs of a lane's items with a chain of its own. Owned by the lane. */
final class Runner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Runner.class);

    /** Headers that name one message to one system: never inherited by another message. */
    private static final Set<String> IDENTIFYING = Set.of("nats-msg-id", "deduplicationid", "messagegroupid");

    private final Shared shared;
    private final Ledger ledger = new Ledger();
    private Chain chain;
    private List<Stage.Factory> refused = List.of();

    Runner(Shared shared, Chain chain) {
        this.shared = shared;
        this.chain = chain;
    }

    /** Whether a chain was loaded that this one has not tried yet. */
    boolean outdated() {
        List<Stage.Factory> wanted = shared.stages().get();
        return !chain.isOf(wanted) && !refused.equals(wanted);
    }

    /** Goes over to what was loaded, if it opens. */
    void renew() {
        List<Stage.Factory> wanted = shared.stages().get();
        try {
            Chain next = Chain.open(wanted, shared.events());
            chain.close();
            chain = next;
        } catch (ConfigException e) {
            refused = wanted;
            LOG.error("a worker keeps the modules it has, the new ones do not open: {}", e.getMessage());
        }
    }

    @Override
    public void close() {
        chain.close();
    }

    /** Runs the chain; afterwards the item has its outputs, or the failure. */
    void run(Item item) throws InterruptedException {
        Overlay overlay = overlay(item);
        item.begin(overlay, chain);
        try (LogMark _ = LogMark.of(item)) {
            admit(item);
            if (alreadyApplied(item)) {
                item.produced(List.of(), List.of(), 0);
            } else {
                produce(item, made(item, overlay));
            }
        } catch (TransientException | PoisonException e) {
            item.unproduce(e);
            if (overlay != null) {
                overlay.rollBack();
            }
        }
    }

    private @Nullable Overlay overlay(Item item) {
        Cache cache = shared.plan().cache();
        return chain.isEmpty() || cache == null ? null : new Overlay(cache, ledger, item.owner);
    }

    private void admit(Item item) throws PoisonException {
        long limit = shared.plan().policy().limits().maxMessageBytes();
        int length = item.input.body().length();
        if (length > limit) {
            throw new PoisonException("the body has " + length + " bytes, MAX_MESSAGE_BYTES allows " + limit);
        }
        checkHops(item);
        int most = shared.plan().policy().retry().maxDeliveries();
        if (item.attempt() > most) {
            throw new PoisonException("delivered " + item.attempt() + " times, MAX_DELIVERIES is " + most);
        }
    }

    private void checkHops(Item item) throws PoisonException {
        if (item.hops >= Hops.SUSPICIOUS) {
            shared.events().manyHops(item.hops);
        }
        OptionalInt limit = shared.plan().policy().hopLimit();
        if (limit.isPresent() && item.hops > limit.getAsInt()) {
            throw new PoisonException(
                    "has passed " + item.hops + " pipes, HOP_LIMIT allows " + limit.getAsInt() + ": is there a loop?");
        }
    }

    /** Whether an earlier delivery got as far as the commit, so that only the settlement is missing. */
    private boolean alreadyApplied(Item item) throws TransientException, InterruptedException {
        Cache cache = shared.plan().cache();
        if (cache == null || chain.isEmpty() || item.input.id().isNone()) {
            return false;
        }
        boolean first = item.attempt() == 1 && shared.plan().source().promises(Promise.COUNTS_DELIVERIES);
        return !first && cache.applied(item.owner);
    }

    private List<Message> made(Item item, @Nullable Overlay overlay)
            throws TransientException, PoisonException, InterruptedException {
        Message input =
                item.input.withHeaders(item.input.headers().keep(h -> !IDENTIFYING.contains(Headers.fold(h.name()))));
        return chain.isEmpty() ? List.of(input) : chain.run(input, Objects.requireNonNull(overlay), item.trail);
    }

    private void produce(Item item, List<Message> made) throws PoisonException {
        List<Parcel> parcels = new ArrayList<>(made.size());
        List<Message> reply = new ArrayList<>(0);
        long bytes = 0;
        for (int i = 0; i < made.size(); i++) {
            Message output = identify(item, made.get(i), i);
            Outlet outlet = shared.router().outlet(output);
            if (outlet == null) {
                reply.add(output);
            } else {
                Trail.Passage passage = item.trail.departs(outlet, output);
                Headers headers = OwnHeaders.of(outlet, output.headers(), passage.headers(), item.hops + 1);
                parcels.add(new Parcel(output.withHeaders(headers), outlet, passage));
            }
            bytes += output.body().equals(item.input.body()) ? 0 : output.size();
        }
        item.produced(parcels, reply, bytes);
        shared.budget().take(0, bytes);
    }

    private Message identify(Item item, Message output, int index) {
        String label = output.label();
        return output.withId(
                item.input.id().derive(shared.plan().name(), chain.digest(), index, label == null ? "" : label));
    }
}
