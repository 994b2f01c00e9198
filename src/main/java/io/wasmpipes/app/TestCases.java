package io.wasmpipes.app;

import io.wasmpipes.ConfigException;
import io.wasmpipes.cases.CaseFile;
import io.wasmpipes.cases.CaseRunner;
import io.wasmpipes.cases.ModuleCase;
import io.wasmpipes.cases.Outcomes;
import io.wasmpipes.cases.World;
import io.wasmpipes.config.Modules;
import io.wasmpipes.config.ProblemReport;
import io.wasmpipes.module.FileModules;
import io.wasmpipes.module.ModuleImage;
import io.wasmpipes.wasm.ModuleSpec;
import io.wasmpipes.wasm.WasmHost;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code wasm-pipes test}: the cases of modules, without a broker. One thread. */
final class TestCases {
    private static final String FILE = "cases.yaml";
    private static final String SUFFIX = ".wasm";

    private final World world = new World();
    private final Outcomes outcomes = new Outcomes();
    private final Optional<Path> home;
    private final WasmHost host;

    private TestCases(Optional<Path> home, Path state) {
        this.home = home;
        this.host = new WasmHost(state, world, world, world);
    }

    /**
     * Runs the cases of each file.
     *
     * @param places files, or folders with a cases.yaml
     * @param report where a report for build servers goes, null for none
     * @return 0, or 1 if a case failed
     * @throws ConfigException if a file or module is missing or wrong
     */
    static int run(List<String> places, @Nullable Path report, Map<String, String> variables, PrintStream out)
            throws ConfigException, InterruptedException {
        try (TemporaryFolder state = TemporaryFolder.make("wasm-pipes-test")) {
            TestCases tests = new TestCases(Check.home(variables), state.path());
            try {
                for (String place : places) {
                    tests.runFile(file(place));
                }
            } finally {
                tests.host.close();
            }
            if (report != null) {
                tests.outcomes.writeXml(report);
            }
            out.print(tests.outcomes.text());
            return tests.outcomes.anyFailed() ? Cli.FAILED : 0;
        } catch (IOException e) {
            throw new ConfigException("test", "", "cannot be run", e.toString());
        }
    }

    private static Path file(String place) throws ConfigException {
        Path path = Path.of(place).toAbsolutePath().normalize();
        Path file = Files.isDirectory(path) ? path.resolve(FILE) : path;
        if (!Files.isRegularFile(file)) {
            throw new ConfigException("test", place, "must be a " + FILE + ", or a folder that has one", "");
        }
        return file;
    }

    private void runFile(Path file) throws ConfigException, InterruptedException {
        CaseFile cases = CaseFile.read(file);
        CaseRunner runner = new CaseRunner(host, world, chain(file, cases));
        String suite = String.valueOf(file.resolveSibling("").getFileName());
        for (ModuleCase test : cases.cases()) {
            long start = System.nanoTime();
            List<String> faults = faults(runner, test);
            outcomes.add(suite, test.name(), faults, Duration.ofNanos(System.nanoTime() - start));
        }
    }

    /** A chain that does not start is the case's failure. */
    private static List<String> faults(CaseRunner runner, ModuleCase test) throws InterruptedException {
        try {
            return runner.run(test);
        } catch (ConfigException e) {
            return e.problems().stream().map(ProblemReport::line).toList();
        }
    }

    /** The modules that the file names, as seen from its folder, or the one beside it; the environment changes nothing. */
    private List<ModuleSpec> chain(Path file, CaseFile cases) throws ConfigException {
        Path folder = file.resolveSibling("");
        String chain = cases.modules().isPresent() ? cases.modules().get() : beside(folder);
        Library library = new Library(new FileModules(folder), home);
        List<ModuleSpec> specs = new ArrayList<>();
        for (Modules.Entry entry : Modules.of(Map.of("WASM_MODULES", chain)).chain()) {
            String reference = entry.reference();
            String path = reference.startsWith(".") ? folder.resolve(reference).toString() : reference;
            ModuleImage image = library.load(file + " modules", path);
            specs.add(ModuleChain.spec(entry, image));
        }
        return specs;
    }

    /** The module called like the folder, else the only one in it. */
    private static String beside(Path folder) throws ConfigException {
        try (Stream<Path> files = Files.list(folder)) {
            List<String> names = files.map(each -> String.valueOf(each.getFileName()))
                    .filter(name -> name.endsWith(SUFFIX))
                    .sorted()
                    .toList();
            String own = folder.getFileName() + SUFFIX;
            if (names.contains(own) || names.size() == 1) {
                return "./" + (names.contains(own) ? own : names.getFirst());
            }
            throw new ConfigException(
                    folder + "/" + FILE,
                    "",
                    "needs one module beside it, or modules: with a chain",
                    names.isEmpty() ? "build it first" : "there are " + names);
        } catch (IOException e) {
            throw new ConfigException(folder.toString(), "", "must be readable", e.toString());
        }
    }
}
