package io.wasmpipes.support;

import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.Sink;
import java.util.List;

/** Confirms everything. */
public final class NoSink implements Sink {
    @Override
    public void connect() {}

    @Override
    public Pending send(List<Message> messages) {
        return () -> messages.stream()
                .<Outcome>map(message -> new Outcome.Confirmed())
                .toList();
    }

    @Override
    public void close() {}
}
