package io.wasmpipes.adapter.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.wasmpipes.Bytes;
import io.wasmpipes.Context;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Id;
import io.wasmpipes.Limits;
import io.wasmpipes.Message;
import io.wasmpipes.Problems;
import io.wasmpipes.Sink;
import io.wasmpipes.Variables;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LogAdapterTest {
    private static String lineOf(String uri) throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger(LogAdapter.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        Endpoint endpoint = Endpoint.parse(Endpoint.Role.SINK, "SINK_URI", uri, Variables.NONE, new Problems())
                .orElseThrow();
        Message message = new Message(
                new Id("t-1"),
                Bytes.utf8("hello"),
                Headers.of(List.of(Header.of("authorization", "hidden"))),
                "k",
                null,
                null);
        try (Sink sink = new LogAdapter()
                .sink(endpoint, new Context("p", Limits.DEFAULT, Path.of("."), InstantSource.system()))) {
            sink.send(List.of(message)).await();
        } finally {
            logger.detachAppender(lines);
        }
        return lines.list.getFirst().getFormattedMessage();
    }

    @Test
    void a_line_tells_size_id_key_and_names_of_headers() throws Exception {
        assertThat(lineOf("log:")).isEqualTo("message bytes=5 id=t-1 key=k headers=[authorization]");
    }

    @Test
    void the_body_is_told_on_request_only() throws Exception {
        assertThat(lineOf("log:?body=true")).endsWith(" body=hello").doesNotContain("hidden");
    }
}
