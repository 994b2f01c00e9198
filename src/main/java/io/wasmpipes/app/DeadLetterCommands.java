package io.wasmpipes.app;

import io.wasmpipes.Bytes;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Header;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import io.wasmpipes.Units;
import io.wasmpipes.cli.DeadLetterBox;
import io.wasmpipes.cli.Letter;
import io.wasmpipes.cli.Redrive;
import io.wasmpipes.config.SingleEnd;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wasm-pipes dlq}: dead letters at any place that can be read. */
@Command(
        name = "dlq",
        description = "Looks at dead letters, sends them on their way again, or throws them away.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class DeadLetterCommands {
    private static final String SUBJECT = "dlq";
    private static final int BATCH = 100;

    private final Console console;

    DeadLetterCommands(Console console) {
        this.console = console;
    }

    /** Where the letters are. */
    static final class Place {
        @Mixin
        EnvFiles files = new EnvFiles();

        @Parameters(
                index = "0",
                paramLabel = "URI",
                description =
                        "the place, as a source: file:dead.jsonl, jetstream://DEAD?durable=dlq, kafka://group?topic=dead")
        String uri = "";

        @Option(
                names = "--wait",
                paramLabel = "TIME",
                defaultValue = "5s",
                description = "with nothing new for so long there are no more; ${DEFAULT-VALUE} by default")
        String patience = "5s";
    }

    @Command(description = "Lists them; they stay.", mixinStandardHelpOptions = true)
    int list(
            @Mixin Place place,
            @Option(
                            names = "--max",
                            defaultValue = "100",
                            paramLabel = "N",
                            description = "at most so many; ${DEFAULT-VALUE} by default")
                    int max,
            @Option(names = "--json", description = "for programs: one object per line") boolean json)
            throws ConfigException, InterruptedException {
        return with(place, box -> {
            List<Letter> letters = taken(box, max);
            letters.forEach(letter -> console.out().println(json ? Json.text(map(letter, false)) : line(letter)));
            box.giveBack(letters);
            if (!json) {
                console.out().println(letters.size() == 1 ? "1 entry" : letters.size() + " entries");
            }
            return 0;
        });
    }

    @Command(description = "Shows all of one, body included; it stays.", mixinStandardHelpOptions = true)
    int show(
            @Mixin Place place, @Parameters(index = "1", paramLabel = "ID", description = "as list tells it") String id)
            throws ConfigException, InterruptedException {
        return with(place, box -> {
            List<Letter> passed = new ArrayList<>();
            boolean found = false;
            for (List<Letter> next = box.next(BATCH); !found && !next.isEmpty(); next = box.next(BATCH)) {
                passed.addAll(next);
                List<Letter> wanted =
                        next.stream().filter(letter -> letter.id().equals(id)).toList();
                wanted.forEach(letter -> console.out().println(Json.text(map(letter, true))));
                found = !wanted.isEmpty();
            }
            box.giveBack(passed);
            return found ? 0 : none(id);
        });
    }

    private int none(String id) {
        console.err().println("there is no dead letter " + id);
        return Cli.FAILED;
    }

    @Command(
            description = "Sends them to where they came from, or to another sink; what is confirmed is taken away.",
            mixinStandardHelpOptions = true)
    int redrive(
            @Mixin Place place,
            @Option(
                            names = "--to",
                            paramLabel = "URI",
                            description = "a sink, where their source is none that can be written to")
                    @Nullable
                    String to,
            @Option(names = "--id", paramLabel = "ID", description = "only this one; may be repeated") @Nullable
                    List<String> ids)
            throws ConfigException, InterruptedException {
        Instant start = Instant.now();
        return with(place, box -> redrive(box, new Targets(place, to), wanted(ids), start));
    }

    private int redrive(DeadLetterBox box, Targets targets, Set<String> ids, Instant start)
            throws ConfigException, TransientException, InterruptedException {
        Redrive redrive = new Redrive(box);
        int sent = 0;
        List<Letter> kept = new ArrayList<>();
        try (targets) {
            for (List<Letter> letters = box.next(BATCH); !letters.isEmpty(); letters = box.next(BATCH)) {
                Map<Boolean, List<Letter>> mine = letters.stream()
                        .collect(Collectors.partitioningBy(
                                letter -> !letter.time().isAfter(start)
                                        && !letter.truncated()
                                        && (ids.isEmpty() || ids.contains(letter.id()))));
                kept.addAll(mine.getOrDefault(false, List.of()));
                Map<String, List<Letter>> bySource = mine.getOrDefault(true, List.of()).stream()
                        .collect(Collectors.groupingBy(Letter::source, LinkedHashMap::new, Collectors.toList()));
                for (Map.Entry<String, List<Letter>> group : bySource.entrySet()) {
                    Redrive.Result result = redrive.send(group.getValue(), targets.sink(group.getKey()));
                    sent += result.sent();
                    result.failures().forEach((letter, why) -> console.err().println(letter.id() + " stays: " + why));
                    if (!result.failures().isEmpty()) {
                        box.giveBack(kept);
                        return said(sent, result.failures().size());
                    }
                }
            }
        }
        box.giveBack(kept);
        kept.stream()
                .filter(Letter::truncated)
                .forEach(letter -> console.err().println(letter.id() + " stays: only the head of its body is there"));
        return said(sent, 0);
    }

    private int said(int sent, int failed) {
        console.out().println(sent + " redriven" + (failed == 0 ? "" : ", " + failed + " failed"));
        return failed == 0 ? 0 : Cli.FAILED;
    }

    @Command(description = "Throws them away.", mixinStandardHelpOptions = true)
    int discard(
            @Mixin Place place,
            @Option(names = "--id", paramLabel = "ID", description = "this one; may be repeated") @Nullable
                    List<String> ids,
            @Option(names = "--all", description = "every one") boolean all)
            throws ConfigException, InterruptedException {
        if (all == (ids != null)) {
            throw new ConfigException(SUBJECT, "", "discard takes --id ID, or --all", "");
        }
        Set<String> wanted = wanted(ids);
        return with(place, box -> {
            List<Letter> kept = new ArrayList<>();
            int gone = 0;
            for (List<Letter> next = box.next(BATCH); !next.isEmpty(); next = box.next(BATCH)) {
                Map<Boolean, List<Letter>> mine =
                        next.stream().collect(Collectors.partitioningBy(letter -> all || wanted.contains(letter.id())));
                List<Letter> unwanted = mine.getOrDefault(true, List.of());
                box.done(unwanted);
                gone += unwanted.size();
                kept.addAll(mine.getOrDefault(false, List.of()));
            }
            box.giveBack(kept);
            console.out().println(gone + " discarded");
            return 0;
        });
    }

    private static Set<String> wanted(@Nullable List<String> ids) {
        return ids == null ? Set.of() : new LinkedHashSet<>(ids);
    }

    /** What a command does with the letters. */
    private interface Work {
        int of(DeadLetterBox box) throws ConfigException, TransientException, InterruptedException;
    }

    private int with(Place place, Work work) throws ConfigException, InterruptedException {
        Duration patience = Units.duration(place.patience)
                .orElseThrow(() -> new ConfigException("--wait", place.patience, "must be a duration such as 5s", ""));
        Endpoint endpoint = end(Endpoint.Role.SOURCE, "DEAD_LETTER_", place.uri, place);
        try (Source source = Tools.adapter(endpoint).deadLetters(endpoint, Tools.context());
                DeadLetterBox box = new DeadLetterBox(source, patience)) {
            return work.of(box);
        } catch (TransientException e) {
            console.err().println(e.getMessage());
            return Cli.FAILED;
        }
    }

    private Endpoint end(Endpoint.Role role, String prefix, String uri, Place place) throws ConfigException {
        return SingleEnd.read(role, SUBJECT, prefix, uri, place.files.variables(console), Wiring.adapters());
    }

    private static List<Letter> taken(DeadLetterBox box, int max) throws TransientException, InterruptedException {
        List<Letter> all = new ArrayList<>();
        List<Letter> next = box.next(Math.min(max, BATCH));
        while (!next.isEmpty()) {
            all.addAll(next);
            next = all.size() < max ? box.next(Math.min(max - all.size(), BATCH)) : List.of();
        }
        return all;
    }

    /** The sinks that letters go to, each opened once. */
    private final class Targets implements AutoCloseable {
        private final Place place;
        private final @Nullable String to;
        private final Map<String, Sink> open = new HashMap<>();

        Targets(Place place, @Nullable String to) {
            this.place = place;
            this.to = to;
        }

        Sink sink(String source) throws ConfigException {
            String uri = to == null ? source : to;
            Sink known = open.get(uri);
            if (known != null) {
                return known;
            }
            try {
                Endpoint endpoint = end(Endpoint.Role.SINK, "SINK_", uri, place);
                Sink sink = Tools.adapter(endpoint).sink(endpoint, Tools.context());
                open.put(uri, sink);
                return sink;
            } catch (ConfigException e) {
                throw to != null
                        ? e
                        : new ConfigException(
                                SUBJECT,
                                uri,
                                "is where the letters came from, and nothing can be sent there: say --to URI",
                                "");
            }
        }

        @Override
        public void close() {
            open.values().forEach(Sink::close);
        }
    }

    private static String line(Letter letter) {
        return letter.id() + "  " + letter.time() + "  " + letter.reason() + ", attempts " + letter.attempts() + ", "
                + letter.message().body().length() + " bytes";
    }

    private static Map<String, Object> map(Letter letter, boolean whole) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("id", letter.id());
        map.put("time", letter.time().toString());
        map.put("reason", letter.reason());
        map.put("attempts", letter.attempts());
        map.put("source", letter.source());
        map.put("bytes", letter.message().body().length());
        if (whole) {
            map.put(
                    "headers",
                    letter.message().headers().list().stream()
                            .map(header -> Map.of("name", header.name(), "value", header.text()))
                            .toList());
            Bytes body = letter.message().body();
            boolean text = Header.of("", body).isText();
            map.put(
                    text ? "body" : "body_base64",
                    text ? body.utf8() : Base64.getEncoder().encodeToString(body.toArray()));
        }
        return map;
    }
}
