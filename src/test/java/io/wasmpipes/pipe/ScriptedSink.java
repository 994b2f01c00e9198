package io.wasmpipes.pipe;

import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.Sink;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** A sink that answers as told and keeps what it has confirmed. */
final class ScriptedSink implements Sink {
    final List<Message> confirmed = new CopyOnWriteArrayList<>();
    final AtomicInteger offered = new AtomicInteger();
    volatile Function<Message, Outcome> answer = message -> Outcome.Confirmed.YES;

    @Override
    public void connect() {}

    @Override
    public Pending send(List<Message> messages) {
        return () -> {
            List<Outcome> outcomes = new ArrayList<>();
            for (Message message : messages) {
                offered.incrementAndGet();
                Outcome outcome = answer.apply(message);
                if (outcome instanceof Outcome.Confirmed) {
                    confirmed.add(message);
                }
                outcomes.add(outcome);
            }
            return outcomes;
        };
    }

    List<String> bodies() {
        return confirmed.stream().map(message -> message.body().utf8()).toList();
    }

    @Override
    public void close() {}
}
