package io.wasmpipes.wasm;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.module.FileModules;
import io.wasmpipes.module.ModuleImage;
import io.wasmpipes.wasm.cases.CaseFile;
import io.wasmpipes.wasm.cases.CaseRunner;
import io.wasmpipes.wasm.cases.ModuleCase;
import io.wasmpipes.wasm.http.HttpCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
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
    /** Modules may ask, and no host is in the list. */
    private static final HttpCalls NOBODY =
            call -> new HttpCalls.Failure(HttpCalls.Reason.NOT_ALLOWED, "no host is allowed in cases");

    private static final Path MODULES = Path.of("modules");
    private static WasmHost host;

    @BeforeAll
    static void open(@TempDir Path state) {
        host = new WasmHost(state, InstantSource.system(), new Random(1), NOBODY);
    }

    @AfterAll
    static void close() {
        host.close();
    }

    @TestFactory
    Stream<DynamicNode> every_module_behaves_as_its_cases_say() throws IOException {
        return folders().stream().map(ModuleCasesTest::container);
    }

    @Test
    void every_module_has_source_build_and_readme() throws IOException {
        assertThat(folders()).hasSizeGreaterThanOrEqualTo(6);
        for (Path folder : folders()) {
            String name = folder.getFileName().toString();
            assertThat(folder.resolve(name + ".wasm")).isRegularFile();
            assertThat(folder.resolve("README.md")).isRegularFile();
            assertThat(Stream.of(".ts", ".c").map(end -> folder.resolve(name + end)))
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

    private static DynamicContainer container(Path folder) {
        String name = folder.getFileName().toString();
        try {
            List<ModuleCase> cases = CaseFile.read(folder.resolve("cases.yaml"));
            assertThat(cases).as("cases of " + name).isNotEmpty();
            return DynamicContainer.dynamicContainer(
                    name,
                    cases.stream()
                            .map(test -> DynamicTest.dynamicTest(name + ": " + test.name(), () -> run(name, test))));
        } catch (IOException e) {
            throw new IllegalStateException("module " + name + " has no cases.yaml", e);
        }
    }

    private static void run(String name, ModuleCase test) throws Exception {
        ModuleImage image = new FileModules(MODULES).load("WASM_FILENAME", name);
        assertThat(new CaseRunner(host, image).run(test)).isEmpty();
    }
}
