package io.wasmpipes.wasm;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.ConfigException;
import io.wasmpipes.cases.CaseFile;
import io.wasmpipes.cases.CaseRunner;
import io.wasmpipes.cases.ModuleCase;
import io.wasmpipes.cases.World;
import io.wasmpipes.module.FileModules;
import io.wasmpipes.module.ModuleImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every case of every folder in {@code modules}. */
class ModuleCasesTest {
    private static final Path MODULES = Path.of("modules");
    private static final World WORLD = new World();
    private static WasmHost host;

    @BeforeAll
    static void open(@TempDir Path state) {
        host = new WasmHost(state, WORLD, WORLD, WORLD);
    }

    @AfterAll
    static void close() {
        host.close();
    }

    @TestFactory
    Stream<DynamicNode> every_module_behaves_as_its_cases_say() throws IOException {
        return folders().stream().map(folder -> {
            String name = String.valueOf(folder.getFileName());
            return container(name, folder.resolve(name + ".wasm"), folder.resolve("cases.yaml"));
        });
    }

    @TestFactory
    Stream<DynamicNode> the_sdk_of_every_language_does_the_same() {
        Path sdk = MODULES.resolve("sdk");
        return Stream.of("assemblyscript", "c", "go", "rust")
                .map(language ->
                        container(language, sdk.resolve(language).resolve("example.wasm"), sdk.resolve("cases.yaml")));
    }

    @Test
    void every_module_has_source_build_and_readme() throws IOException {
        assertThat(folders()).hasSizeGreaterThanOrEqualTo(6);
        for (Path folder : folders()) {
            String name = folder.getFileName().toString();
            assertThat(folder.resolve(name + ".wasm")).isRegularFile();
            assertThat(folder.resolve("README.md")).isRegularFile();
            assertThat(Stream.of(name + ".ts", name + ".c", "main.go", "src/lib.rs")
                            .map(folder::resolve))
                    .anyMatch(Files::isRegularFile);
        }
    }

    private static List<Path> folders() throws IOException {
        try (Stream<Path> entries = Files.list(MODULES)) {
            return entries.filter(Files::isDirectory)
                    .filter(folder -> !List.of("sdk", "node_modules")
                            .contains(folder.getFileName().toString()))
                    .sorted()
                    .toList();
        }
    }

    private static DynamicContainer container(String name, Path module, Path file) {
        try {
            List<ModuleCase> cases = CaseFile.read(file).cases();
            ModuleImage image = new FileModules(MODULES).load("module", "./" + module);
            CaseRunner runner = new CaseRunner(host, WORLD, List.of(ModuleSpec.of(name, image)));
            return DynamicContainer.dynamicContainer(
                    name,
                    cases.stream()
                            .map(test -> DynamicTest.dynamicTest(name + ": " + test.name(), () -> {
                                assertThat(runner.run(test)).isEmpty();
                            })));
        } catch (ConfigException e) {
            throw new IllegalStateException("module " + name + " has no cases.yaml", e);
        }
    }
}
