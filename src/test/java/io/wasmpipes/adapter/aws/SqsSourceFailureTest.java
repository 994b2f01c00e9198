package io.wasmpipes.adapter.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wasmpipes.Bytes;
import io.wasmpipes.Context;
import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Limits;
import io.wasmpipes.Message;
import io.wasmpipes.Settled;
import io.wasmpipes.Settlement;
import io.wasmpipes.Source;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.Folders;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** What becomes of deliveries of SQS that are handed back, rejected, forgotten, or not deleted. */
class SqsSourceFailureTest extends SqsEnds {
    @Test
    void deletions_that_fail_are_told_and_done_again_and_lost_receipts_are_passed_over() throws Exception {
        String uri = queue(false, Map.of());
        put(uri, numbered(3));
        try (Source source = source(uri)) {
            List<Delivery> taken = take(source, 3);
            front.answer(
                    "DeleteMessageBatch",
                    200,
                    "{\"Successful\":[{\"Id\":\"0\"}],\"Failed\":["
                            + "{\"Id\":\"1\",\"Code\":\"InternalError\",\"SenderFault\":false,\"Message\":\"later\"},"
                            + "{\"Id\":\"2\",\"Code\":\"ReceiptHandleIsInvalid\",\"SenderFault\":true,\"Message\":\"gone\"}]}");
            List<Settled> settled = all(taken, Settlement.Done.SILENT);
            assertThatThrownBy(() -> source.settle(settled)).hasMessageContaining("InternalError: later");
            assertThat(taken.stream().map(Delivery::live)).containsExactly(false, true, false);
            source.settle(settled);
            assertThat(taken).noneMatch(Delivery::live);
            assertThat(front.seen("DeleteMessageBatch").getLast().body()).doesNotContain("\"Id\":\"1\"");
        }
    }

    @Test
    void a_rejected_message_waits_until_the_queue_has_a_redrive_policy() throws Exception {
        String name = SqsServer.fresh(false);
        String url = SqsServer.one().create(name, Map.of(QueueAttributeName.VISIBILITY_TIMEOUT, "20"));
        put(SqsServer.uri(name), numbered(1));
        try (Source source = source(SqsServer.uri(name))) {
            List<Delivery> taken = take(source, 1);
            List<Settled> rejected = all(taken, new Settlement.Reject(new IllegalStateException("never")));
            assertThatThrownBy(() -> source.settle(rejected)).hasMessageContaining("has no redrive policy");
            assertThat(taken.getFirst().live()).isTrue();
            String dead = SqsServer.one().create("dead-" + name, Map.of());
            SqsServer.one()
                    .client()
                    .setQueueAttributes(request -> request.queueUrl(url)
                            .attributes(Map.of(
                                    QueueAttributeName.REDRIVE_POLICY,
                                    "{\"deadLetterTargetArn\":\"arn:aws:sqs:elasticmq:000000000000:dead-" + name
                                            + "\",\"maxReceiveCount\":\"1\"}")));
            source.settle(rejected);
            Await.until("it is among the dead letters", () -> {
                assertThat(source.receive(new Demand(10, 1 << 20, true, Duration.ofMillis(100))))
                        .isEmpty();
                return !SqsServer.one()
                        .client()
                        .receiveMessage(request -> request.queueUrl(dead))
                        .messages()
                        .isEmpty();
            });
        }
    }

    @Test
    void the_last_delivery_that_a_redrive_policy_allows_says_so() throws Exception {
        String dead = SqsServer.fresh(false);
        SqsServer.one().create(dead, Map.of());
        String uri = queue(
                false,
                Map.of(
                        QueueAttributeName.REDRIVE_POLICY,
                        "{\"deadLetterTargetArn\":\"arn:aws:sqs:elasticmq:000000000000:" + dead
                                + "\",\"maxReceiveCount\":2}"));
        put(uri, numbered(1));
        try (Source source = source(uri)) {
            List<Delivery> first = take(source, 1);
            assertThat(first.getFirst().last()).isFalse();
            source.settle(all(first, RETRY));
            assertThat(take(source, 1).getFirst().last()).isTrue();
        }
    }

    @Test
    void a_lease_ends_at_lease_max_and_the_message_comes_again() throws Exception {
        String uri = queue(false, Map.of());
        put(uri, numbered(1));
        Limits brief = new Limits(10, 1 << 20, 1 << 20, 10, Duration.ofSeconds(1));
        Context context = new Context("p", brief, Folders.fresh("aws"), InstantSource.system());
        try (Source source = new AwsAdapter().source(endpoint(Endpoint.Role.SOURCE, uri), context)) {
            Delivery first = take(source, 1).getFirst();
            Delivery second = take(source, 1).getFirst();
            assertThat(first.live()).isFalse();
            assertThat(second.attempt()).isEqualTo(2);
            int before = front.seen("DeleteMessageBatch").size();
            source.settle(all(List.of(first), Settlement.Done.SILENT));
            assertThat(front.seen("DeleteMessageBatch")).hasSize(before);
            source.settle(all(List.of(second), Settlement.Done.SILENT));
            assertThat(front.seen("DeleteMessageBatch")).hasSize(before + 1);
        }
    }

    @Test
    void of_a_group_what_is_behind_a_message_that_is_handed_back_comes_again_after_it() throws Exception {
        String uri = queue(true, Map.of());
        List<Message> messages = Stream.concat(
                        numbered(3).stream().map(m -> m.withKey("a")),
                        Stream.of(Message.of(Bytes.utf8("other")).withKey("b")))
                .toList();
        put(uri, messages);
        try (Source source = source(uri)) {
            List<Delivery> taken = take(source, 4);
            List<Delivery> ofA =
                    taken.stream().filter(d -> "a".equals(d.orderKey())).toList();
            assertThat(texts(ofA)).containsExactly("m0", "m1", "m2");
            source.settle(List.of(new Settled(ofA.getFirst(), RETRY)));
            assertThat(ofA).noneMatch(Delivery::live);
            assertThat(taken.stream().filter(d -> "b".equals(d.orderKey()))).allMatch(Delivery::live);
            List<String> again = new ArrayList<>();
            while (again.size() < 3) {
                List<Delivery> next = take(source, 1);
                again.addAll(texts(next));
                source.settle(all(next, Settlement.Done.SILENT));
            }
            assertThat(again).containsExactly("m0", "m1", "m2");
        }
    }

    @Test
    void with_nacklazy_nothing_is_sent_for_a_retry() throws Exception {
        String uri = queue(false, Map.of());
        put(uri, numbered(1));
        try (Source source = source(uri + "?nacklazy=true")) {
            List<Delivery> taken = take(source, 1);
            int before = front.seen("ChangeMessageVisibilityBatch").size();
            source.settle(all(taken, RETRY));
            assertThat(taken.getFirst().live()).isFalse();
            assertThat(front.seen("ChangeMessageVisibilityBatch").size() - before)
                    .isLessThanOrEqualTo(1);
            assertThat(take(source, 1).getFirst().attempt()).isEqualTo(2);
        }
    }
}
