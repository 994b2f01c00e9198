package io.wasmpipes.adapter.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Hands out in epochs: what one transaction is about is taken in one receive and ends together. Guarded by the ledger's lock,
 * which its own methods take unless they say otherwise.
 */
final class Gate {
    /** How an epoch stands. */
    enum Verdict {
        /** Something is not settled, or nothing has been taken. */
        OPEN,
        DONE,
        /** It must be aborted. */
        BROKEN
    }

    private final Ledger ledger;
    private final Claims claims;
    private int allowance;
    private boolean broken;
    private long notBefore = System.nanoTime();
    private List<KafkaDelivery> taken = List.of();
    private List<KafkaDelivery> earlier = List.of();

    Gate(Ledger ledger, Claims claims) {
        this.ledger = ledger;
        this.claims = claims;
    }

    /** How many may be taken now; with the lock. */
    int allowance() {
        return allowance;
    }

    /** These are the epoch; with the lock. */
    void took(List<KafkaDelivery> deliveries) {
        if (!deliveries.isEmpty()) {
            allowance = 0;
            taken = List.copyOf(deliveries);
        }
    }

    /** One is to be read again, and so is the whole epoch; with the lock. */
    void giveBack(KafkaDelivery delivery, Claim claim, long at) {
        if (delivery.giveBack()) {
            claim.countAttempt(delivery.offset());
            notBefore = at;
            breakUp();
        }
    }

    /** The next receive that takes something takes at most so much, and is the only one of this epoch. */
    void open(int messages) {
        ledger.change(() -> {
            broken = false;
            notBefore = System.nanoTime();
            allowance = messages;
        });
    }

    /** Nothing more goes into the open epoch; one into which nothing has gone is broken. */
    void stopTaking() {
        ledger.change(() -> {
            allowance = 0;
            broken |= taken.isEmpty();
        });
    }

    /** Waits until the epoch is done or broken, at most {@code patience}. */
    Verdict await(Duration patience) throws InterruptedException {
        ledger.await(patience, () -> verdict() != Verdict.OPEN);
        return ledger.ask(this::verdict);
    }

    private Verdict verdict() {
        if (broken || taken.stream().anyMatch(delivery -> delivery.isReleased() && !delivery.isDone())) {
            return Verdict.BROKEN;
        }
        boolean done = !taken.isEmpty() && taken.stream().allMatch(KafkaDelivery::isDone);
        return done ? Verdict.DONE : Verdict.OPEN;
    }

    /** Nothing of the open epoch may be sent any more; any thread. */
    void breakUp() {
        ledger.change(() -> {
            broken = true;
            allowance = 0;
            taken.forEach(KafkaDelivery::end);
        });
    }

    /** The open epoch has taken too long: what of it is not done counts one more attempt. */
    void expire() {
        ledger.change(() -> {
            for (KafkaDelivery delivery : taken) {
                Claim claim = claims.find(delivery.partition());
                if (claim != null && delivery.live()) {
                    claim.countAttempt(delivery.offset());
                }
            }
            breakUp();
        });
    }

    /** Ends the open epoch; all of it is read again. */
    void rewind() {
        ledger.change(() -> {
            breakUp();
            for (Claim claim : claims.all()) {
                if (claim.rewindAll(notBefore)) {
                    ledger.drop(Set.of(claim.partition()));
                }
            }
            close();
        });
    }

    /** Ends the open epoch, which is done. */
    void close() {
        ledger.change(() -> {
            allowance = 0;
            if (!taken.isEmpty()) {
                earlier = taken;
                taken = List.of();
            }
        });
    }

    /** Whether nobody can send anything of an earlier epoch any more. */
    boolean isReleased() {
        return ledger.ask(() -> earlier.stream().allMatch(delivery -> delivery.isDone() || delivery.isReleased()));
    }
}
