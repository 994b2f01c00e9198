package io.wasmpipes.adapter.http;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * So many messages in a second, minute or hour: a bucket of tokens that holds a second's worth, at least one. Thread-safe.
 */
final class Rate {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})(?:/([smh]))?");
    static final String RULE = "must be a number of messages per second, or 10/s, 100/m, 1000/h";

    private final double perNano;
    private final double capacity;
    private final LongSupplier nanos;
    private double tokens;
    private long last;

    private Rate(double perNano, LongSupplier nanos) {
        this.perNano = perNano;
        this.capacity = Math.max(1, perNano * 1e9);
        this.nanos = nanos;
        this.tokens = capacity;
        this.last = nanos.getAsLong();
    }

    /** Reads {@code 50}, {@code 50/s}, {@code 100/m} or {@code 1000/h}; empty if it is none of them. */
    static Optional<Rate> parse(String text, LongSupplier nanos) {
        Matcher form = FORM.matcher(text);
        if (!form.matches() || Integer.parseInt(form.group(1)) == 0) {
            return Optional.empty();
        }
        String unit = form.group(2) == null ? "s" : form.group(2);
        double seconds = switch (unit) {
            case "m" -> 60;
            case "h" -> 3600;
            default -> 1;
        };
        return Optional.of(new Rate(Integer.parseInt(form.group(1)) / seconds / 1e9, nanos));
    }

    /** Takes one token: zero, or how long to wait before there is one; nothing is taken then. */
    synchronized Duration take() {
        refill();
        if (tokens >= 1) {
            tokens--;
            return Duration.ZERO;
        }
        return Duration.ofNanos((long) Math.ceil((1 - tokens) / perNano));
    }

    /** Takes one token in advance and says how long to wait before using it. */
    synchronized Duration reserve() {
        refill();
        tokens--;
        return tokens >= 0 ? Duration.ZERO : Duration.ofNanos((long) Math.ceil(-tokens / perNano));
    }

    private void refill() {
        long now = nanos.getAsLong();
        tokens = Math.min(capacity, tokens + (now - last) * perNano);
        last = now;
    }
}
