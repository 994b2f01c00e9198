package io.wasmpipes.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Commands as they stand in a block of shell on a page of the documentation. */
public record CommandBlock(Path page, String text) {
    private static final Pattern SHELL = Pattern.compile("^```sh\\n(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE);

    /** Those of one page, in order. */
    public static List<CommandBlock> of(Path page) {
        try {
            List<CommandBlock> blocks = new ArrayList<>();
            Matcher block = SHELL.matcher(Files.readString(page));
            while (block.find()) {
                blocks.add(new CommandBlock(page, block.group(1)));
            }
            return blocks;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Those of README.md and of every page in docs/ and of every module. */
    public static List<CommandBlock> all() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(Path.of("README.md"), Path.of("CONTRIBUTING.md")));
        for (Path root : List.of(Path.of("docs"), Path.of("modules"))) {
            try (Stream<Path> files = Files.walk(root)) {
                files.filter(file -> file.toString().endsWith(".md"))
                        .filter(file -> !file.toString().contains("node_modules"))
                        .filter(file -> !file.toString().contains("templates"))
                        .sorted()
                        .forEach(pages::add);
            }
        }
        return pages.stream().flatMap(page -> of(page).stream()).toList();
    }

    /** The lines without their comments. */
    public List<String> lines() {
        return text.lines().map(line -> line.replaceFirst("\\s+# .*$", "")).toList();
    }

    @Override
    public String toString() {
        return page + ": " + text.lines().findFirst().orElse("");
    }
}
