package io.wasmpipes.wasm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class GuestLogTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger("module.talker");
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final AtomicLong nanos = new AtomicLong();
    private final GuestLog log = new GuestLog("talker", nanos::get);

    @BeforeEach
    void listen() {
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(lines);
        logger.setLevel(null);
        logger.setAdditive(true);
    }

    private List<String> messages() {
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void control_characters_cannot_forge_lines() {
        log.line(org.slf4j.event.Level.INFO, "one\nERROR two\u001b[0m");
        assertThat(messages()).containsExactly("one ERROR two [0m");
    }

    @Test
    void long_lines_are_cut_and_placeholders_stay_text() {
        log.line(org.slf4j.event.Level.WARN, "{}" + "x".repeat(10_000));
        assertThat(messages().getFirst())
                .startsWith("{}xxx")
                .hasSize(GuestLog.LINE_MAX + 1)
                .endsWith("…");
    }

    @Test
    void of_too_many_lines_in_a_second_only_the_count_is_told() {
        for (int i = 0; i < 1_000; i++) {
            log.line(org.slf4j.event.Level.INFO, "line " + i);
        }
        assertThat(messages()).hasSize(100);
        nanos.addAndGet(1_000_000_000L);
        log.line(org.slf4j.event.Level.INFO, "later");
        assertThat(messages().subList(100, 102))
                .containsExactly("900 lines suppressed, more than 100 in a second", "later");
    }

    @Test
    void a_stream_becomes_lines() throws IOException {
        try (OutputStream stream = log.stream(org.slf4j.event.Level.INFO)) {
            stream.write("hel".getBytes(StandardCharsets.UTF_8));
            stream.write("lo\nsecond é\nunfinished".getBytes(StandardCharsets.UTF_8));
            assertThat(messages()).containsExactly("hello", "second é");
            stream.write("y".repeat(100_000).getBytes(StandardCharsets.UTF_8));
            stream.write('\n');
            assertThat(messages().get(2)).hasSize(GuestLog.LINE_MAX + 1);
        }
    }
}
