package io.wasmpipes.pipe;

import io.wasmpipes.Message;
import io.wasmpipes.Scope;
import java.time.Duration;

/** What a pipe tells while it runs, for metrics and logs. Called from the pipe's threads; must return quickly. */
public interface PipeEvents {
    /** Nobody listens. */
    PipeEvents NONE = new PipeEvents() {};

    default void received(int messages, long bytes) {}

    /** A delivery has come in, its {@code attempt}-th: who wants to follow it answers a trail. */
    default Trail follow(Message input, int attempt) {
        return Trail.NONE;
    }

    /**
     * How long a part of the way took: {@code wait} of the oldest of a batch for its lane, {@code send} of a batch until its
     * sink had answered, {@code commit} of a batch's cache writes, {@code settle} of a batch at the source.
     */
    default void hop(String hop, long nanos) {}

    /** Outputs that {@code sink} has confirmed. */
    default void emitted(String sink, int messages) {}

    /** A module let nothing of a message through. */
    default void filtered(String module) {}

    default void moduleRan(String module, long nanos) {}

    /** What a module's instance has of memory when a message comes, and whether it had grown so much that it is made anew. */
    default void moduleMemory(String module, long bytes, boolean renewed) {}

    /** What a module made of a message. */
    default void moduleMade(String module, int outputs, long bytes) {}

    /** What a module has used beside its time. */
    default void moduleUsed(String module, Scope.Usage usage, long amount) {}

    /** A counter that a module keeps for itself. */
    default void counted(String module, String name, long delta) {}

    /** A message went to the dead letters, or was rejected at the source where there are none. */
    default void poisoned(String module, String reason) {}

    /** A message went to the dead letters, or its source was told that it was rejected. Once each, with all there is to know. */
    default void died(DeadMessage dead) {}

    /** A message has passed suspiciously many pipes. */
    default void manyHops(int hops) {}

    /** A message was settled Done, so long after it was received. */
    default void done(long nanos) {}

    default void handedBack(int messages) {}

    /** Deliveries whose lease, channel or request ended before they were through. */
    default void lapsed(int messages) {}

    /** {@code end} is away: the pipe holds what it has. Once per outage. */
    default void outage(String end, String why) {}

    default void recovered(String end, Duration after) {}

    /** The source was not asked for so long. */
    default void paused(String reason, long nanos) {}
}
