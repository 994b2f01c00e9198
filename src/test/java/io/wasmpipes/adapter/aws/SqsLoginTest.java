package io.wasmpipes.adapter.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wasmpipes.Endpoint;
import io.wasmpipes.Outcome;
import io.wasmpipes.Problems;
import io.wasmpipes.Settlement;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import io.wasmpipes.support.Folders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who asks SQS, and what happens when it refuses who asks. */
class SqsLoginTest extends SqsEnds {
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
}
