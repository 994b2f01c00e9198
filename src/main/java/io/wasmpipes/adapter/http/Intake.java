package io.wasmpipes.adapter.http;

import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Id;
import io.wasmpipes.Message;
import io.wasmpipes.adapter.http.HttpIngress.Answer;
import io.wasmpipes.adapter.http.HttpIngress.Request;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The way of a request into the queue: each check at the earliest point, the body last. Thread-safe, never blocks.
 *
 * @param function whether method, path and query are told to the modules
 * @param rate null for no limit
 * @param inflater runs the inflating of gzip bodies
 */
record Intake(
        SourceOptions options,
        boolean function,
        Guard guard,
        @Nullable Rate rate,
        Waiting waiting,
        Executor inflater) implements HttpIngress.Handler {
    private static final long OVERHEAD = Message.of(Bytes.EMPTY).size();
    /** Of {@code reply=unconfirmed}. */
    static final Answer TAKEN = Answer.text(202, "accepted");

    private static final Answer BROKEN = Answer.text(400, "the body broke off").closing();
    private static final Answer UNSIGNED = Answer.text(401, "the signature is missing, old or wrong");

    @Override
    public CompletionStage<Answer> handle(Request request) {
        Answer refusal = refusal(request);
        if (refusal != null) {
            return CompletableFuture.completedFuture(refusal);
        }
        Headers headers = headers(request);
        boolean get = request.method().equals("GET");
        Bytes query = get ? Bytes.utf8(QueryJson.of(request.query())) : Bytes.EMPTY;
        long head = OVERHEAD + headers.size();
        long expected = get ? query.length() : request.length().orElse(0);
        Exchange exchange = waiting.enter(headers, head + expected);
        if (exchange == null) {
            return CompletableFuture.completedFuture(BodyReader.NO_ROOM);
        }
        if (get) {
            accept(request, exchange, Bytes.EMPTY, query);
        } else {
            read(request, exchange, head, expected);
        }
        return exchange.answer;
    }

    /** What can be refused by the head alone. */
    private @Nullable Answer refusal(Request request) {
        if (!request.path().equals(options.path()) && !decoded(request.path()).equals(options.path())) {
            return Answer.text(404, "404 page not found");
        }
        if (!options.methods().contains(request.method())) {
            return Answer.text(400, "invalid method");
        }
        if (!guard.admits(request.headers())) {
            return Answer.text(401, "unauthorized").with("WWW-Authenticate", guard.challenge());
        }
        long over = request.length().orElse(0) - options.maxBody();
        if (over > 0) {
            Answer answer = BodyReader.tooLarge(options.maxBody());
            return over > BodyReader.LINGER ? answer.closing() : answer;
        }
        Duration wait = rate == null ? Duration.ZERO : rate.take();
        return wait.isZero() ? null : Answer.text(429, "too many requests").with("Retry-After", seconds(wait));
    }

    private static String decoded(String path) {
        try {
            return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return path;
        }
    }

    /** Whole seconds, rounded up, at least one. */
    static String seconds(Duration wait) {
        return Long.toString(Math.max(1, wait.plusNanos(999_999_999).toSeconds()));
    }

    private Headers headers(Request request) {
        Headers headers = RequestHeaders.of(request.headers());
        if (!function) {
            return headers;
        }
        List<Header> list = new ArrayList<>(headers.keep(Intake::foreign).list());
        list.add(Header.of("http-method", request.method()));
        list.add(Header.of("http-path", request.path()));
        list.add(Header.of("http-query", request.query()));
        return Headers.of(list);
    }

    /** Whether a header of the request is none of those that mean something in a function. */
    private static boolean foreign(Header header) {
        return switch (Headers.fold(header.name())) {
            case "http-method", "http-path", "http-query", "status" -> false;
            default -> true;
        };
    }

    private void read(Request request, Exchange exchange, long head, long expected) {
        BodyReader reader = new BodyReader(
                options.maxBody(), length -> waiting.resize(exchange, head + Math.max(expected, length)));
        request.read(reader::add).whenComplete((_, broken) -> {
            if (broken != null) {
                waiting.end(exchange, BROKEN);
                return;
            }
            try {
                Bytes raw = reader.whole();
                if (gzip(request.headers())) {
                    inflater.execute(() -> inflate(request, exchange, head, raw));
                } else {
                    accept(request, exchange, raw, raw);
                }
            } catch (RefusedException e) {
                waiting.end(exchange, e.answer());
            }
        });
    }

    private static boolean gzip(Headers headers) {
        return headers.first("Content-Encoding")
                .map(encoding -> encoding.strip().equalsIgnoreCase("gzip"))
                .orElse(false);
    }

    private void inflate(Request request, Exchange exchange, long head, Bytes raw) {
        try {
            BodyReader inflated =
                    new BodyReader(options.maxBody(), length -> waiting.resize(exchange, head + raw.length() + length));
            accept(request, exchange, raw, inflated.inflate(raw));
        } catch (RefusedException e) {
            waiting.end(exchange, e.answer());
        }
    }

    private void accept(Request request, Exchange exchange, Bytes raw, Bytes body) {
        if (!guard.signed(request.headers(), raw)) {
            waiting.end(exchange, UNSIGNED);
            return;
        }
        Headers headers = gzip(request.headers()) ? exchange.headers.without("Content-Encoding") : exchange.headers;
        waiting.queue(exchange, new Message(id(request), body, headers, null, null, null), options.confirmed());
        if (!options.confirmed()) {
            exchange.answer.complete(TAKEN);
        }
    }

    private Id id(Request request) {
        String name = options.idHeader();
        return name == null
                ? Id.NONE
                : request.headers()
                        .first(name)
                        .filter(v -> !v.isEmpty())
                        .map(Id::new)
                        .orElse(Id.NONE);
    }
}
