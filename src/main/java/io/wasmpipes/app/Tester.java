package io.wasmpipes.app;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.wasmpipes.Cache;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Message;
import io.wasmpipes.PipeException;
import io.wasmpipes.Stage;
import io.wasmpipes.cache.Caches;
import io.wasmpipes.pipe.Rehearsal;
import io.wasmpipes.pipe.Trail.Ending;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.slf4j.LoggerFactory;

/**
 * Tries what the modules would make of a message: by instances of their own, with an empty cache, and nothing is sent. What
 * they log meanwhile is told too. One trial at a time; any thread.
 */
final class Tester {
    private static final long CACHE_BYTES = 1 << 20;
    private static final int LINES = 200;
    /** A platform thread: guests that spin would starve what runs on virtual ones. */
    private static final String THREAD = "tester";

    private volatile List<Stage.Factory> stages = List.of();

    /** From now on with these. */
    void loaded(List<Stage.Factory> modules) {
        stages = List.copyOf(modules);
    }

    /** A record like that of a tap, with {@code logs}. */
    synchronized Map<String, Object> run(Message message) throws InterruptedException {
        FutureTask<Map<String, Object>> trial = new FutureTask<>(() -> attempt(message));
        Thread.ofPlatform().name(THREAD).daemon().start(trial);
        try {
            return trial.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a bug in a trial", e.getCause());
        }
    }

    private Map<String, Object> attempt(Message message) throws InterruptedException {
        Map<String, Object> result = new LinkedHashMap<>();
        Trip trip = new Trip(message, 1, true, result::putAll);
        Lines lines = new Lines();
        Logger modules = (Logger) LoggerFactory.getLogger("module");
        lines.start();
        modules.addAppender(lines);
        try (Cache cache = Caches.inMemory(CACHE_BYTES)) {
            Rehearsal.run(stages, cache, message, trip);
            trip.ended(Ending.DONE, "");
        } catch (PipeException e) {
            trip.ended(Ending.REJECTED, reason(e));
        } finally {
            modules.detachAppender(lines);
        }
        result.put("logs", List.copyOf(lines.told));
        return result;
    }

    private static String reason(PipeException e) {
        return e instanceof ConfigException wrong ? String.valueOf(wrong.problems()) : String.valueOf(e.getMessage());
    }

    /** What the modules log. */
    private static final class Lines extends AppenderBase<ILoggingEvent> {
        private final List<Object> told = new ArrayList<>();

        @Override
        protected void append(ILoggingEvent event) {
            if (event.getThreadName().equals(THREAD) && told.size() < LINES) {
                Map<String, Object> line = new LinkedHashMap<>();
                line.put("level", event.getLevel().toString());
                line.put("module", event.getLoggerName().substring("module.".length()));
                line.put("text", event.getFormattedMessage());
                told.add(line);
            }
        }
    }
}
