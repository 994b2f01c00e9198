package io.wasmpipes.adapter.aws;

import io.wasmpipes.Link;
import java.util.List;
import java.util.Map;

/** What messages are sent to: a queue or a topic. Any thread. */
interface Target extends Link.Session {
    /** Why an entry was refused, and whether AWS says that it was the sender's fault. */
    record Refused(Refusal why, boolean senderFault) {}

    Wire.Place place();

    /**
     * Sends at most 10 packets as one batch, within the limit of a batch. Blocks for 10 s at most.
     *
     * @return those that were refused, by their place in the list
     * @throws software.amazon.awssdk.core.exception.SdkException if the whole batch failed
     */
    Map<Integer, Refused> send(List<Packet> packets);
}
