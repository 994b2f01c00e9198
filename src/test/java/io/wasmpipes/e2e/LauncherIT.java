package io.wasmpipes.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.support.Folders;
import io.wasmpipes.support.PipeProcess;
import io.wasmpipes.support.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code make run} runs: the launcher, from this tree. */
class LauncherIT {
    private static final Path TREE = ReadmeDemo.TREE;

    private final int port = Ports.free();

    /** The launcher, with SIGINT as a terminal leaves it: a parent in the background may have had it ignored. */
    private PipeProcess launch(String... assignments) {
        List<String> command = Stream.concat(
                        Stream.of("env", "--default-signal=INT", "SOURCE_URI=http://:" + port + "/events"),
                        Stream.concat(Stream.of(assignments), Stream.of("./wasm-pipes")))
                .toList();
        return PipeProcess.run(command, Map.of("MANAGEMENT_PORT", "off"), TREE);
    }

    private String curl(String words) {
        return Command.shell(TREE, "curl -sS " + words + " localhost:" + port + "/events")
                .said();
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void hello_is_printed_and_a_signal_drains(String signal) throws InterruptedException {
        try (PipeProcess pipe = launch().ready()) {
            assertThat(curl("-d hello")).isEqualTo("ok\n");
            Command.shell(TREE, "kill -" + signal + " " + pipe.pid());
            assertThat(pipe.exitCode()).isZero();
            assertThat(pipe.out()).containsExactly("hello");
            assertThat(pipe.said("drained")).isTrue();
            assertThat(pipe.said("SINK_URI"))
                    .as("a warning that results go to stdout")
                    .isTrue();
        }
    }

    @Test
    void with_a_module_hello_is_printed_in_capitals() throws InterruptedException {
        try (PipeProcess pipe = launch("WASM_MODULES=uppercase.wasm").ready()) {
            assertThat(curl("-d hello")).isEqualTo("ok\n");
            assertThat(pipe.terminate().exitCode()).isZero();
            assertThat(pipe.out()).containsExactly("HELLO");
        }
    }

    /** With AOTMode=on the JVM does not start without the cache. */
    @Test
    void it_starts_with_what_the_jvm_learned_when_it_was_built() throws InterruptedException {
        try (PipeProcess pipe = launch("JAVA_OPTS=-XX:AOTMode=on").ready()) {
            assertThat(pipe.terminate().exitCode()).isZero();
        }
    }

    @Test
    void without_a_jdk_25_it_says_what_to_install() throws IOException {
        Path nothing = Folders.fresh("nojdk");
        ProcessBuilder builder = new ProcessBuilder(TREE.resolve("wasm-pipes").toString());
        builder.directory(nothing.toFile());
        builder.environment().clear();
        builder.environment().putAll(Map.of("PATH", tools(nothing), "WASM_PIPES_JVMS", nothing.toString()));
        Command launched = Command.run(builder);
        assertThat(launched.exit()).isEqualTo(1);
        assertThat(launched.said())
                .contains("needs a JDK 25 and found none", "apt-get install", "JAVA_HOME")
                .doesNotContain("Exception");
    }

    /** A folder of the few commands the launcher needs, and no javac. */
    private static String tools(Path folder) throws IOException {
        for (String tool : List.of("sh", "dirname", "readlink", "grep", "cat", "find", "head", "env")) {
            String path = Command.shell(folder, "command -v " + tool).said().strip();
            Files.createSymbolicLink(folder.resolve(tool), Path.of(path));
        }
        return folder.toString();
    }
}
