package io.wasmpipes.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.wasmpipes.Adapter;
import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Limits;
import io.wasmpipes.Scope;
import io.wasmpipes.Settled;
import io.wasmpipes.Source;
import io.wasmpipes.pipe.PipeStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documentation says of names, links and limits is so. */
class DocsTest {
    private static final Pattern LINK = Pattern.compile("]\\((?!https?:)([^)#\\s]*)(?:#([^)\\s]*))?\\)");
    private static final Pattern METRIC = Pattern.compile("^\\| `(wasmpipes_[a-z_]+)`", Pattern.MULTILINE);

    private static final Pattern MENTIONED =
            Pattern.compile("wasmpipes_(?!v[01]\\b)[a-z_]*[a-z](?=[^a-z_])", Pattern.MULTILINE);

    private static final Pattern TYPE = Pattern.compile("^# TYPE (wasmpipes_\\w+)", Pattern.MULTILINE);

    private static List<Path> documents() throws IOException {
        try (Stream<Path> docs = Files.walk(Path.of("docs"));
                Stream<Path> modules = Files.walk(Path.of("modules"), 2)) {
            return Stream.of(Stream.of(Path.of("README.md"), Path.of("CONTRIBUTING.md")), docs, modules)
                    .flatMap(all -> all)
                    .filter(file -> file.toString().endsWith(".md"))
                    .toList();
        }
    }

    @Test
    void every_relative_link_leads_somewhere() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path document : documents()) {
            Matcher link = LINK.matcher(Files.readString(document));
            while (link.find()) {
                Path target = link.group(1).isEmpty()
                        ? document
                        : document.resolveSibling(link.group(1)).normalize();
                boolean found = Files.exists(target)
                        && (link.group(2) == null || anchors(target).contains(link.group(2)));
                if (!found) {
                    broken.add(document + ": " + link.group());
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    /** The names that a forge gives to headings. */
    private static Set<String> anchors(Path document) throws IOException {
        return Files.readAllLines(document).stream()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT))
                .map(line -> line.replaceAll("[^\\p{L}\\p{N}_ -]", "").replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    @Test
    void every_metric_is_documented_and_every_documented_metric_exists() throws IOException {
        String operations = Files.readString(Path.of("docs/operations.md"));
        assertThat(found(METRIC, operations)).isEqualTo(metrics());
        for (Path document : documents()) {
            assertThat(metrics()).as(document.toString()).containsAll(found(MENTIONED, Files.readString(document)));
        }
    }

    @Test
    void limits_of_logs_and_console_stand_in_the_page() throws IOException {
        String page = Files.readString(Path.of("docs/operations.md"));
        assertThat(List.of(LogLimit.MOST, (int) LogLimit.WINDOW.toSeconds())).containsOnly(10);
        assertThat(page).contains("ten are written in ten seconds");
        assertThat(page).contains("the last " + RecentDeaths.MOST + " dead letters");
        assertThat(page).contains("each up to " + Trip.BODY_MAX / 1024 + " KiB");
        assertThat(page).contains("up to " + Observation.PER_SECOND_MAX + "; " + Taps.MOST + " may watch");
    }

    /** Suffixes are those of histograms and summaries. */
    @Test
    void dashboard_and_alerts_ask_for_metrics_that_exist_and_leave_none_of_ours_out() throws IOException {
        String dashboard = Files.readString(Path.of("dashboards/grafana.json"));
        String alerts = Files.readString(Path.of("dashboards/alerts.yaml"));
        new ObjectMapper().readTree(dashboard);
        Set<String> asked = new TreeSet<>();
        for (String name : found(MENTIONED, dashboard + alerts)) {
            asked.add(name.replaceFirst("_(bucket|sum|count)$", ""));
        }
        assertThat(metrics()).containsAll(asked);
        Set<String> left = new TreeSet<>(metrics());
        left.removeAll(asked);
        assertThat(left)
                .containsExactlyInAnyOrder(
                        "wasmpipes_module_cache_written_bytes_total",
                        "wasmpipes_module_duration_seconds_max",
                        "wasmpipes_module_memory_bytes",
                        "wasmpipes_module_output_bytes_total");
    }

    private static Set<String> found(Pattern pattern, String text) {
        Set<String> names = new TreeSet<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            names.add(matcher.groupCount() == 0 ? matcher.group() : matcher.group(1));
        }
        return names;
    }

    /** Every metric of ours, once all that can be told has been told. */
    private static Set<String> metrics() {
        try (Telemetry telemetry = new Telemetry("pipe", "1", new Onlookers(null, new Taps(), new RecentDeaths()))) {
            PipeStatus status =
                    new PipeStatus(PipeStatus.Phase.RUNNING, Map.of(), Map.of(), 0, 0, Duration.ZERO, Duration.ZERO);
            telemetry.watch(() -> status, new NoSource(), Limits.DEFAULT);
            telemetry.received(1, 1);
            telemetry.hop("wait", 1);
            telemetry.emitted("sink", 1);
            telemetry.filtered("m");
            telemetry.moduleRan("m", 1);
            telemetry.moduleMade("hot", 1, 1);
            telemetry.moduleUsed("hot", Scope.Usage.CACHE_READS, 1);
            telemetry.moduleMemory("hot", 1, true);
            telemetry.counted("m", "c", 1);
            telemetry.poisoned("m", "module");
            telemetry.reloaded(true);
            telemetry.done(1);
            telemetry.manyHops(16);
            telemetry.handedBack(1);
            telemetry.lapsed(1);
            telemetry.paused("budget", 1);
            return found(TYPE, telemetry.scrape());
        }
    }

    private static final class NoSource implements Source {
        @Override
        public void connect() {}

        @Override
        public List<Delivery> receive(Demand demand) {
            return List.of();
        }

        @Override
        public void settle(List<Settled> settled) {}

        @Override
        public void close() {}
    }

    @Test
    void every_scheme_is_on_a_page_of_its_adapter() throws IOException {
        StringBuilder pages = new StringBuilder();
        for (Path document : documents()) {
            if (document.startsWith("docs/adapters")) {
                pages.append(Files.readString(document));
            }
        }
        for (Adapter adapter : ServiceLoader.load(Adapter.class)) {
            for (String scheme : adapter.schemes()) {
                assertThat(pages).contains(scheme + ":");
            }
        }
    }
}
