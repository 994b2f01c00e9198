package io.wasmpipes.adapter.http;

import io.wasmpipes.Outcome;
import io.wasmpipes.PipeException;
import io.wasmpipes.PoisonException;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** What a status code means for a message. */
final class Verdict {
    private static final Duration LONGEST = Duration.ofHours(1);

    private Verdict() {}

    /** {@code retryAfter} is the header of that name, null if there is none. */
    static Outcome of(int status, @Nullable String retryAfter, String what, Instant now) {
        if (status >= 200 && status < 300) {
            return Outcome.Confirmed.YES;
        }
        return new Outcome.Failed(failure(status, retryAfter, what + " answers " + status, now));
    }

    private static PipeException failure(int status, @Nullable String retryAfter, String says, Instant now) {
        return switch (status) {
            case 409, 425, 429 -> TransientException.message(says, wait(retryAfter, now));
            case 408 -> TransientException.outage(says);
            case 401, 403 -> TransientException.outage(says + ": check the credentials");
            case 404, 405 -> TransientException.outage(says + ": check the URL and the method");
            default -> {
                if (status >= 300 && status < 400) {
                    yield TransientException.outage(says + ": redirects are not followed, give the final URL");
                }
                yield status >= 400 && status < 500 ? new PoisonException(says) : TransientException.outage(says);
            }
        };
    }

    /** Seconds or an HTTP date; null if it is neither. */
    static @Nullable Duration wait(@Nullable String retryAfter, Instant now) {
        if (retryAfter == null) {
            return null;
        }
        try {
            Duration wait = retryAfter.matches("\\d{1,9}")
                    ? Duration.ofSeconds(Long.parseLong(retryAfter))
                    : Duration.between(now, Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(retryAfter)));
            return wait.isNegative() ? Duration.ZERO : wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
        } catch (DateTimeParseException e) {
            return null;
        }
    }
}
