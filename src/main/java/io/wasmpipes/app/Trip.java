package io.wasmpipes.app;

import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import io.wasmpipes.PipeException;
import io.wasmpipes.pipe.Outlet;
import io.wasmpipes.pipe.Trail;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Writes down what happens to one message, to be shown when it has ended: each module's input, outputs and time. */
final class Trip implements Trail {
    /** Bytes of a body that are shown; all of it is counted. */
    static final int BODY_MAX = 16 * 1024;

    /** Steps, outputs of a module, and sinks, that are shown, and the step that failed; all steps and outputs are counted. */
    static final int OUTPUTS_MAX = 20;

    private static final int CHARACTER_MAX = 4;
    private static final double NANOS_PER_MILLI = 1e6;

    private final boolean bodies;
    private final Consumer<Map<String, Object>> told;
    private final long start = System.nanoTime();
    private final Map<String, Object> record = new LinkedHashMap<>();
    private final List<Object> steps = new ArrayList<>();
    private final List<Object> sent = new ArrayList<>();
    private int stepCount;

    /**
     * @param bodies whether bodies and the values of headers are written down
     * @param told is given the record when the message has ended
     */
    Trip(Message input, int attempt, boolean bodies, Consumer<Map<String, Object>> told) {
        this.bodies = bodies;
        this.told = told;
        record.put("time", Instant.now().toString());
        record.put("id", input.id().value());
        record.put("attempt", attempt);
        record.put("input", show(input));
    }

    private Map<String, Object> show(Message message) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("bytes", message.body().length());
        if (message.label() != null) {
            shown.put("label", message.label());
        }
        if (bodies) {
            content(message, shown);
        }
        return shown;
    }

    /** {@code headers}, and {@code body}, or {@code body_base64} if it is no text; only its head if it is long. */
    static void content(Message message, Map<String, Object> shown) {
        Map<String, String> headers = new LinkedHashMap<>();
        message.headers()
                .forEach(header -> headers.merge(header.name(), header.text(), (one, more) -> one + ", " + more));
        shown.put("headers", headers);
        Bytes body = message.body();
        Bytes head = head(body);
        boolean text = Header.of("", head).isText();
        shown.put(
                text ? "body" : "body_base64",
                text ? head.utf8() : Base64.getEncoder().encodeToString(head.toArray()));
        if (head.length() < body.length()) {
            shown.put("truncated", true);
        }
    }

    /** What is shown of a body: no half of a character of UTF-8 at its end. */
    static Bytes head(Bytes body) {
        if (body.length() <= BODY_MAX) {
            return body;
        }
        int end = BODY_MAX;
        while (end > BODY_MAX - CHARACTER_MAX && (body.at(end) & 0xC0) == 0x80) {
            end--;
        }
        return body.slice(0, end);
    }

    private Map<String, Object> step(String module, Message input, long startNanos) {
        Map<String, Object> step = new LinkedHashMap<>();
        step.put("module", module);
        step.put("ms", (System.nanoTime() - startNanos) / NANOS_PER_MILLI);
        step.put("input", show(input));
        steps.add(step);
        return step;
    }

    @Override
    public void ran(String module, Message input, List<Message> outputs, long startNanos) {
        if (++stepCount > OUTPUTS_MAX) {
            return;
        }
        Map<String, Object> step = step(module, input, startNanos);
        step.put("output_count", outputs.size());
        step.put(
                "outputs",
                outputs.stream().limit(OUTPUTS_MAX).<Object>map(this::show).toList());
    }

    @Override
    public void failed(String module, Message input, PipeException why, long startNanos) {
        stepCount++;
        step(module, input, startNanos).put("error", String.valueOf(why.getMessage()));
    }

    @Override
    public Passage departs(Outlet outlet, Message output) {
        Map<String, Object> leg = new LinkedHashMap<>();
        leg.put("sink", outlet.name());
        leg.put("uri", outlet.uri());
        leg.put("bytes", output.body().length());
        return new Passage() {
            @Override
            public void arrived() {
                if (sent.size() < OUTPUTS_MAX) {
                    sent.add(leg);
                }
            }

            @Override
            public void failed(PipeException why) {
                leg.put("failed_before", String.valueOf(why.getMessage()));
            }
        };
    }

    @Override
    public void ended(Ending ending, String why) {
        record.put("step_count", stepCount);
        record.put("steps", steps);
        record.put("sent", sent);
        record.put("ending", Headers.fold(ending.name()));
        if (!why.isEmpty()) {
            record.put("reason", why);
        }
        record.put("ms", (System.nanoTime() - start) / NANOS_PER_MILLI);
        told.accept(record);
    }
}
