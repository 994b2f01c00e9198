package io.wasmpipes.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.slf4j.LoggerFactory;

/**
 * Lets through {@link #MOST} warnings or errors of one kind, that is of one place in the code, within {@link #WINDOW}; of
 * the rest only the number is told, when the window is over. Modules have a limit of their own. Thread-safe.
 */
final class LogLimit extends Filter<ILoggingEvent> {
    static final int MOST = 10;
    static final Duration WINDOW = Duration.ofSeconds(10);

    private static final Pattern NUMBER = Pattern.compile("\\d+");
    private static final int KINDS = 1000;
    private static final String SUMMARY = "{} more like this in {} s: {}";

    /** Something to do when so much time has passed. */
    interface Later {
        void run(Runnable what, Duration after);
    }

    private record Kind(String logger, String message) {}

    private static final class Count {
        private int seen;
    }

    private final Later later;
    private final Consumer<ILoggingEvent> out;
    private final Map<Kind, Count> counts = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Kind, Count> eldest) {
            return size() > KINDS;
        }
    };

    /** @param out where the numbers are told */
    LogLimit(Later later, Consumer<ILoggingEvent> out) {
        this.later = later;
        this.out = out;
    }

    @Override
    public FilterReply decide(ILoggingEvent event) {
        boolean free = !event.getLevel().isGreaterOrEqual(Level.WARN)
                || event.getLoggerName().startsWith("module.")
                || SUMMARY.equals(event.getMessage());
        return free || admitted(event) ? FilterReply.NEUTRAL : FilterReply.DENY;
    }

    private boolean admitted(ILoggingEvent event) {
        String text = NUMBER.matcher(String.valueOf(event.getMessage()))
                .replaceAll("#"); // some libraries fill in by themselves
        Kind kind = new Kind(event.getLoggerName(), text);
        int number;
        synchronized (counts) {
            number = ++counts.computeIfAbsent(kind, _ -> new Count()).seen;
        }
        if (number == 1) {
            later.run(() -> over(kind, event), WINDOW);
        }
        return number <= MOST;
    }

    /** A window has ended that began with {@code first}. */
    private void over(Kind kind, ILoggingEvent first) {
        Count count;
        synchronized (counts) {
            count = counts.remove(kind);
        }
        if (count != null && count.seen > MOST) {
            Object[] values = {count.seen - MOST, WINDOW.toSeconds(), first.getFormattedMessage()};
            Logger logger = (Logger) LoggerFactory.getLogger(kind.logger);
            out.accept(new LoggingEvent(LogLimit.class.getName(), logger, first.getLevel(), SUMMARY, null, values));
        }
    }
}
