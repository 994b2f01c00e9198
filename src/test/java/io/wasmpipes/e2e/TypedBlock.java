package io.wasmpipes.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.support.PipeProcess;
import io.wasmpipes.support.Ports;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Types the lines of a block of commands: one after the other, each pipe until it is ready. */
final class TypedBlock implements AutoCloseable {
    /** What the test has started in its own way. */
    private static final Pattern SERVERS = Pattern.compile("^(nats-server|redis-server|apt-get) .*");

    private static final Pattern PIPE = Pattern.compile("\\./wasm-pipes( &)?$");

    /** Sources that come to an end by themselves. */
    private static final Pattern FINITE = Pattern.compile("SOURCE_URI=(stdin:|'timer:|file:)");

    private final Path folder;
    private final Map<String, String> instead = new LinkedHashMap<>();
    private final Map<String, String> variables = new HashMap<>(Map.of("MANAGEMENT_PORT", "off"));
    private final List<PipeProcess> background = new ArrayList<>();

    TypedBlock(Path folder) {
        this.folder = folder;
        for (String port : List.of("9000", "9001")) {
            port(port, Ports.free());
        }
    }

    /** From now on {@code ours} is written where {@code theirs} stands. */
    void instead(String theirs, String ours) {
        instead.put(theirs, ours);
    }

    void port(String theirs, int ours) {
        instead(":" + theirs, ":" + ours);
        instead(" " + theirs, " " + ours);
    }

    /** A variable of every command; a line's own wins. */
    void with(String name, String value) {
        variables.put(name, value);
    }

    private String ours(String line) {
        String ours = line;
        for (Map.Entry<String, String> each : instead.entrySet()) {
            ours = ours.replace(each.getKey(), each.getValue());
        }
        return ours;
    }

    void run(List<String> lines) throws Exception {
        StringBuilder exports = new StringBuilder();
        for (String line : lines) {
            String typed = ours(line);
            if (typed.startsWith("export ")) {
                exports.append(variables.containsKey(typed.replaceFirst("export (\\w+)=.*", "$1")) ? "" : typed + "\n");
            } else if (PIPE.matcher(typed).find()) {
                pipe(exports.toString(), typed);
            } else if (!SERVERS.matcher(typed).matches()) {
                script(List.of(exports + typed));
            }
        }
        stop(background);
    }

    private void pipe(String exports, String line) throws InterruptedException {
        boolean stays = line.endsWith(" &");
        String command = exports + line.replaceFirst(" &$", "").replace("./wasm-pipes", "exec ./wasm-pipes");
        PipeProcess pipe = PipeProcess.run(List.of("bash", "-c", command), variables, folder);
        background.add(pipe);
        if (FINITE.matcher(line).find()) {
            assertThat(pipe.exitCode()).as("%s: %s", line, pipe.err()).isZero();
            background.remove(pipe);
        } else {
            pipe.ready();
            if (!stays) {
                stop(List.of(pipe));
            }
        }
    }

    private void stop(List<PipeProcess> pipes) throws InterruptedException {
        for (PipeProcess pipe : List.copyOf(pipes)) {
            assertThat(pipe.terminate().exitCode()).as("%s", pipe.err()).isZero();
            background.remove(pipe);
        }
    }

    /** Runs lines as one script, which must end well; answers what it said. */
    String script(List<String> lines) {
        List<String> typed = lines.stream()
                .filter(line -> !SERVERS.matcher(line).matches())
                .map(this::ours)
                .toList();
        Command command = Command.run(folder, variables, List.of("bash", "-euc", String.join("\n", typed)));
        assertThat(command.exit()).as("%s: %s", typed, command.said()).isZero();
        return command.said();
    }

    @Override
    public void close() {
        background.forEach(PipeProcess::close);
    }
}
