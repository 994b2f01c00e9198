package io.wasmpipes.adapter.rabbit;

import io.wasmpipes.support.RabbitNode;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** Queues with numbers in them, and sources that read them. */
@Timeout(180)
abstract class RabbitQueue {
    RabbitEnds ends;

    @BeforeEach
    void connect() throws Exception {
        ends = new RabbitEnds(RabbitNode.shared());
    }

    @AfterEach
    void disconnect() {
        ends.close();
    }

    String fed(int count) throws Exception {
        String queue = ends.queue();
        ends.put(queue, numbers(0, count).toArray(String[]::new));
        return queue;
    }

    static List<String> numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(Integer::toString).toList();
    }

    int waiting(String queue) throws Exception {
        return ends.raw.queueDeclarePassive(queue).getMessageCount();
    }
}
