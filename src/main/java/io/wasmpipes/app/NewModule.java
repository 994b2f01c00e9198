package io.wasmpipes.app;

import io.wasmpipes.ConfigException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** {@code wasm-pipes new-module}: a folder with a module that works, its cases, and the SDK of its language. */
final class NewModule {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_-]*");
    private static final String SDK = "/sdk/";
    private static final String TEMPLATES = SDK + "templates/";

    private NewModule() {}

    /**
     * A language that modules are written in.
     *
     * @param title what people call it
     * @param source the file to edit; in names of files {@code module} stands for the module's own
     * @param templates of the language
     * @param home where its SDK has its files
     * @param sdk the files of the SDK
     */
    private record Language(
            String id, String title, String source, List<String> templates, String home, List<String> sdk) {}

    private static final List<Language> LANGUAGES = List.of(
            new Language(
                    "rust",
                    "Rust",
                    "src/lib.rs",
                    List.of("src/lib.rs", "Cargo.toml", "Cargo.lock", "Makefile"),
                    "rust/",
                    List.of(
                            "Cargo.toml",
                            "src/cache.rs",
                            "src/host.rs",
                            "src/http.rs",
                            "src/lib.rs",
                            "src/log.rs",
                            "src/message.rs",
                            "src/refusal.rs")),
            new Language(
                    "go",
                    "Go",
                    "main.go",
                    List.of("main.go", "go.mod", "Makefile"),
                    "go/wasmpipes/",
                    List.of("host.go", "services.go", "wasmpipes.go")),
            new Language(
                    "assemblyscript",
                    "AssemblyScript",
                    "module.ts",
                    List.of("module.ts", "package.json", "Makefile"),
                    "assemblyscript/",
                    List.of("json.ts", "wasmpipes.ts")),
            new Language(
                    "c", "C", "module.c", List.of("module.c", "Makefile"), "c/", List.of("json.h", "wasmpipes.h")));

    /**
     * Writes the folder.
     *
     * @param wanted the language
     * @return 0
     * @throws ConfigException if there is no such language, or there is such a folder
     */
    static int run(String wanted, String name, PrintStream out) throws ConfigException {
        Language language = LANGUAGES.stream()
                .filter(each -> each.id.equals(wanted))
                .findFirst()
                .orElseThrow(() -> usage("--lang " + wanted));
        if (!NAME.matcher(name).matches()) {
            throw new ConfigException("new-module", name, "must match " + NAME, "it becomes the module's alias");
        }
        write(language, name);
        out.printf("%s/ is ready: cd %s && make && wasm-pipes test .%n", name, name);
        return 0;
    }

    private static ConfigException usage(String given) {
        String languages = String.join("|", LANGUAGES.stream().map(Language::id).toList());
        return new ConfigException("new-module", given, "takes --lang " + languages + " NAME", "");
    }

    private static void write(Language language, String name) throws ConfigException {
        Path folder = Path.of(name);
        try {
            Files.createDirectory(folder);
            Writer writer = new Writer(language, name, folder);
            for (String shared : List.of("cases.yaml", "README.md")) {
                writer.template(shared, shared);
            }
            writer.template("gitignore", ".gitignore");
            for (String template : language.templates) {
                writer.template(language.id + "/" + template, template);
            }
            for (String file : language.sdk) {
                writer.put("wasmpipes/" + file, Writer.read(SDK + language.home + file));
            }
        } catch (FileAlreadyExistsException e) {
            throw new ConfigException("new-module", name, "is here already", "choose another name");
        } catch (IOException e) {
            throw new ConfigException("new-module", name, "cannot be written", e.toString());
        }
    }

    private record Writer(Language language, String name, Path folder) {
        void template(String from, String to) throws IOException {
            String text = new String(read(TEMPLATES + from), StandardCharsets.UTF_8)
                    .replace("@source@", named(language.source))
                    .replace("@name@", name)
                    .replace("@language@", language.title);
            put(named(to), text.getBytes(StandardCharsets.UTF_8));
        }

        private String named(String file) {
            return file.startsWith("module.") ? name + file.substring("module".length()) : file;
        }

        void put(String to, byte[] bytes) throws IOException {
            Path file = folder.resolve(to);
            Files.createDirectories(file.resolveSibling(""));
            Files.write(file, bytes);
        }

        static byte[] read(String resource) throws IOException {
            try (InputStream in = NewModule.class.getResourceAsStream(resource)) {
                if (in == null) {
                    throw new FileNotFoundException(resource);
                }
                return in.readAllBytes();
            }
        }
    }
}
