package io.wasmpipes.adapter.rabbit;

import com.rabbitmq.client.Channel;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** What the server is to be told of deliveries, by their tags. */
record Answers(List<Long> acks, List<Long> rejects, List<Back> backs) {
    /** A delivery that goes back after a while. */
    record Back(long tag, Duration delay) {}

    /** Tells it, at once what lies below {@code lowest}, where nothing is unacknowledged. */
    void tell(Channel channel, long lowest) throws IOException {
        for (long tag : rejects) {
            channel.basicReject(tag, false);
        }
        long together =
                acks.stream().filter(tag -> tag < lowest).max(Long::compare).orElse(0L);
        if (together > 0) {
            channel.basicAck(together, true);
        }
        for (long tag : acks) {
            if (tag > together) {
                channel.basicAck(tag, false);
            }
        }
    }
}
