package io.wasmpipes.adapter.mem;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Adapter;
import io.wasmpipes.Message;
import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.support.Await;
import java.time.Duration;
import java.util.List;

/** A topic and the objects it consists of. */
final class MemCounterpart implements Counterpart.ForSource, Counterpart.ForSink {
    private final MemAdapter adapter = new MemAdapter();
    private final String options;

    MemCounterpart(String options) {
        this.options = options;
    }

    @Override
    public Adapter adapter() {
        return adapter;
    }

    @Override
    public String uri() {
        return "mem://topic" + options;
    }

    @Override
    public void put(List<Message> messages) {
        assertThat(messages).allMatch(adapter.topic("topic")::add);
    }

    @Override
    public List<Message> arrived(int count) throws Exception {
        Await.until("messages arrive", () -> adapter.topic("topic").messages().size() >= count);
        return adapter.topic("topic").messages();
    }

    @Override
    public Duration lease() {
        return Duration.ofMillis(300);
    }

    @Override
    public void close() {
        // the topic goes with the adapter
    }
}
