package io.wasmpipes.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.Layout;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.wasmpipes.config.Service;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/**
 * Logging goes to stderr, in UTF-8, times in UTC; stdout belongs to the {@code stdout:} sink alone. Found by logback as a
 * service, so that there is no configuration file to look for.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {
    private static final String[] LIBRARIES = {
        "io.micronaut", "io.netty", "io.opentelemetry", "io.nats", "io.lettuce", "reactor", "org.apache.qpid"
    };

    /** They tell by themselves, again and again, what the pipe tells once: how grave it must be to be let through. */
    private static final Map<String, Level> NOISY = Map.of("org.apache.kafka", Level.ERROR, "com.azure", Level.OFF);

    /** At debug these show bodies and tokens on the wire: never. */
    private static final String[] WIRES = {"org.apache.hc", "software.amazon.awssdk"};

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        apply(context, Level.INFO, new LogLine(false, ""));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** From now on as LOG_LEVEL and LOG_FORMAT say; lines name the pipe. */
    static void apply(Service.Log log, String pipe) {
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        if (factory instanceof LoggerContext context) {
            boolean json = log.format() == Service.Format.JSON;
            apply(context, Level.toLevel(log.level().name(), Level.INFO), new LogLine(json, pipe));
        }
    }

    private static void apply(LoggerContext context, Level level, Layout<ILoggingEvent> layout) {
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.detachAndStopAllAppenders();
        layout.setContext(context);
        layout.start();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(context);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.setLayout(layout);
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.setTarget("System.err");
        LogLimit limit = new LogLimit((what, after) -> later(context, what, after), appender::doAppend);
        limit.start();
        appender.addFilter(limit);
        appender.start();
        root.addAppender(appender);
        root.setLevel(level);
        for (String library : LIBRARIES) {
            context.getLogger(library).setLevel(quieter(level, Level.WARN));
        }
        NOISY.forEach((library, least) -> context.getLogger(library).setLevel(quieter(level, least)));
        for (String wire : WIRES) {
            context.getLogger(wire).setLevel(Level.toLevel(Math.max(level.levelInt, Level.WARN_INT)));
        }
    }

    private static void later(LoggerContext context, Runnable what, Duration after) {
        var _ = context.getScheduledExecutorService().schedule(what, after.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** {@code least} where nobody asked for details, or the level itself if it is stricter. */
    private static Level quieter(Level level, Level least) {
        boolean details = level.levelInt < Level.INFO_INT;
        return details || level.levelInt > least.levelInt ? level : least;
    }
}
