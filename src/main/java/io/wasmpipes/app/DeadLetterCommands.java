package io.wasmpipes.app;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import io.wasmpipes.Units;
import io.wasmpipes.cli.DeadLetterBox;
import io.wasmpipes.cli.Letter;
import io.wasmpipes.cli.LetterView;
import io.wasmpipes.cli.Redrive;
import io.wasmpipes.config.SingleEnd;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
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
            letters.forEach(letter ->
                    console.out().println(json ? Json.text(LetterView.summary(letter)) : LetterView.line(letter)));
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
                wanted.forEach(letter -> console.out().println(Json.text(LetterView.whole(letter))));
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
        Predicate<Letter> mine = there(ids);
        return with(place, box -> {
            try (RedriveTargets targets = new RedriveTargets(uri -> sink(uri, place), to)) {
                Redrive.Result result = new Redrive(box, targets, console.err()::println).run(mine);
                console.out()
                        .println(result.sent() + " redriven"
                                + (result.failed() == 0 ? "" : ", " + result.failed() + " failed"));
                return result.failed() == 0 ? 0 : Cli.FAILED;
            }
        });
    }

    /** Those of these ids, or all; what has died since this began is left for the next time. */
    private static Predicate<Letter> there(@Nullable List<String> ids) {
        Instant start = Instant.now();
        Set<String> wanted = ids == null ? Set.of() : Set.copyOf(ids);
        return letter -> !letter.time().isAfter(start) && (ids == null || wanted.contains(letter.id()));
    }

    private Sink sink(String uri, Place place) throws ConfigException {
        Endpoint endpoint = end(Endpoint.Role.SINK, "SINK_", uri, place);
        return Tools.adapter(endpoint).sink(endpoint, Tools.context());
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
        Predicate<Letter> mine = there(ids);
        return with(place, box -> {
            List<Letter> kept = new ArrayList<>();
            int gone = 0;
            for (List<Letter> next = box.next(BATCH); !next.isEmpty(); next = box.next(BATCH)) {
                Map<Boolean, List<Letter>> parted = next.stream().collect(Collectors.partitioningBy(mine));
                List<Letter> unwanted = parted.getOrDefault(true, List.of());
                box.done(unwanted);
                gone += unwanted.size();
                kept.addAll(parted.getOrDefault(false, List.of()));
            }
            box.giveBack(kept);
            console.out().println(gone + " discarded");
            return 0;
        });
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
}
