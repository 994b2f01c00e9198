package io.wasmpipes.adapter.pubsub;

import io.wasmpipes.Endpoint;
import io.wasmpipes.Options;
import io.wasmpipes.Problems;
import io.wasmpipes.Variables;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an endpoint of scheme gcppubsub says.
 *
 * @param path {@code projects/P/topics/T} or {@code projects/P/subscriptions/S}
 * @param batch messages per request at most
 * @param nackLazy a retry waits for the ack deadline
 * @param emulator host:port of an emulator, empty for Google's own service
 */
record PubSubSettings(String path, int batch, boolean nackLazy, String emulator, Variables variables) {
    static final int MAX_BATCH = 1000;
    /** Why Pub/Sub may be silent. */
    static final String HINT = "wrong host or proxy, or no credentials?";

    private static final String EMULATOR = "PUBSUB_EMULATOR_HOST";
    private static final String KEY_FILE = "GOOGLE_APPLICATION_CREDENTIALS";
    private static final Pattern HOST = Pattern.compile("(?:http://)?([^\\s/@:]+|\\[[^]]+]):(\\d{1,5})/?");

    /** For people: {@code subscription orders of project p}. */
    String shown() {
        String[] words = path.split("/", -1);
        return words.length < 4
                ? path
                : words[2].substring(0, words[2].length() - 1) + " " + words[3] + " of project " + words[1];
    }

    /** Reads {@code endpoint}; what is wrong goes to the problems. */
    static PubSubSettings parse(Endpoint endpoint, Problems problems) {
        boolean source = endpoint.role() == Endpoint.Role.SOURCE;
        Options options = new Options(endpoint, problems);
        int batch = options.integer(source ? "max_recv_batch_size" : "max_send_batch_size", MAX_BATCH, 1, MAX_BATCH);
        boolean lazy = source && options.flag("nacklazy", false);
        options.rejectUnknown();
        return new PubSubSettings(
                path(endpoint, source ? "subscriptions" : "topics", problems),
                batch,
                lazy,
                emulator(endpoint, problems),
                endpoint.variables());
    }

    private static String path(Endpoint endpoint, String kind, Problems problems) {
        String name = endpoint.name();
        if (name.matches("projects/[^/]+/" + kind + "/[^/]+") && endpoint.port() < 0) {
            return name;
        }
        if (name.matches("[^/]+/[^/]+") && !endpoint.host().isEmpty() && endpoint.port() < 0) {
            return "projects/" + name.replace("/", "/" + kind + "/");
        }
        problems.add(
                endpoint.variable(),
                endpoint.toString(),
                "must name a project and one of its " + kind,
                "for instance gcppubsub://projects/my-project/" + kind + "/orders or gcppubsub://my-project/orders");
        return name;
    }

    private static String emulator(Endpoint endpoint, Problems problems) {
        Variables variables = endpoint.variables();
        Optional<String> emulator = variables.get(EMULATOR);
        if (emulator.isPresent()) {
            Matcher host = HOST.matcher(emulator.get().strip());
            if (host.matches()) {
                return host.group(1) + ":" + host.group(2);
            }
            problems.add(
                    variables.nameOf(EMULATOR),
                    Endpoint.redact(emulator.get()),
                    "must be host:port of an emulator",
                    "");
        }
        Optional<String> file = variables.get(KEY_FILE);
        if (file.isPresent() && !Files.isReadable(Path.of(file.get()))) {
            problems.add(variables.nameOf(KEY_FILE), file.get(), "must name a readable file", "");
        }
        return "";
    }
}
