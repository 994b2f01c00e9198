package io.wasmpipes.pipe;

import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.Sink;
import io.wasmpipes.TransientException;
import java.util.Collections;
import java.util.List;

/** A sink that says yes before it has sent anything. */
record SabotagedSink(Sink real) implements Sink {
    @Override
    public void connect() throws TransientException, InterruptedException {
        real.connect();
    }

    @Override
    public Pending send(List<Message> messages) throws InterruptedException {
        Pending pending = real.send(messages);
        Thread.ofVirtual().start(() -> {
            try {
                pending.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        return () -> Collections.nCopies(messages.size(), Outcome.Confirmed.YES);
    }

    @Override
    public void close() {
        real.close();
    }
}
