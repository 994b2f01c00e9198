package io.wasmpipes;

import java.util.List;
import java.util.OptionalLong;

/**
 * Where messages come from. Opening one does no input or output: {@link #connect} and the first {@link #receive} do.
 * Between receive and settle the source keeps the lease of every delivery by itself, up to {@link Limits#leaseMax()}.
 */
public interface Source extends AutoCloseable {
    /**
     * Connects unless connected. Any thread; ends within 5 s.
     *
     * @throws TransientException an outage, saying what does not answer or refuses
     */
    void connect() throws TransientException, InterruptedException;

    /**
     * Takes at most what is asked for. One caller at a time. Blocks at most {@link Demand#patience()} (and at most one
     * second more), returns as soon as there is at least one message; empty means idle. What was not asked for is not
     * delivered: buffers ahead of this call are kept within the last demand.
     *
     * @throws TransientException an outage; deliveries in hand may have become dead, see {@link Delivery#live()}
     */
    List<Delivery> receive(Demand demand) throws TransientException, InterruptedException;

    /**
     * Settles deliveries, in order. Any thread. Settling one that is settled or no longer live is a counted no-op.
     * Where the source promises order, deliveries handed back together with {@link Settlement.Retry} come back in that
     * order, and later ones of the same order that are in hand stop being live and come again after them.
     *
     * @throws TransientException an outage; the call may be repeated as a whole
     */
    void settle(List<Settled> settled) throws TransientException, InterruptedException;

    /** True once no message will ever come again; {@link #receive} then returns empty at once. Never blocks. */
    default boolean exhausted() {
        return false;
    }

    /** How many messages wait at the source, as far as it knows. Never blocks. */
    default OptionalLong lag() {
        return OptionalLong.empty();
    }

    /** Unblocks {@link #receive}; flushes settlements; gives back what is unsettled where the system allows it. Safe twice. */
    @Override
    void close();
}
