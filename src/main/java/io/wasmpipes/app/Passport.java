package io.wasmpipes.app;

import io.wasmpipes.Stage;
import io.wasmpipes.config.Settings;
import io.wasmpipes.config.Shown;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What {@code /info} shows: which pipe this is, of which version and modules. No secrets. Thread-safe. */
final class Passport {
    private final Settings settings;
    private final String version;
    private final long started = System.nanoTime();
    private volatile List<Map<String, String>> modules = List.of();

    Passport(Settings settings, String version) {
        this.settings = settings;
        this.version = version;
    }

    /** The version of this build, {@code dev} outside of a jar. */
    static String version() {
        String version = Passport.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }

    void loaded(List<Stage.Factory> stages) {
        modules = stages.stream()
                .map(stage -> {
                    Map<String, String> module = new LinkedHashMap<>();
                    module.put("name", stage.name());
                    module.put("digest", stage.digest());
                    return module;
                })
                .toList();
    }

    String source() {
        return shown(settings.ends().source().endpoint().toString());
    }

    String sink() {
        return shown(settings.ends().sink().endpoint().toString());
    }

    private static String shown(String uri) {
        return uri.endsWith(":") ? uri.substring(0, uri.length() - 1) : uri;
    }

    /** Every setting as it is in force, secrets hidden. */
    List<Map<String, Object>> configuration() {
        return settings.shown().stream().map(Passport::setting).toList();
    }

    private static Map<String, Object> setting(Shown shown) {
        Map<String, Object> setting = new LinkedHashMap<>();
        setting.put("name", shown.name());
        setting.put("value", shown.value());
        setting.put("default", shown.byDefault());
        return setting;
    }

    Map<String, Object> show() {
        Map<String, Object> info = new LinkedHashMap<>();
        info.put("name", "wasm-pipes");
        info.put("version", version);
        info.put("pipe", settings.pipe());
        info.put("source", source());
        info.put("sink", sink());
        Map<String, String> labelled = new TreeMap<>();
        settings.ends()
                .labelled()
                .forEach((label, sink) ->
                        labelled.put(label, shown(sink.endpoint().toString())));
        info.put("sinks", labelled);
        info.put(
                "dead_letters",
                settings.ends()
                        .deadLetters()
                        .map(end -> shown(end.endpoint().toString()))
                        .orElse(""));
        info.put("modules", modules);
        info.put("uptime_seconds", Duration.ofNanos(System.nanoTime() - started).toSeconds());
        return info;
    }
}
