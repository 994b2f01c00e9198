package io.wasmpipes.config;

import io.wasmpipes.Endpoint;
import io.wasmpipes.Problem;
import io.wasmpipes.Problems;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks at every name in the environment: slips and empty URIs are problems, other strangers of our looks warnings. */
final class NameCheck {
    private final Env env;
    private final Vocabulary vocabulary;
    private final Problems problems;
    private final List<Problem> warnings = new ArrayList<>();

    NameCheck(Env env, Vocabulary vocabulary, Problems problems) {
        this.env = env;
        this.vocabulary = vocabulary;
        this.problems = problems;
    }

    /** The warnings; what is worse goes to the problems. */
    List<Problem> run() {
        env.check(vocabulary::knows, problems);
        for (String name : env.names()) {
            String base = vocabulary.knows(name) ? name : Env.withoutFile(name);
            if (vocabulary.knows(base)) {
                known(base);
            } else {
                unknown(name);
            }
        }
        return List.copyOf(warnings);
    }

    private void known(String name) {
        if (vocabulary.driver(name).isPresent()) {
            return;
        }
        if (name.endsWith("_URI") && env.isSet(name) && env.get(name).isEmpty()) {
            problems.add(name, "", "must not be empty", hint(name));
        }
        boolean label =
                Vocabulary.isLabelledSink(name) && vocabulary.driver(name).isEmpty();
        Optional<String> slip = label ? vocabulary.slipOfLabel(name) : Optional.empty();
        slip.ifPresent(meant -> problems.add(
                name,
                shown(name),
                "would be the sink of a label; did you mean " + meant + "?",
                "or choose another label"));
    }

    private static String hint(String name) {
        boolean defaults = !Vocabulary.isLabelledSink(name) && !Vocabulary.isModule(name);
        String fallback = defaults ? KnownSettings.of(name).fallback() : "";
        return fallback.isEmpty() ? "unset it or give it a value" : "unset it for the default, " + fallback;
    }

    private void unknown(String name) {
        Optional<String> meant = vocabulary.slip(name);
        if (Vocabulary.isModule(name)) {
            warnings.add(new Problem(name, "", "no module of that alias is in WASM_MODULES", similar(name)));
        } else if (meant.isPresent()) {
            problems.add(name, shown(name), "unknown, did you mean " + meant.get() + "?", "");
        } else if (Vocabulary.looksLikeOurs(name)) {
            warnings.add(new Problem(name, "", "unknown, ignored", similar(name)));
        }
    }

    private String similar(String name) {
        return vocabulary
                .similar(name)
                .map(meant -> "did you mean " + meant + "?")
                .orElse("");
    }

    /** The value where it is a URI or a path, with secrets hidden; other values of unknown names could be anything. */
    private String shown(String name) {
        String value = env.literal(name).orElse("");
        return value.contains(":") || name.contains("URI") || name.contains("URL") ? Endpoint.redact(value) : "";
    }
}
