package io.wasmpipes.pipe;

import io.wasmpipes.Cache;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Stage;
import io.wasmpipes.TransientException;
import java.util.List;

/** Runs a message through stages of its own, without source, sink or a pipe: to try what they would make of it. */
public final class Rehearsal {
    private static final String OWNER = "rehearsal";

    private Rehearsal() {}

    /**
     * Runs it once; what the stages write to the cache is forgotten.
     *
     * @param cache what they see
     * @return the outputs
     * @throws ConfigException if a stage does not open
     */
    public static List<Message> run(List<Stage.Factory> stages, Cache cache, Message message, Trail trail)
            throws ConfigException, TransientException, PoisonException, InterruptedException {
        Overlay overlay = new Overlay(cache, new Ledger(), OWNER);
        try (Chain chain = Chain.open(stages, PipeEvents.NONE)) {
            return chain.run(message, overlay, trail);
        } finally {
            overlay.rollBack();
        }
    }
}
