package io.wasmpipes.adapter.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Bytes;
import io.wasmpipes.Context;
import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Id;
import io.wasmpipes.Limits;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.Problems;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import io.wasmpipes.Variables;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class FileAdapterTest {
    private static final Context CONTEXT =
            new Context("p", Limits.DEFAULT, Path.of("."), () -> Instant.parse("2026-01-02T03:04:05Z"));
    private static final Demand ANY = new Demand(100, 1 << 20, true, Duration.ofSeconds(5));

    @TempDir
    Path folder;

    private static Endpoint endpoint(Endpoint.Role role, String uri) {
        return Endpoint.parse(role, role + "_URI", uri, Variables.NONE, new Problems())
                .orElseThrow();
    }

    private static List<String> all(Source source) throws Exception {
        List<String> texts = new ArrayList<>();
        while (!source.exhausted()) {
            for (Delivery delivery : source.receive(ANY)) {
                texts.add(delivery.message().body().utf8());
            }
        }
        return texts;
    }

    @Test
    void a_file_is_read_to_its_end_and_then_exhausted() throws Exception {
        Path file = Files.writeString(folder.resolve("in"), "one\ntwo\n\nlast without line feed");
        try (Source source = new FileAdapter().source(endpoint(Endpoint.Role.SOURCE, "file://" + file), CONTEXT)) {
            assertThat(all(source)).containsExactly("one", "two", "", "last without line feed");
        }
    }

    @Test
    void stdin_ends_when_its_writer_does() throws Exception {
        ByteArrayInputStream in = new ByteArrayInputStream("a\nb\n".getBytes(StandardCharsets.US_ASCII));
        FileAdapter adapter = new FileAdapter(in, OutputStream.nullOutputStream());
        try (Source source = adapter.source(endpoint(Endpoint.Role.SOURCE, "stdin:"), CONTEXT)) {
            assertThat(all(source)).containsExactly("a", "b");
        }
    }

    @Test
    void dead_letters_are_lines_of_json() throws Exception {
        Path file = folder.resolve("dead.jsonl");
        Message text = new Message(
                new Id("S-1"),
                Bytes.utf8("no \"JSON\"\n"),
                Headers.of(List.of(
                        Header.of("a", "ä"),
                        Header.of("wasmpipes", "{\"reason\":\"not JSON at byte 0\"}"),
                        Header.of("b", Bytes.wrap(new byte[] {(byte) 0xff})))),
                "k",
                null,
                null);
        Message binary = Message.of(Bytes.wrap(new byte[] {0, (byte) 0xff}));
        Message absent = Message.of(Bytes.NULL);
        try (Sink sink = new FileAdapter().sink(endpoint(Endpoint.Role.DEAD_LETTER, "file://" + file), CONTEXT)) {
            assertThat(sink.send(List.of(text, binary, absent)).await()).hasSize(3);
        }
        assertThat(Files.readAllLines(file))
                .containsExactly(
                        "{\"time\":\"2026-01-02T03:04:05Z\",\"id\":\"S-1\",\"key\":\"k\","
                                + "\"wasmpipes\":{\"reason\":\"not JSON at byte 0\"},"
                                + "\"headers\":[{\"name\":\"a\",\"value\":\"ä\"},{\"name\":\"b\",\"value_base64\":\"/w==\"}],"
                                + "\"body\":\"no \\\"JSON\\\"\\n\"}",
                        "{\"time\":\"2026-01-02T03:04:05Z\",\"id\":\"\",\"headers\":[],\"body_base64\":\"AP8=\"}",
                        "{\"time\":\"2026-01-02T03:04:05Z\",\"id\":\"\",\"headers\":[],\"body\":null}");
    }

    @Test
    void a_file_is_appended_to() throws Exception {
        Path file = Files.writeString(folder.resolve("out"), "before\n");
        for (int i = 0; i < 2; i++) {
            String uri = "file://" + file + "?fsync=true";
            try (Sink sink = new FileAdapter().sink(endpoint(Endpoint.Role.SINK, uri), CONTEXT)) {
                sink.send(List.of(Message.of(Bytes.utf8("x" + i)))).await();
            }
        }
        assertThat(file).hasContent("before\nx0\nx1\n");
    }

    @Test
    void after_a_failed_write_nothing_overtakes_until_the_failure_is_awaited() throws Exception {
        Failing out = new Failing();
        FileAdapter adapter = new FileAdapter(new ByteArrayInputStream(new byte[0]), out);
        List<Message> batch = List.of(Message.of(Bytes.utf8("x")));
        try (Sink sink = adapter.sink(endpoint(Endpoint.Role.SINK, "stdout:"), CONTEXT)) {
            out.broken = true;
            Sink.Pending first = sink.send(batch);
            out.broken = false;
            Sink.Pending second = sink.send(batch);
            assertThat(List.of(first.await(), second.await()))
                    .allMatch(o -> o.getFirst() instanceof Outcome.Failed(TransientException _));
            assertThat(sink.send(batch).await()).containsExactly(Outcome.Confirmed.YES);
        }
    }

    @Test
    void what_makes_no_sense_is_a_problem() {
        assertThat(problems(Endpoint.Role.SINK, "stdin:")).contains("use stdout:");
        assertThat(problems(Endpoint.Role.SOURCE, "stdout:")).contains("use stdin:");
        assertThat(problems(Endpoint.Role.SINK, "file:")).contains("must name a file");
        assertThat(problems(Endpoint.Role.SINK, "stdout:x")).contains("takes no name");
        assertThat(problems(Endpoint.Role.SINK, "stdout:?framing=words")).contains("one of lines, length");
        assertThat(problems(Endpoint.Role.SINK, "file:x?follow=true")).contains("unknown", "fsync");
    }

    private static String problems(Endpoint.Role role, String uri) {
        return new FileAdapter().problems(endpoint(role, uri)).toString();
    }

    private static final class Failing extends OutputStream {
        private boolean broken;

        @Override
        public void write(int b) throws IOException {
            if (broken) {
                throw new IOException("no space left");
            }
        }
    }
}
