package io.wasmpipes.app;

import io.wasmpipes.ConfigException;
import io.wasmpipes.cli.Explanation;
import io.wasmpipes.config.ProblemReport;
import io.wasmpipes.config.Settings;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands. The exit code is 0 after a clean end, 1 after a failure, 2 for a wrong command, 78 for wrong settings. */
@Command(
        name = "wasm-pipes",
        description = "Runs the pipe that the environment describes; without a command as with run.",
        footer = "%nSOURCE_URI, SINK_URI and WASM_MODULES say what it does: see docs/configuration.md",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {HelpCommand.class, DeadLetterCommands.class, TapCommand.class},
        mixinStandardHelpOptions = true,
        versionProvider = Cli.Version.class,
        usageHelpWidth = 120)
final class Cli implements Callable<Integer> {
    static final int FAILED = 1;
    private static final int CONFIG = 78;

    /** What {@code --version} shows. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"wasm-pipes " + Passport.version()};
        }
    }

    private final Console console;
    private final Consumer<Life> begun;

    @Mixin
    private EnvFiles own = new EnvFiles();

    /** {@code begun} is told of the pipe before it runs. */
    private Cli(Console console, Consumer<Life> begun) {
        this.console = console;
        this.begun = begun;
    }

    /** Runs a command to its end; answers the exit code. */
    static int run(List<String> arguments, Console console, Consumer<Life> begun) {
        return arguments.isEmpty() || arguments.equals(List.of("run"))
                ? pipe(console, begun)
                : line(console, begun).execute(arguments.toArray(String[]::new));
    }

    /** What a pod does, without the time that reading the commands' annotations takes. */
    private static int pipe(Console console, Consumer<Life> begun) {
        try {
            return new Cli(console, begun).pipe(new EnvFiles());
        } catch (Exception e) {
            return failed(e, console);
        }
    }

    private static CommandLine line(Console console, Consumer<Life> begun) {
        CommandLine line = new CommandLine(new Cli(console, begun), new Factory(console));
        line.setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8));
        line.setExecutionExceptionHandler((failure, _, _) -> failed(failure, console));
        return line;
    }

    /** Makes commands that need the console. */
    private record Factory(Console console) implements CommandLine.IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            if (type == DeadLetterCommands.class) {
                return type.cast(new DeadLetterCommands(console));
            }
            return type == TapCommand.class
                    ? type.cast(new TapCommand(console))
                    : CommandLine.defaultFactory().create(type);
        }
    }

    private static int failed(Exception failure, Console console) {
        switch (failure) {
            case ConfigException wrong -> {
                console.err().print(ProblemReport.text(wrong));
                return CONFIG;
            }
            case InterruptedException _ -> Thread.currentThread().interrupt();
            default -> LoggerFactory.getLogger(Main.class).error("stopped by a bug", failure);
        }
        return FAILED;
    }

    @Override
    public Integer call() throws ConfigException, InterruptedException {
        return pipe(own);
    }

    private int pipe(EnvFiles files) throws ConfigException, InterruptedException {
        Life life = new Life(files.variables(console), console.err());
        begun.accept(life);
        return life.live();
    }

    @Command(description = "Runs the pipe.", mixinStandardHelpOptions = true)
    int run(@Mixin EnvFiles files) throws ConfigException, InterruptedException {
        return pipe(files);
    }

    @Command(
            description = "Looks whether the pipe would run: settings, modules, both ends; takes no message.",
            mixinStandardHelpOptions = true)
    int check(@Mixin EnvFiles files, @Option(names = "--json", description = "for programs") boolean json)
            throws ConfigException, InterruptedException {
        return Check.run(files, console, json);
    }

    @Command(description = "Says what the pipe guarantees, and why.", mixinStandardHelpOptions = true)
    int explain(@Mixin EnvFiles files, @Option(names = "--json", description = "for programs") boolean json)
            throws ConfigException {
        Settings settings = files.settings(console);
        List<Explanation.Section> sections = Explanation.of(settings, Wiring.adapters());
        if (!json) {
            return console.say(Explanation.text(sections));
        }
        Map<String, List<String>> all = new LinkedHashMap<>();
        sections.forEach(section -> all.put(section.title(), section.lines()));
        return console.say(Json.text(all) + "\n");
    }

    @Command(
            description =
                    "Draws pipes and how they meet: those of env files, and of the chart's values; without any this pipe.",
            mixinStandardHelpOptions = true)
    int describe(
            @Parameters(paramLabel = "FILE", arity = "0..*", description = "an env file per pipe, or values.yaml")
                    @Nullable
                    List<Path> files,
            @Option(names = "--mermaid", description = "as a flow chart for Markdown") boolean mermaid,
            @Option(names = "--json", description = "for programs") boolean json)
            throws ConfigException {
        return Describe.run(files == null ? List.of() : files, console, mermaid, json);
    }

    @Command(description = "Sends one message to a sink.", mixinStandardHelpOptions = true)
    int send(@Mixin SendOptions options) throws ConfigException, InterruptedException {
        return Send.run(options, console);
    }

    @Command(description = "Says what a module is: ABI, imports, what it needs.", mixinStandardHelpOptions = true)
    int inspect(
            @Parameters(paramLabel = "MODULE", description = "a path, a name or a URI") String module,
            @Option(names = "--json", description = "for programs") boolean json)
            throws ConfigException {
        return Inspect.run(module, json, console.environment(), console.out());
    }

    @Command(name = "new-module", description = "Starts a module.", mixinStandardHelpOptions = true)
    int newModule(
            @Option(
                            names = "--lang",
                            required = true,
                            paramLabel = "LANGUAGE",
                            description = "rust, go, assemblyscript or c")
                    String language,
            @Parameters(paramLabel = "NAME", description = "becomes a folder and an alias") String name)
            throws ConfigException {
        return NewModule.run(language, name, console.out());
    }

    @Command(description = "Runs the cases of modules.", mixinStandardHelpOptions = true)
    int test(
            @Parameters(
                            paramLabel = "PLACE",
                            arity = "0..*",
                            description = "folders, or files of cases; by default this folder")
                    @Nullable
                    List<String> places,
            @Option(names = "--junit", paramLabel = "FILE", description = "where a report for build servers goes")
                    @Nullable
                    Path junit)
            throws ConfigException, InterruptedException {
        List<String> all = places == null ? List.of(".") : places;
        return TestCases.run(all, junit, console.environment(), console.out());
    }

    @Command(description = "Puts a module into a registry.", mixinStandardHelpOptions = true)
    int push(
            @Parameters(index = "0", paramLabel = "MODULE.wasm", description = "its path") String module,
            @Parameters(index = "1", paramLabel = "oci://REGISTRY/REPOSITORY[:TAG]", description = "where to")
                    String reference)
            throws ConfigException {
        return Push.run(module, reference, console.environment(), console.out());
    }

    @Command(description = "Shows the version.", mixinStandardHelpOptions = true)
    int version() {
        return console.say("wasm-pipes " + Passport.version() + "\n");
    }

    @Command(
            description = "Writes what bash and zsh complete commands by: source <(wasm-pipes completion).",
            mixinStandardHelpOptions = true)
    int completion() {
        return console.say(AutoComplete.bash("wasm-pipes", line(console, begun)));
    }
}
