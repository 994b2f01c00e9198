package io.wasmpipes.app;

import io.wasmpipes.ConfigException;
import io.wasmpipes.cli.Explanation;
import io.wasmpipes.config.Machine;
import io.wasmpipes.config.ProblemReport;
import io.wasmpipes.config.Settings;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** The command line. The exit code is 0 after a clean end, 1 after a failure, 2 for a wrong command, 78 for wrong settings. */
public final class Main {
    private static final int FAILED = 1;
    private static final int USAGE = 2;
    private static final int CONFIG = 78;
    private static final String HELP = """
            wasm-pipes [run] [--env-file FILE]...   runs the pipe that the environment describes (and .env, if there is one)
            wasm-pipes explain [--env-file FILE]... says what that pipe guarantees, and why
            wasm-pipes inspect MODULE [--json]      says what a module is: ABI, imports, what it needs
            wasm-pipes new-module --lang rust|go|assemblyscript|c NAME   starts a module
            wasm-pipes test [DIR|cases.yaml]... [--junit FILE]   runs the cases of modules
            wasm-pipes push MODULE.wasm oci://REGISTRY/REPOSITORY[:TAG]   puts a module into a registry
            wasm-pipes version                      shows the version
            wasm-pipes help                         shows this

            SOURCE_URI, SINK_URI and WASM_MODULES say what it does: see docs/configuration.md
            """;

    private static final AtomicReference<@Nullable Life> LIFE = new AtomicReference<>();
    private static final AtomicBoolean ENDED = new AtomicBoolean();

    private Main() {}

    public static void main(String[] args) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("leave").unstarted(Main::leave));
        int code = run(List.of(args), out, err);
        ENDED.set(true);
        System.exit(code);
    }

    /**
     * The shutdown hook. After a signal it ends the process itself, for the JVM's own exit code would not be 0; before there
     * is a pipe nothing has been received.
     */
    private static void leave() {
        if (ENDED.get()) {
            return;
        }
        Life life = LIFE.get();
        Runtime.getRuntime().halt(life == null ? 0 : life.leave());
    }

    private static int run(List<String> args, PrintStream out, PrintStream err) {
        String command = args.isEmpty() || args.getFirst().startsWith("--env-file") ? "run" : args.getFirst();
        return switch (command) {
            case "run" -> pipe(args, err);
            case "explain" -> tool(err, () -> explain(args, out, err));
            case "inspect" -> tool(err, () -> Inspect.run(args.subList(1, args.size()), System.getenv(), out));
            case "new-module" -> tool(err, () -> NewModule.run(args.subList(1, args.size()), out));
            case "test" -> tool(err, () -> TestCases.run(args.subList(1, args.size()), System.getenv(), out));
            case "push" -> tool(err, () -> Push.run(args.subList(1, args.size()), System.getenv(), out));
            case "version", "--version" -> say(out, "wasm-pipes " + Passport.version() + "\n");
            case "help", "--help", "-h" -> say(out, HELP);
            default -> {
                err.print("unknown command " + command + "\n\n" + HELP);
                yield USAGE;
            }
        };
    }

    private static int say(PrintStream out, String text) {
        out.print(text);
        return 0;
    }

    private static int pipe(List<String> args, PrintStream err) {
        try {
            Life life = new Life(Environment.read(System.getenv(), files(args)), err);
            LIFE.set(life);
            return life.live();
        } catch (ConfigException e) {
            err.print(ProblemReport.text(e));
            return CONFIG;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        } catch (RuntimeException e) {
            LoggerFactory.getLogger(Main.class).error("stopped by a bug", e);
            return FAILED;
        }
    }

    private static int explain(List<String> args, PrintStream out, PrintStream err) throws ConfigException {
        Map<String, String> variables = Environment.read(System.getenv(), files(args));
        Settings settings = Settings.from(variables, Wiring.adapters(), Machine.current());
        settings.warnings().forEach(warning -> err.println("WARN " + ProblemReport.line(warning)));
        return say(out, Explanation.text(Explanation.of(settings, Wiring.adapters())));
    }

    /** A command that runs no pipe. */
    private interface Tool {
        int run() throws ConfigException, InterruptedException;
    }

    private static int tool(PrintStream err, Tool tool) {
        try {
            return tool.run();
        } catch (ConfigException e) {
            err.print(ProblemReport.text(e));
            return CONFIG;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    private static List<Path> files(List<String> args) throws ConfigException {
        List<Path> files = new ArrayList<>();
        for (int i = args.isEmpty() || args.getFirst().startsWith("--") ? 0 : 1; i < args.size(); i++) {
            String arg = args.get(i);
            if (arg.startsWith("--env-file=")) {
                files.add(Path.of(arg.substring("--env-file=".length())));
            } else if (arg.equals("--env-file") && i + 1 < args.size()) {
                files.add(Path.of(args.get(++i)));
            } else {
                throw new ConfigException(
                        arg,
                        "",
                        "is no argument of " + (args.getFirst().startsWith("--") ? "run" : args.getFirst()),
                        "--env-file FILE is");
            }
        }
        return files;
    }
}
