package io.wasmpipes.app;

import io.wasmpipes.ConfigException;
import io.wasmpipes.TransientException;
import io.wasmpipes.Units;
import io.wasmpipes.cli.DeadLetterBox;
import io.wasmpipes.cli.Letter;
import io.wasmpipes.cli.LetterView;
import io.wasmpipes.cli.Redrive;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
        try {
            Redrive.Result result = place(place).redrive(to, DeadLetterPlace.there(ids), console.err()::println);
            console.out()
                    .println(result.sent() + " redriven"
                            + (result.failed() == 0 ? "" : ", " + result.failed() + " failed"));
            return result.failed() == 0 ? 0 : Cli.FAILED;
        } catch (TransientException e) {
            return away(e);
        }
    }

    private int away(TransientException e) {
        console.err().println(e.getMessage());
        return Cli.FAILED;
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
        Predicate<Letter> mine = DeadLetterPlace.there(ids);
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

    private int with(Place place, DeadLetterPlace.Work<Integer> work) throws ConfigException, InterruptedException {
        try {
            return place(place).with(work);
        } catch (TransientException e) {
            return away(e);
        }
    }

    private DeadLetterPlace place(Place place) throws ConfigException {
        Duration patience = Units.duration(place.patience)
                .orElseThrow(() -> new ConfigException("--wait", place.patience, "must be a duration such as 5s", ""));
        return new DeadLetterPlace(place.uri, place.files.variables(console), patience);
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
