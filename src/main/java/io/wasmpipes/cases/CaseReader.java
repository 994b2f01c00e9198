package io.wasmpipes.cases;

import io.wasmpipes.Bytes;
import io.wasmpipes.Headers;
import io.wasmpipes.Id;
import io.wasmpipes.Message;
import io.wasmpipes.Problems;
import io.wasmpipes.Units;
import io.wasmpipes.cases.ModuleCase.Expected;
import io.wasmpipes.cases.ModuleCase.Step;
import io.wasmpipes.cases.ModuleCase.Verdict;
import io.wasmpipes.wasm.http.HttpCalls;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Makes cases out of YAML and gathers what is wrong with them. One thread. */
final class CaseReader {
    static final Set<String> STEP = Set.of("after", "input", "outputs", "verdict", "reason", "counts");
    static final Set<String> ONLY_CASE =
            Set.of("name", "config", "cache", "now", "random", "http", "start", "steps", "cache_after");
    static final Set<String> INPUT = Set.of("body", "body_base64", "headers", "key");
    static final Set<String> OUTPUT = Set.of("body", "body_base64", "headers", "key", "label");
    static final Set<String> REPLY = Set.of("status", "headers", "body");
    static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    static final long SEED = 1;

    private static final int OK = 200;

    private final String file;
    private final Problems problems = new Problems();

    CaseReader(String file) {
        this.file = file;
    }

    Problems problems() {
        return problems;
    }

    Node node(String place, Object value) {
        return new Node(file, place, value, problems);
    }

    /** Empty if it has mistakes, which are among the problems. */
    Optional<ModuleCase> read(Node node) {
        String name = node.text("name", "");
        Node fields = name.isEmpty() ? node : new Node(file, "case \"" + name + "\"", node.value(), problems);
        Set<String> known = new HashSet<>(ONLY_CASE);
        known.addAll(STEP);
        fields.onlyKeys(known);
        boolean refused = fields.text("start", "").equals("refused");
        List<Step> steps = steps(fields);
        if (name.isEmpty()) {
            fields.wrong("", "needs a name");
        } else if (steps.isEmpty() && !refused) {
            fields.wrong("", "needs an input, steps, or start: refused");
        }
        if (!problems.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new ModuleCase(
                name,
                config(fields),
                fields.texts("cache"),
                parsed(fields, "now", "a time such as " + NOW, NOW, Instant::parse),
                parsed(fields, "random", "a number", SEED, Long::valueOf),
                http(fields),
                refused,
                refused ? fields.text("reason", "") : "",
                steps,
                fields.find("cache_after").map(Node::texts)));
    }

    private List<Step> steps(Node fields) {
        if (!fields.has("steps")) {
            return fields.has("input") ? List.of(step(fields)) : List.of();
        }
        List<Step> steps = new ArrayList<>();
        for (Node each : fields.list("steps")) {
            each.onlyKeys(STEP);
            steps.add(step(each));
        }
        return steps;
    }

    private Step step(Node fields) {
        if (!fields.has("input")) {
            fields.wrong("", "needs an input");
        }
        return new Step(
                parsed(
                        fields,
                        "after",
                        "a duration such as 5s",
                        Duration.ZERO,
                        text -> Units.duration(text).orElseThrow()),
                fields.find("input").map(node -> message(node, INPUT)).orElse(Message.of(Bytes.EMPTY)),
                fields.list("outputs").stream().map(this::expected).toList(),
                parsed(
                        fields,
                        "verdict",
                        "accept, reject or retry",
                        Verdict.ACCEPT,
                        text -> Verdict.valueOf(text.toUpperCase(Locale.ROOT))),
                fields.text("reason", ""),
                fields.find("counts").map(this::counts));
    }

    private Map<String, Long> counts(Node node) {
        Map<String, Long> counts = new LinkedHashMap<>();
        node.members().keySet().forEach(name -> counts.put(name, parsed(node, name, "a number", 0L, Long::valueOf)));
        return counts;
    }

    private Expected expected(Node node) {
        return new Expected(message(node, OUTPUT), node.has("headers"), node.has("key"));
    }

    private Message message(Node node, Set<String> known) {
        node.onlyKeys(known);
        Bytes body = parsed(
                node,
                "body_base64",
                "base64",
                Bytes.utf8(node.text("body", "")),
                text -> Bytes.wrap(Base64.getDecoder().decode(text)));
        String key = node.has("key") ? node.text("key", "") : null;
        String label = node.has("label") ? node.text("label", "") : null;
        return new Message(Id.NONE, body, Headers.of(node.texts("headers")), key, label, null);
    }

    /** That of a chain names each module first. */
    private static Map<String, Map<String, String>> config(Node fields) {
        Map<String, Map<String, String>> config = new LinkedHashMap<>();
        Map<String, String> own = new LinkedHashMap<>();
        fields.find("config")
                .ifPresent(node -> node.members().forEach((name, value) -> {
                    if (value.isMap()) {
                        config.put(name, value.texts());
                    } else {
                        own.put(name, value.text());
                    }
                }));
        config.put("", own);
        return config;
    }

    private Map<String, HttpCalls.Reply> http(Node fields) {
        Map<String, HttpCalls.Reply> replies = new LinkedHashMap<>();
        fields.find("http")
                .ifPresent(node -> node.members().forEach((request, reply) -> {
                    reply.onlyKeys(REPLY);
                    replies.put(
                            request,
                            new HttpCalls.Reply(
                                    parsed(reply, "status", "a number", OK, Integer::valueOf),
                                    Headers.of(reply.texts("headers")).list(),
                                    Bytes.utf8(reply.text("body", ""))));
                }));
        return replies;
    }

    private <T> T parsed(Node node, String key, String rule, T otherwise, Function<String, T> parser) {
        if (!node.has(key)) {
            return otherwise;
        }
        try {
            return parser.apply(node.text(key, ""));
        } catch (RuntimeException e) {
            problems.add(node.file(), node.place() + " " + key + "=" + node.text(key, ""), "must be " + rule, "");
            return otherwise;
        }
    }
}
