package io.wasmpipes;

import java.util.List;

/** One step of a pipe's chain: 0 outputs filter, 1 map, n split. Owned by one thread at a time. */
public interface Stage extends AutoCloseable {
    /** The name of the step in metrics, logs and dead letters. */
    String name();

    /**
     * Makes outputs of a message. Nothing of a failed call stands. An output with a {@link Message#label()} goes straight
     * to that sink. The outputs' ids are set by the pipe.
     *
     * @throws TransientException scope MESSAGE: run it again later; scope OUTAGE: a system that the stage uses is away
     * @throws PoisonException this message can never pass
     */
    List<Message> apply(Message message, Scope scope) throws TransientException, PoisonException, InterruptedException;

    @Override
    void close();

    /** Opens a stage for each lane. */
    interface Factory {
        String name();

        /** Identifies code and configuration: part of the ids of outputs. */
        String digest();

        /** Whether its stages may write to the cache. */
        default boolean writesCache() {
            return false;
        }

        /** Any thread. The stage it returns may be used from one other thread. */
        Stage open() throws ConfigException;
    }
}
