package io.wasmpipes.adapter.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Bytes;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Sink;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What happens when SQS refuses some or all of a batch. */
class SqsSinkFailureTest extends SqsEnds {
    @Test
    void entries_that_are_refused_fail_alone() throws Exception {
        String uri = queue(false, Map.of());
        front.answer(
                "SendMessageBatch",
                200,
                "{\"Successful\":[{\"Id\":\"0\",\"MessageId\":\"a\",\"MD5OfMessageBody\":\"ced6bfe1f650f6b338594d37eb7850d2\"}],"
                        + "\"Failed\":[{\"Id\":\"1\",\"Code\":\"InternalError\",\"SenderFault\":false,\"Message\":\"later\"},"
                        + "{\"Id\":\"2\",\"Code\":\"InvalidMessageContents\",\"SenderFault\":true,\"Message\":\"no\"}]}");
        variables.put("AWS_ENDPOINT_URL_SQS", front.url());
        try (Sink sink = sink(uri)) {
            List<Outcome> outcomes = sink.send(numbered(3)).await();
            assertThat(outcomes.get(1))
                    .isInstanceOfSatisfying(Outcome.Failed.class, f -> assertOutage(f.why(), "later"));
            assertThat(outcomes.get(2))
                    .isInstanceOfSatisfying(
                            Outcome.Failed.class,
                            f -> assertThat(f.why())
                                    .isInstanceOf(PoisonException.class)
                                    .hasMessageContaining("InvalidMessageContents: no"));
        }
    }

    @Test
    void a_batch_that_is_refused_as_a_whole_goes_in_halves_until_the_culprit_is_alone() throws Exception {
        String uri = queue(false, Map.of());
        for (int i = 0; i < 3; i++) {
            front.refuse("SendMessageBatch", 400, "BatchRequestTooLong", "too long");
        }
        try (Sink sink = sink(uri)) {
            List<Outcome> outcomes = sink.send(numbered(4)).await();
            assertThat(outcomes.get(0))
                    .isInstanceOfSatisfying(
                            Outcome.Failed.class, f -> assertThat(f.why()).isInstanceOf(PoisonException.class));
            assertThat(outcomes.subList(1, 4)).allMatch(o -> o instanceof Outcome.Confirmed);
        }
    }

    @Test
    void a_fifo_sink_stops_behind_a_failure_and_no_group_is_overtaken() throws Exception {
        String uri = queue(true, Map.of());
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            messages.add(Message.of(Bytes.utf8("m" + i)).withKey(i % 2 == 0 ? "even" : "odd"));
        }
        try (Sink sink = sink(uri)) {
            sink.connect();
            front.answer(
                    "SendMessageBatch",
                    200,
                    "{\"Successful\":[],\"Failed\":["
                            + "{\"Id\":\"0\",\"Code\":\"InternalError\",\"SenderFault\":false,\"Message\":\"later\"},"
                            + "{\"Id\":\"1\",\"Code\":\"InternalError\",\"SenderFault\":false,\"Message\":\"later\"}]}");
            Sink.Pending first = sink.send(messages);
            Sink.Pending second = sink.send(messages.subList(0, 1));
            assertThat(first.await()).noneMatch(o -> o instanceof Outcome.Confirmed);
            assertThat(second.await()).noneMatch(o -> o instanceof Outcome.Confirmed);
            assertThat(front.seen("SendMessageBatch")).hasSize(1);
            assertThat(sink.send(messages).await()).allMatch(o -> o instanceof Outcome.Confirmed);
            assertThat(front.seen("SendMessageBatch")).hasSize(4);
        }
    }
}
