package io.wasmpipes.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.spi.FilterReply;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LogLimitTest {
    private final List<Runnable> later = new ArrayList<>();
    private final List<ILoggingEvent> told = new ArrayList<>();
    private final LogLimit limit = new LogLimit((what, after) -> later.add(what), told::add);

    private static LoggingEvent event(String logger, Level level, String message, Object... values) {
        return new LoggingEvent("", (Logger) LoggerFactory.getLogger(logger), level, message, null, values);
    }

    private long admitted(int count, String logger, Level level, String message) {
        long admitted = 0;
        for (int i = 0; i < count; i++) {
            admitted += limit.decide(event(logger, level, message, i)) == FilterReply.NEUTRAL ? 1 : 0;
        }
        return admitted;
    }

    private void windowsEnd() {
        List<Runnable> ended = List.copyOf(later);
        later.clear();
        ended.forEach(Runnable::run);
    }

    @Test
    void of_what_repeats_ten_are_written_and_the_rest_is_counted() {
        assertThat(admitted(25, "a", Level.WARN, "failed {}")).isEqualTo(10);
        windowsEnd();
        assertThat(told).singleElement().satisfies(event -> {
            assertThat(event.getFormattedMessage()).isEqualTo("15 more like this in 10 s: failed 0");
            assertThat(event.getLevel()).isEqualTo(Level.WARN);
            assertThat(event.getLoggerName()).isEqualTo("a");
            assertThat(limit.decide(event)).isEqualTo(FilterReply.NEUTRAL);
        });
        assertThat(admitted(25, "a", Level.WARN, "failed {}"))
                .as("the next window")
                .isEqualTo(10);
    }

    @Test
    void nothing_is_told_where_nothing_was_left_out() {
        assertThat(admitted(10, "a", Level.ERROR, "failed {}")).isEqualTo(10);
        windowsEnd();
        assertThat(told).isEmpty();
    }

    @Test
    void each_kind_has_a_limit_of_its_own_and_news_and_modules_have_none() {
        assertThat(admitted(11, "a", Level.WARN, "one {}")).isEqualTo(10);
        assertThat(admitted(10, "a", Level.WARN, "two {}")).isEqualTo(10);
        assertThat(admitted(10, "b", Level.WARN, "one {}")).isEqualTo(10);
        assertThat(admitted(100, "a", Level.INFO, "three {}")).isEqualTo(100);
        assertThat(admitted(100, "module.keep", Level.WARN, "{}")).isEqualTo(100);
    }

    @Test
    void numbers_make_no_kinds() {
        long admitted = 0;
        for (int i = 0; i < 25; i++) {
            admitted += admitted(1, "a", Level.WARN, "dropped " + i + " spans");
        }
        assertThat(admitted).isEqualTo(10);
    }

    @Test
    void kinds_without_number_do_not_fill_the_memory() {
        for (int i = 0; i < 5000; i++) {
            assertThat(admitted(1, "logger" + i, Level.WARN, "kind")).isEqualTo(1);
        }
        windowsEnd();
        assertThat(told).isEmpty();
    }
}
