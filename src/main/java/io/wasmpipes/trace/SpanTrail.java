package io.wasmpipes.trace;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import io.wasmpipes.PipeException;
import io.wasmpipes.Promise;
import io.wasmpipes.pipe.Outlet;
import io.wasmpipes.pipe.Trail;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The spans of one message. Why it failed is in none: modules and sinks may say it in words of the message. */
final class SpanTrail implements Trail {
    private static final AttributeKey<Long> OUTPUTS = AttributeKey.longKey("wasmpipes.outputs");
    private static final AttributeKey<String> ENDING = AttributeKey.stringKey("wasmpipes.ending");
    private static final AttributeKey<String> SINK = AttributeKey.stringKey("wasmpipes.sink");

    private final Tracing tracing;
    private final Context context;
    private final Span span;
    private final Set<SpanPassage> under = new HashSet<>(2);

    /** @param context that of the message's own span */
    SpanTrail(Tracing tracing, Context context) {
        this.tracing = tracing;
        this.context = context;
        this.span = Span.fromContext(context);
    }

    @Override
    public String trace() {
        return span.getSpanContext().getTraceId();
    }

    @Override
    public void hop(String hop, long startNanos) {
        if (span.isRecording()) {
            tracing.span(hop, SpanKind.INTERNAL, context, startNanos).end();
        }
    }

    @Override
    public void ran(String module, Message input, List<Message> outputs, long startNanos) {
        if (span.isRecording()) {
            tracing.span("module " + module, SpanKind.INTERNAL, context, startNanos)
                    .setAttribute(OUTPUTS, (long) outputs.size())
                    .end();
        }
    }

    @Override
    public void failed(String module, Message input, PipeException why, long startNanos) {
        if (span.isRecording()) {
            tracing.span("module " + module, SpanKind.INTERNAL, context, startNanos)
                    .setStatus(StatusCode.ERROR)
                    .end();
        }
    }

    @Override
    public Passage departs(Outlet outlet, Message output) {
        boolean carries = outlet.promises().contains(Promise.HEADERS);
        if (!span.isRecording()) {
            return carries ? onwards() : Passage.NONE;
        }
        Span send = tracing.span("send " + outlet.name(), SpanKind.PRODUCER, context, System.nanoTime());
        send.setAttribute(SINK, outlet.uri());
        send.setAttribute(Tracing.BODY_SIZE, (long) output.body().length());
        SpanPassage passage = new SpanPassage(send, carries ? tracing.headers(context.with(send)) : Headers.EMPTY);
        under.add(passage);
        return passage;
    }

    /** Of a message that is not traced: whoever receives it does not trace it either. */
    private Passage onwards() {
        Headers headers = tracing.headers(context);
        return new Passage() {
            @Override
            public Headers headers() {
                return headers;
            }
        };
    }

    @Override
    public void ended(Ending ending, String why) {
        List.copyOf(under).forEach(Passage::dropped);
        span.setAttribute(ENDING, Headers.fold(ending.name()));
        if (ending != Ending.DONE) {
            span.setStatus(StatusCode.ERROR, Headers.fold(ending.name()));
        }
        span.end();
    }

    /** The span of one output. */
    private final class SpanPassage implements Passage {
        private final Span send;
        private final Headers headers;

        SpanPassage(Span send, Headers headers) {
            this.send = send;
            this.headers = headers;
        }

        @Override
        public Headers headers() {
            return headers;
        }

        @Override
        public void arrived() {
            end();
        }

        @Override
        public void failed(PipeException why) {
            send.addEvent("attempt failed");
        }

        @Override
        public void dropped() {
            send.setStatus(StatusCode.ERROR, "not sent");
            end();
        }

        private void end() {
            send.end();
            under.remove(this);
        }
    }
}
