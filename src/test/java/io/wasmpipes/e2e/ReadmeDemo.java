package io.wasmpipes.e2e;

import io.wasmpipes.support.PipeProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One demo of README.md, its commands as they stand there but for the ports, which others may be using. */
final class ReadmeDemo {
    static final Path TREE = Path.of("").toAbsolutePath();
    private static final String PIPE = "./wasm-pipes &";

    private final List<String> lines;

    private ReadmeDemo(List<String> lines) {
        this.lines = lines;
    }

    /** The block of shell under the bold heading that starts with {@code title}; {@code ports} maps theirs to ours. */
    static ReadmeDemo of(String title, Map<String, Integer> ports) {
        try {
            String readme = Files.readString(TREE.resolve("README.md"));
            Matcher block = Pattern.compile("\\*\\*" + title + ".*?\\*\\*.*?```sh\\n(.*?)```", Pattern.DOTALL)
                    .matcher(readme);
            if (!block.find()) {
                throw new AssertionError("README.md has no demo " + title);
            }
            String text = block.group(1);
            for (Map.Entry<String, Integer> port : ports.entrySet()) {
                text = text.replace(":" + port.getKey(), ":" + port.getValue());
            }
            return new ReadmeDemo(text.lines().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts its pipes by the launcher, and waits until all are ready. */
    List<PipeProcess> start() throws InterruptedException {
        List<PipeProcess> pipes = new ArrayList<>();
        for (String line : lines) {
            if (line.endsWith(PIPE)) {
                String command = line.replace(PIPE, "exec ./wasm-pipes");
                pipes.add(PipeProcess.run(List.of("sh", "-c", command), Map.of("MANAGEMENT_PORT", "off"), TREE));
            }
        }
        for (PipeProcess pipe : pipes) {
            pipe.ready();
        }
        return pipes;
    }

    /** Its curl command. */
    String curl() {
        return lines.stream()
                .filter(line -> line.startsWith("curl "))
                .findFirst()
                .orElseThrow();
    }

    /** Runs the curl command with {@code theirs} in the body replaced; answers what came back. */
    String post(String theirs, String ours) {
        String command = curl().replace(theirs, ours).replace("curl ", "curl -sS ");
        return Command.shell(TREE, command).said();
    }
}
