package io.wasmpipes.pipe;

import io.wasmpipes.Delivery;
import io.wasmpipes.Message;
import io.wasmpipes.PipeException;
import io.wasmpipes.PoisonException;
import io.wasmpipes.TransientException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One delivery on its way through a lane: received, run, sent, confirmed, settled. Owned by one thread at a time. */
final class Item {
    final Delivery delivery;
    /** The input as the endpoint's header rule lets it in. */
    final Message input;
    /** What it must not be overtaken in; null: anything may overtake it. */
    final @Nullable String orderKey;
    /** Who it is for the cache. */
    final String owner;

    final long receivedNanos;

    /** How many pipes it has passed before this one. */
    final int hops;

    final Trail trail;

    private final long inputSize;

    private @Nullable Overlay overlay;
    private @Nullable Chain chain;
    private boolean ran;
    private List<Parcel> parcels = List.of();
    private List<Message> reply = List.of();
    private long outputSize;
    private @Nullable PipeException runFailure;
    private final Patience patience = new Patience();
    private int rounds;

    Item(Delivery delivery, Message input, @Nullable String orderKey, String owner, long receivedNanos, Trail trail) {
        this.delivery = delivery;
        this.input = input;
        this.orderKey = orderKey;
        this.owner = owner;
        this.receivedNanos = receivedNanos;
        this.trail = trail;
        this.inputSize = delivery.message().size();
        this.hops = Hops.of(delivery.message());
    }

    /** What its dead letter is called: every one has a name, also where the source has none. */
    String name() {
        return input.id().isNone() ? owner : input.id().value();
    }

    /** What it counts in the budget now. */
    long size() {
        return inputSize + outputSize;
    }

    boolean follows(Item earlier) {
        return orderKey != null && orderKey.equals(earlier.orderKey);
    }

    /** A run of the chain begins, with this view of the cache. */
    void begin(@Nullable Overlay view, Chain with) {
        if (chain == null) {
            trail.hop("wait", receivedNanos);
        }
        overlay = view;
        chain = with;
    }

    /** The digest of the stage that it ran through last, empty if there is none of this name. */
    String digest(String stage) {
        return chain == null ? "" : chain.digest(stage);
    }

    @Nullable
    Overlay overlay() {
        return overlay;
    }

    /** The chain has made its outputs. */
    void produced(List<Parcel> outputs, List<Message> answers, long bytes) {
        ran = true;
        runFailure = null;
        parcels = outputs;
        reply = answers;
        outputSize = bytes;
    }

    /** Forgets what was made: the chain must run again. */
    void unproduce(@Nullable PipeException why) {
        ran = false;
        runFailure = why;
        parcels.forEach(Parcel::drop);
        parcels = List.of();
        reply = List.of();
        outputSize = 0;
    }

    boolean ran() {
        return ran;
    }

    List<Parcel> parcels() {
        return parcels;
    }

    List<Message> reply() {
        return reply;
    }

    long outputSize() {
        return outputSize;
    }

    List<Parcel> unsent() {
        List<Parcel> rest = new ArrayList<>();
        for (Parcel parcel : parcels) {
            if (!parcel.delivered()) {
                rest.add(parcel);
            }
        }
        return rest;
    }

    /** Every output is with its sink. */
    boolean arrived() {
        if (!ran) {
            return false;
        }
        for (Parcel parcel : parcels) {
            if (!parcel.delivered()) {
                return false;
            }
        }
        return true;
    }

    /** What makes the input itself poison, if anything does. */
    @Nullable
    PoisonException poison() {
        return runFailure instanceof PoisonException p ? p : null;
    }

    /** The failure it waits for, outages first; null if nothing has failed. */
    @Nullable
    TransientException waitsFor() {
        TransientException found = runFailure instanceof TransientException t ? t : null;
        for (Parcel parcel : parcels) {
            if (parcel.failure() instanceof TransientException t
                    && (found == null || t.scope() == TransientException.Scope.OUTAGE)) {
                found = t;
            }
        }
        return found;
    }

    /** The end that is away, if that is what it waits for; null if the failure is its own. */
    @Nullable
    String endThatFails(Shared.Evidence evidence) {
        if (runFailure instanceof TransientException t && t.scope() == TransientException.Scope.OUTAGE) {
            return "cache";
        }
        for (Parcel parcel : parcels) {
            if (parcel.meetsOutage(evidence)) {
                patience.reset();
                return parcel.outlet.name();
            }
        }
        return null;
    }

    Patience patience() {
        return patience;
    }

    /** Which delivery this is, as the broker counts or, where it takes nothing back, as the lane does. */
    int attempt() {
        return delivery.attempt() + rounds;
    }

    /** Begins another in-process delivery, for sources that take nothing back. */
    void nextRound() {
        rounds++;
        patience.reset();
    }
}
