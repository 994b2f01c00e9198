package io.wasmpipes.wasm.cases;

import io.wasmpipes.Bytes;
import io.wasmpipes.Headers;
import io.wasmpipes.Id;
import io.wasmpipes.Message;
import io.wasmpipes.Units;
import io.wasmpipes.wasm.cases.ModuleCase.Expected;
import io.wasmpipes.wasm.cases.ModuleCase.Step;
import io.wasmpipes.wasm.cases.ModuleCase.Verdict;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Reads {@code cases.yaml}. Unknown keys are mistakes: a case that checks nothing by a typing error is worse than none. */
public final class CaseFile {
    private static final Set<String> STEP = Set.of("after", "input", "outputs", "verdict", "reason", "counts");
    private static final Set<String> CASE = Set.of("name", "config", "cache", "start", "steps", "cache_after");
    private static final Set<String> MESSAGE = Set.of("body", "body_base64", "headers", "key", "label");

    private CaseFile() {}

    /** The cases of a file, in order. */
    public static List<ModuleCase> read(Path file) throws IOException {
        try (Reader reader = Files.newBufferedReader(file)) {
            Object document = new Yaml(new SafeConstructor(new LoaderOptions())).load(reader);
            Map<?, ?> root = map(document, Set.of("cases"), Set.of());
            return list(root.get("cases")).stream().map(CaseFile::toCase).toList();
        }
    }

    private static ModuleCase toCase(Object node) {
        Map<?, ?> fields = map(node, CASE, STEP);
        boolean refused = "refused".equals(fields.get("start"));
        List<Step> steps = new ArrayList<>();
        if (fields.containsKey("steps")) {
            list(fields.get("steps")).forEach(step -> steps.add(toStep(map(step, STEP, Set.of()))));
        } else if (fields.containsKey("input")) {
            steps.add(toStep(fields));
        }
        if (steps.isEmpty() && !refused) {
            throw new IllegalArgumentException("a case needs an input, steps or start: refused: " + fields.get("name"));
        }
        return new ModuleCase(
                String.valueOf(fields.get("name")),
                texts(fields.get("config")),
                texts(fields.get("cache")),
                refused,
                refused ? text(fields, "reason", "") : "",
                steps,
                fields.containsKey("cache_after") ? Optional.of(texts(fields.get("cache_after"))) : Optional.empty());
    }

    private static Step toStep(Map<?, ?> fields) {
        String after = text(fields, "after", "0");
        Map<String, Long> counts = new LinkedHashMap<>();
        texts(fields.get("counts")).forEach((name, value) -> counts.put(name, Long.valueOf(value)));
        return new Step(
                Units.duration(after).orElse(Duration.ZERO),
                message(map(fields.get("input"), MESSAGE, Set.of())),
                list(fields.get("outputs")).stream().map(CaseFile::expected).toList(),
                Verdict.valueOf(text(fields, "verdict", "accept").toUpperCase(Locale.ROOT)),
                text(fields, "reason", ""),
                fields.containsKey("counts") ? Optional.of(counts) : Optional.empty());
    }

    private static Expected expected(Object node) {
        Map<?, ?> fields = map(node, MESSAGE, Set.of());
        return new Expected(message(fields), fields.containsKey("headers"), fields.containsKey("key"));
    }

    private static Message message(Map<?, ?> fields) {
        Bytes body = fields.containsKey("body_base64")
                ? Bytes.wrap(Base64.getDecoder().decode(text(fields, "body_base64", "")))
                : Bytes.utf8(text(fields, "body", ""));
        String key = fields.containsKey("key") ? text(fields, "key", "") : null;
        String label = fields.containsKey("label") ? text(fields, "label", "") : null;
        return new Message(Id.NONE, body, Headers.of(texts(fields.get("headers"))), key, label, null);
    }

    private static String text(Map<?, ?> fields, String name, String otherwise) {
        Object value = fields.get(name);
        return value == null ? otherwise : String.valueOf(value);
    }

    private static Map<String, String> texts(Object node) {
        Map<String, String> texts = new LinkedHashMap<>();
        if (node instanceof Map<?, ?> map) {
            map.forEach((key, value) -> texts.put(String.valueOf(key), String.valueOf(value)));
        }
        return texts;
    }

    private static Map<?, ?> map(Object node, Set<String> known, Set<String> alsoKnown) {
        if (!(node instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException("expected one or more of " + known + ", found " + node);
        }
        for (Object key : map.keySet()) {
            if (!known.contains(key) && !alsoKnown.contains(key)) {
                throw new IllegalArgumentException("unknown key " + key + ", known are " + known + " " + alsoKnown);
            }
        }
        return map;
    }

    private static List<?> list(Object node) {
        return node instanceof List<?> list ? list : List.of();
    }
}
