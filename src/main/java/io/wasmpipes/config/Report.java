package io.wasmpipes.config;

import io.wasmpipes.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Shows the configuration with its secrets hidden. */
final class Report {
    private static final String HIDDEN = "***";

    private final Env env;
    private final Vocabulary vocabulary;

    Report(Env env, Vocabulary vocabulary) {
        this.env = env;
        this.vocabulary = vocabulary;
    }

    /** A line for each setting of the table, then one for each labelled sink, module and driver variable that is set. */
    List<Shown> lines() {
        List<Shown> lines = new ArrayList<>();
        for (KnownSettings.Section section : KnownSettings.SECTIONS) {
            for (Setting setting : section.settings()) {
                if (!setting.isPattern()) {
                    lines.add(line(setting));
                }
            }
        }
        for (String name : env.names()) {
            String base = Env.withoutFile(name);
            Optional<Setting> driver = vocabulary.driver(name).or(() -> vocabulary.driver(base));
            if (env.literal(name).isPresent()) {
                if (driver.isPresent()) {
                    lines.add(new Shown(name, shown(name, driver.get().secret()), false));
                } else if (Vocabulary.isLabelledSink(base) || (Vocabulary.isModule(base) && vocabulary.knows(base))) {
                    lines.add(new Shown(name, shown(name, isSecretConfig(base)), false));
                }
            }
        }
        return lines;
    }

    private Shown line(Setting setting) {
        String name = setting.name();
        if (env.literal(name).isPresent()) {
            return new Shown(name, shown(name, setting.secret()), false);
        }
        String file = name + Env.FILE;
        return env.literal(file).isPresent()
                ? new Shown(file, shown(file, false), false)
                : new Shown(name, setting.fallback(), true);
    }

    private String shown(String name, boolean secret) {
        return secret && !name.endsWith(Env.FILE)
                ? HIDDEN
                : Endpoint.redact(env.literal(name).orElse(""));
    }

    private static boolean isSecretConfig(String name) {
        int config = name.indexOf("_CONFIG_");
        return config > 0 && Endpoint.isSecret(name.substring(config));
    }
}
