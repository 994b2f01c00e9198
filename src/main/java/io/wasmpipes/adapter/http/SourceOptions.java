package io.wasmpipes.adapter.http;

import io.wasmpipes.Endpoint;
import io.wasmpipes.Headers;
import io.wasmpipes.Limits;
import io.wasmpipes.Options;
import io.wasmpipes.Problems;
import io.wasmpipes.Variables;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an HTTP source is told by its URI and its variables.
 *
 * @param path matched exactly, decoded
 * @param confirmed whether the sender hears of the message's end, or at once that it was taken
 * @param maxBody 0: the pipe's MAX_MESSAGE_BYTES
 * @param timeout how long a sender waits at most, from the head of its request on
 * @param idHeader the header whose value becomes the message's id, null for none
 * @param rate null for no limit, else as {@link Rate} reads it
 * @param signature null for none
 */
record SourceOptions(
        String path,
        boolean confirmed,
        Set<String> methods,
        long maxBody,
        Duration timeout,
        @Nullable String idHeader,
        @Nullable String rate,
        @Nullable Signature signature) {
    private static final Set<String> METHODS = Set.of("POST", "PUT", "GET", "PATCH", "DELETE", "HEAD");

    /** Which answer Done is. */
    private enum Reply {
        CONFIRMED,
        UNCONFIRMED
    }

    static SourceOptions read(Endpoint endpoint, Problems problems) {
        Options options = new Options(endpoint, problems);
        boolean confirmed = options.choice("reply", Reply.CONFIRMED) == Reply.CONFIRMED;
        Set<String> methods = methods(options);
        long maxBody = options.size("max_body", 0);
        Duration timeout = options.duration("timeout", Duration.ofSeconds(10));
        if (timeout.isZero()) {
            options.wrong("timeout", "0", "must be longer than 0");
        }
        Optional<String> idHeader = options.text("id_header");
        Optional<String> rate = options.text("rate");
        if (rate.isPresent() && Rate.parse(rate.get(), System::nanoTime).isEmpty()) {
            options.wrong("rate", rate.get(), Rate.RULE);
        }
        options.rejectUnknown();
        authority(endpoint, problems);
        Signature signature = signature(endpoint.variables(), problems);
        return new SourceOptions(
                path(endpoint),
                confirmed,
                methods,
                maxBody,
                timeout,
                idHeader.filter(name -> !name.isEmpty()).orElse(null),
                rate.orElse(null),
                signature);
    }

    /** With no larger bodies than the pipe takes. */
    SourceOptions bounded(Limits limits) {
        long most = maxBody == 0 ? limits.maxMessageBytes() : Math.min(maxBody, limits.maxMessageBytes());
        return new SourceOptions(path, confirmed, methods, most, timeout, idHeader, rate, signature);
    }

    private static Set<String> methods(Options options) {
        String given = options.text("methods", "POST,PUT,GET");
        Set<String> methods = Stream.of(given.split(","))
                .map(method -> method.strip().toUpperCase(Locale.ROOT))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        if (!METHODS.containsAll(methods)) {
            options.wrong("methods", given, "must be a list of POST, PUT, GET, PATCH, DELETE, HEAD");
        }
        return methods;
    }

    private static void authority(Endpoint endpoint, Problems problems) {
        if (!endpoint.userInfo().isEmpty()) {
            problems.add(
                    endpoint.variable(),
                    endpoint.toString(),
                    "must not carry credentials",
                    "set SOURCE_HTTP_BASIC=user:password");
        }
    }

    private static @Nullable Signature signature(Variables variables, Problems problems) {
        Optional<String> given = variables.get("HTTP_SIGNATURE");
        if (given.isEmpty()) {
            return null;
        }
        Optional<Signature> known = Stream.of(Signature.values())
                .filter(s -> Headers.fold(s.name()).equals(given.get()))
                .findFirst();
        if (known.isEmpty()) {
            problems.add(
                    variables.nameOf("HTTP_SIGNATURE"),
                    given.get(),
                    "must be one of github, stripe, slack, standard",
                    "");
            return null;
        }
        Optional<String> secret = variables.get("HTTP_SECRET");
        if (secret.isEmpty()) {
            problems.add(
                    variables.nameOf("HTTP_SECRET"), "", "is required to verify signatures", "the sender shows it");
        } else if (!known.get().accepts(secret.get())) {
            problems.add(variables.nameOf("HTTP_SECRET"), "***", "must be base64, with or without whsec_", "");
        }
        return known.get();
    }

    private static String path(Endpoint endpoint) {
        return endpoint.path().isEmpty() ? "/" : endpoint.path();
    }
}
