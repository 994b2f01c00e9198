package io.wasmpipes.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.support.CommandBlock;
import io.wasmpipes.support.Folders;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every block of commands on every page, run by a shell in which {@code wasm-pipes} only writes down how it was called; then
 * each call is made here: a pipe is explained, which needs its settings to be right, its modules to be there and its sinks
 * and sources to suit each other. DemoIT, UserIT, PagesSoak, AuthorSoak and ImageSoak run them in earnest.
 */
class PagesTest {
    /** Commands that change the machine or wait for something: not this test's matter. */
    private static final String SHELL = """
            set -eu
            for command in apt-get cargo clang cd chmod curl docker grep helm kill make nats-server nc node npm redis-server; do
              eval "$command() { :; }"
            done
            node_modules/.bin/asc() { :; }
            called() { n=$(mktemp -u -p "$CALLS"); printf '%s\\0' "$@" >"$n.args"; env -0 >"$n.env"; }
            set -a
            """;

    private static final Pattern OTHERS = Pattern.compile("called|make|docker|helm|kill");

    private final Path folder = Folders.fresh("pages");

    private record Call(List<String> arguments, Map<String, String> environment) {}

    static Map<Path, List<CommandBlock>> pages() throws IOException {
        return CommandBlock.all().stream()
                .collect(Collectors.groupingBy(CommandBlock::page, TreeMap::new, Collectors.toList()));
    }

    static Stream<Arguments> eachPage() throws IOException {
        return pages().entrySet().stream().map(page -> Arguments.of(page.getKey(), page.getValue()));
    }

    @AfterEach
    void delete() {
        Folders.delete(folder);
    }

    @ParameterizedTest
    @MethodSource("eachPage")
    void every_call_of_wasm_pipes_is_one_that_works(Path page, List<CommandBlock> blocks) throws Exception {
        List<Call> calls = calls(page, blocks);
        assertThat(calls.isEmpty()).isEqualTo(page.endsWith("CONTRIBUTING.md"));
        for (Call call : calls) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
            int exit = Cli.run(command(call), new Console(print, print, call.environment()), life -> {});
            boolean mistake = page.endsWith("quickstart.md")
                    && call.environment().containsKey("SINK_URL"); // to show what happens
            assertThat(exit)
                    .as("%s %s: %s", page, call.arguments(), out.toString(StandardCharsets.UTF_8))
                    .isEqualTo(mistake ? 78 : 0);
        }
    }

    @ParameterizedTest
    @CsvSource({"nats://sink, LOOP: p0 → p1 → p0", "nats://check-temp, no loop"})
    void describe_finds_the_loop_of_the_relay_demo_and_none_in_hot_and_cold(String part, String told) throws Exception {
        Path readme = Path.of("README.md");
        List<CommandBlock> demo = CommandBlock.of(readme).stream()
                .filter(block -> block.text().contains(part))
                .toList();
        List<String> describe = new ArrayList<>(List.of("describe"));
        for (Call call : calls(readme, demo)) {
            String name = "p" + (describe.size() - 1);
            String ends = call.environment().entrySet().stream()
                    .filter(each -> each.getKey().matches("(SOURCE|SINK)_URI"))
                    .map(each -> each.getKey() + "=" + each.getValue() + "\n")
                    .collect(Collectors.joining());
            Path file = Files.writeString(folder.resolve(name + ".env"), "PIPE_NAME=" + name + "\n" + ends);
            describe.add(file.toString());
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
        assertThat(Cli.run(describe, new Console(print, print, Map.of()), life -> {}))
                .isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains(told);
    }

    /** What shows that a call is right without doing it. */
    private List<String> command(Call call) {
        List<String> arguments = call.arguments().stream()
                .map(each -> each.endsWith(".env") ? folder.resolve(each).toString() : each)
                .toList();
        String first = arguments.isEmpty() ? "run" : arguments.getFirst();
        List<String> rest = arguments.stream().skip(1).toList();
        boolean ours = !rest.isEmpty() && !rest.getFirst().startsWith(".");
        return switch (first) {
            case "run", "check", "explain" ->
                Stream.concat(Stream.of("explain"), rest.stream()).toList();
            case "describe" -> arguments;
            case "inspect", "test" -> ours ? arguments : List.of(first, "--help");
            default -> List.of(first, "--help");
        };
    }

    /** Runs a page's blocks, each with its own variables; one that calls nothing sets some for the pipe. */
    private List<Call> calls(Path page, List<CommandBlock> blocks) throws Exception {
        Path calls = Files.createDirectories(folder.resolve("calls"));
        StringBuilder script = new StringBuilder(SHELL);
        for (CommandBlock block : blocks) {
            String body = block.text().replaceAll("(\\.\\./|\\./)wasm-pipes(?=\\s|$)", "called");
            script.append("(\n")
                    .append(body)
                    .append(OTHERS.matcher(body).find() ? "" : "called\n")
                    .append("wait\n)\n");
        }
        ProcessBuilder bash = new ProcessBuilder("bash", "-c", script.toString()).redirectErrorStream(true);
        bash.environment().keySet().removeIf(name -> !List.of("PATH", "HOME").contains(name));
        bash.environment().put("CALLS", calls.toString());
        Process process = bash.directory(folder.toFile()).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", page, said).isZero();
        List<Call> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(calls)) {
            for (Path arguments :
                    files.filter(file -> file.toString().endsWith(".args")).toList()) {
                String name = arguments.toString().replaceFirst("args$", "env");
                all.add(new Call(strings(arguments), environment(Path.of(name))));
            }
        }
        return all;
    }

    private static List<String> strings(Path file) throws IOException {
        return Arrays.stream(Files.readString(file).split("\0"))
                .filter(text -> !text.isEmpty())
                .toList();
    }

    private static Map<String, String> environment(Path file) throws IOException {
        Map<String, String> environment = new HashMap<>();
        for (String line : strings(file)) {
            int equals = line.indexOf('=');
            environment.put(line.substring(0, equals), line.substring(equals + 1));
        }
        return environment;
    }
}
