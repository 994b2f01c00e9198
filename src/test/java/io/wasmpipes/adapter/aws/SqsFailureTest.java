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
import io.wasmpipes.Outcome;
import io.wasmpipes.PipeException;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Problems;
import io.wasmpipes.Settled;
import io.wasmpipes.Settlement;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.Folders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** What happens when SQS refuses: all, some, or who asks. */
@Timeout(60)
class SqsFailureTest {
    private static final Settlement RETRY = new Settlement.Retry(Duration.ZERO, new IllegalStateException("again"));

    private final SqsFront front = new SqsFront();
    private final Map<String, String> variables = new HashMap<>(SqsServer.LOGIN);

    SqsFailureTest() {
        variables.put("AWS_ENDPOINT_URL_SQS", front.url());
        variables.put("AWS_ENDPOINT_URL_STS", front.url());
    }

    @AfterEach
    void close() {
        front.close();
    }

    private static String queue(boolean fifo, Map<QueueAttributeName, String> more) {
        String name = SqsServer.fresh(fifo);
        SqsServer.one().create(name, more);
        return SqsServer.uri(name);
    }

    private Endpoint endpoint(Endpoint.Role role, String uri) {
        return Endpoint.parse(role, "THE_URI", uri, Counterpart.variables(variables), new Problems())
                .orElseThrow();
    }

    private static Context context() {
        return new Context("p", Limits.DEFAULT, Folders.fresh("aws"), InstantSource.system());
    }

    private Sink sink(String uri) throws PipeException {
        return new AwsAdapter().sink(endpoint(Endpoint.Role.SINK, uri), context());
    }

    private Source source(String uri) throws PipeException {
        return new AwsAdapter().source(endpoint(Endpoint.Role.SOURCE, uri), context());
    }

    private static List<Message> numbered(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Message.of(Bytes.utf8("m" + i)))
                .toList();
    }

    private void put(String uri, List<Message> messages) throws Exception {
        try (Sink sink = sink(uri)) {
            assertThat(sink.send(messages).await()).allMatch(o -> o instanceof Outcome.Confirmed);
        }
    }

    private static List<Delivery> take(Source source, int count) throws Exception {
        List<Delivery> taken = new ArrayList<>();
        Await.until(count + " deliveries", () -> {
            taken.addAll(source.receive(new Demand(100, 32L << 20, true, Duration.ofMillis(300))));
            return taken.size() >= count;
        });
        return taken;
    }

    private static List<String> texts(List<Delivery> deliveries) {
        return deliveries.stream().map(d -> d.message().body().utf8()).toList();
    }

    private static List<Settled> all(List<Delivery> deliveries, Settlement how) {
        return deliveries.stream().map(d -> new Settled(d, how)).toList();
    }

    private static void assertOutage(PipeException why, String... words) {
        assertThat(why)
                .isInstanceOfSatisfying(
                        TransientException.class,
                        e -> assertThat(e.scope()).isEqualTo(TransientException.Scope.OUTAGE));
        assertThat(why).hasMessageContainingAll(words);
    }

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
    void refused_credentials_are_an_outage_and_replaced_ones_are_read() throws Exception {
        String uri = queue(false, Map.of());
        Path secret = Folders.fresh("secret").resolve("key");
        Files.writeString(secret, "AKIAOLD");
        Map<String, String> plain = Map.copyOf(variables);
        try (Sink sink = new AwsAdapter()
                .sink(
                        Endpoint.parse(
                                        Endpoint.Role.SINK,
                                        "SINK_URI",
                                        uri,
                                        new FileVariables(plain, secret),
                                        new Problems())
                                .orElseThrow(),
                        context())) {
            sink.connect();
            front.refuse("SendMessageBatch", 403, "InvalidClientTokenId", "unknown key");
            Outcome outcome = sink.send(numbered(1)).await().getFirst();
            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            Outcome.Failed.class,
                            f -> assertOutage(f.why(), "refuses the credentials", "InvalidClientTokenId"));
            Files.writeString(secret, "AKIANEW");
            assertThat(sink.send(numbered(1)).await().getFirst()).isInstanceOf(Outcome.Confirmed.class);
            List<SqsFront.Seen> sent = front.seen("SendMessageBatch");
            assertThat(sent.getFirst().authorization()).contains("Credential=AKIAOLD/");
            assertThat(sent.getLast().authorization()).contains("Credential=AKIANEW/");
        }
    }

    /** Variables of which AWS_ACCESS_KEY_ID stands in a file. */
    private record FileVariables(Map<String, String> plain, Path file) implements io.wasmpipes.Variables {
        @Override
        public java.util.Optional<String> get(String name) {
            try {
                return name.equals("AWS_ACCESS_KEY_ID")
                        ? java.util.Optional.of(Files.readString(file))
                        : java.util.Optional.ofNullable(plain.get(name));
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        @Override
        public String nameOf(String name) {
            return name;
        }
    }

    @Test
    void a_missing_queue_and_a_login_that_may_do_nothing_are_told_at_connect() throws Exception {
        try (Sink sink = sink(SqsServer.uri("nosuchqueue"))) {
            assertThatThrownBy(sink::connect).hasMessageContaining("queue nosuchqueue does not exist");
        }
        front.refuse("GetQueueAttributes", 403, "SignatureDoesNotMatch", "the signature of s3cr3t");
        try (Source source = source(queue(false, Map.of()))) {
            assertThatThrownBy(source::connect)
                    .isInstanceOf(TransientException.class)
                    .hasMessageContaining("refuses the credentials");
        }
    }

    @Test
    void a_login_that_may_not_look_at_the_queue_can_use_it_all_the_same() throws Exception {
        String uri = queue(false, Map.of());
        put(uri, numbered(1));
        front.refuse("GetQueueAttributes", 403, "AccessDeniedException", "not allowed");
        try (Source source = source(uri)) {
            source.settle(all(take(source, 1), Settlement.Done.SILENT));
            assertThat(front.seen("ReceiveMessage").getFirst().body()).contains("\"VisibilityTimeout\":30");
        }
    }

    @Test
    void a_role_is_assumed_and_used() throws Exception {
        String uri = queue(false, Map.of());
        try (Sink sink = sink(uri + "?role=arn:aws:iam::1:role/r")) {
            assertThat(sink.send(numbered(1)).await().getFirst()).isInstanceOf(Outcome.Confirmed.class);
        }
        assertThat(front.seen("AssumeRole").getFirst().authorization()).contains("Credential=AKIATEST/");
        assertThat(front.seen("AssumeRole").getFirst().body()).contains("RoleSessionName=wasm-pipes-p");
        assertThat(front.seen("SendMessageBatch").getFirst().authorization()).contains("Credential=ASIAROLE/");
    }

    @Test
    void a_profile_is_read_from_the_files_that_variables_name() throws Exception {
        Path file = Folders.fresh("aws").resolve("credentials");
        Files.writeString(file, "[other]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = x\n");
        variables.put("AWS_SHARED_CREDENTIALS_FILE", file.toString());
        try (Sink sink = sink(queue(false, Map.of()) + "?profile=other")) {
            sink.connect();
        }
        assertThat(front.seen("GetQueueAttributes").getFirst().authorization()).contains("Credential=AKIAPROFILE/");
        try (Sink sink = sink(queue(false, Map.of()) + "?profile=missing")) {
            assertThatThrownBy(sink::connect)
                    .isInstanceOf(TransientException.class)
                    .hasMessageContaining("missing");
        }
    }

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
