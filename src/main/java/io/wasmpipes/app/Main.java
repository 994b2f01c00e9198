package io.wasmpipes.app;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The process. {@link Cli} has its commands and exit codes. */
public final class Main {
    private static final AtomicReference<@Nullable Life> LIFE = new AtomicReference<>();
    private static final AtomicBoolean ENDED = new AtomicBoolean();

    private Main() {}

    public static void main(String[] args) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("leave").unstarted(Main::leave));
        int code = Cli.run(List.of(args), new Console(out, err, System.getenv()), LIFE::set);
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
}
