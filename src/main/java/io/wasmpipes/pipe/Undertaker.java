package io.wasmpipes.pipe;

import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Promise;
import io.wasmpipes.Settlement;
import io.wasmpipes.TransientException;
import io.wasmpipes.pipe.DeadMessage.Fate;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sees poison off: to the dead-letter sink, else back to the source as rejected, else it stops the pipe. Owned by a lane. */
final class Undertaker {
    private static final Logger LOG = LoggerFactory.getLogger(Undertaker.class);

    private final Shared shared;
    private final Holding holding;
    private final Finisher finisher;

    Undertaker(Shared shared, Holding holding, Finisher finisher) {
        this.shared = shared;
        this.holding = holding;
        this.finisher = finisher;
    }

    /** Ends an item whose input is poison. */
    void bury(Item item, PoisonException why) throws InterruptedException {
        try (LogMark _ = LogMark.of(item)) {
            Finisher.rollBack(item);
            if (buried(item.input, item, why)) {
                String reason = letter(item, why).told(item.input, Fate.KEPT).why();
                finisher.settle(item, Settlement.Done.SILENT, Trail.Ending.DEAD_LETTER, reason);
            } else {
                reject(item, why);
            }
        }
    }

    /** Puts one poisoned output away; false if it has nowhere to go, and the whole item has ended as rejected. */
    boolean bury(Item item, Parcel parcel, PoisonException why) throws InterruptedException {
        try (LogMark _ = LogMark.of(item)) {
            if (buried(parcel.message, item, why)) {
                parcel.deliver();
                return true;
            }
            Finisher.rollBack(item);
            reject(item, why);
            return false;
        }
    }

    private boolean buried(Message message, Item item, PoisonException why) throws InterruptedException {
        shared.events().poisoned(why.stage(), DeadLetter.reasonClass(why));
        Outlet deadLetters = shared.plan().deadLetters();
        if (deadLetters == null) {
            return false;
        }
        DeadLetter letter = letter(item, why);
        boolean accepted =
                sent(deadLetters, letter.of(message), item) || sent(deadLetters, letter.truncated(message), item);
        if (accepted) {
            shared.events().died(letter.told(message, Fate.KEPT));
            shared.deadLetterGauge().buried();
        }
        return accepted;
    }

    private DeadLetter letter(Item item, PoisonException why) {
        return new DeadLetter(shared.plan(), item, why, shared.clock().instant());
    }

    /** Whether the dead-letter sink has it; false if it can never have it, or the item is no longer ours. */
    private boolean sent(Outlet deadLetters, Message letter, Item item) throws InterruptedException {
        boolean[] accepted = {false};
        holding.until(deadLetters.name(), () -> accepted[0] = item.delivery.live() && offer(deadLetters, letter));
        return accepted[0];
    }

    private static boolean offer(Outlet deadLetters, Message letter) throws TransientException, InterruptedException {
        return switch (deadLetters.sink().send(List.of(letter)).await().getFirst()) {
            case Outcome.Confirmed() -> true;
            case Outcome.Failed(TransientException e) -> throw e;
            case Outcome.Failed(var refused) -> {
                LOG.warn("dead letter refused sink={} reason={}", deadLetters.uri(), refused.getMessage());
                yield false;
            }
        };
    }

    private void reject(Item item, PoisonException why) throws InterruptedException {
        if (!item.delivery.live()) {
            finisher.lapse(List.of(item));
            return;
        }
        Inlet source = shared.plan().source();
        boolean refused = source.promises(Promise.REJECTS);
        if (!refused && !source.skipRejected()) {
            throw new NowhereException(
                    "message " + item.input.id() + " was rejected (" + why.getMessage()
                            + ") and has nowhere to go: set DEAD_LETTER_URI, or on_reject=skip on SOURCE_URI",
                    why);
        }
        DeadMessage dead = letter(item, why).told(item.input, refused ? Fate.REFUSED : Fate.SKIPPED);
        Settlement end = refused ? new Settlement.Reject(why) : Settlement.Done.SILENT;
        finisher.settle(item, end, Trail.Ending.REJECTED, dead.why());
        shared.events().died(dead);
    }

    /** A message has nowhere to go: the pipe stops rather than lose it. */
    static final class NowhereException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NowhereException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
