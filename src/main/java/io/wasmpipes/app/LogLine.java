package io.wasmpipes.app;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import java.util.LinkedHashMap;
import java.util.Map;

/** One event as a line of text, or as an object of JSON. */
final class LogLine extends LayoutBase<ILoggingEvent> {
    private static final int LEVEL_WIDTH = 5;

    private final boolean json;
    private final String pipe;

    /** @param pipe PIPE_NAME, or empty while it is not known */
    LogLine(boolean json, String pipe) {
        this.json = json;
        this.pipe = pipe;
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        return json ? object(event) : line(event);
    }

    private String line(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(160);
        line.append(event.getInstant()).append(' ').append(event.getLevel());
        line.repeat(
                ' ', Math.max(1, LEVEL_WIDTH + 1 - event.getLevel().toString().length()));
        line.append(shortName(event.getLoggerName())).append(": ").append(event.getFormattedMessage());
        names(event)
                .forEach((name, value) ->
                        line.append(' ').append(name).append('=').append(value));
        line.append('\n');
        IThrowableProxy thrown = event.getThrowableProxy();
        return thrown == null ? line.toString() : line + ThrowableProxyUtil.asString(thrown);
    }

    private String object(ILoggingEvent event) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("time", event.getInstant().toString());
        object.put("level", event.getLevel().toString());
        object.put("logger", event.getLoggerName());
        object.put("thread", event.getThreadName());
        object.put("message", event.getFormattedMessage());
        object.putAll(names(event));
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown != null) {
            object.put("trace", ThrowableProxyUtil.asString(thrown));
        }
        return Json.text(object) + "\n";
    }

    /** The pipe, and the message in hand with its trace. */
    private Map<String, String> names(ILoggingEvent event) {
        Map<String, String> names = new LinkedHashMap<>();
        if (!pipe.isEmpty()) {
            names.put("pipe", pipe);
        }
        names.putAll(event.getMDCPropertyMap());
        return names;
    }

    private static String shortName(String logger) {
        return logger.substring(logger.lastIndexOf('.') + 1);
    }
}
