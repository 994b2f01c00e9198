package io.wasmpipes.app;

import io.wasmpipes.ConfigException;
import io.wasmpipes.config.Origins;
import io.wasmpipes.config.ProblemReport;
import io.wasmpipes.wasm.Inspection;
import io.wasmpipes.wasm.WasmHost;
import io.wasmpipes.wasm.http.HttpCalls;
import java.io.IOException;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code wasm-pipes inspect}: what a module is, without running it. */
final class Inspect {
    /** Whether a host would be allowed is a matter of the pipe. */
    private static final HttpCalls ALLOWED =
            call -> new HttpCalls.Failure(HttpCalls.Reason.NOT_ALLOWED, "nothing runs here");

    private Inspect() {}

    /**
     * Inspects one module.
     *
     * @return 0, or 1 if it would not start
     * @throws ConfigException if there is no such module
     */
    static int run(String module, boolean json, Map<String, String> variables, PrintStream out) throws ConfigException {
        Inspection found = inspect(variables, module);
        out.print(json ? Json.text(map(found)) + "\n" : text(found));
        return found.problems().isEmpty() ? 0 : Cli.FAILED;
    }

    private static Inspection inspect(Map<String, String> variables, String reference) throws ConfigException {
        Origins origins = Origins.of(variables);
        try (TemporaryFolder state = TemporaryFolder.make("wasm-pipes-inspect");
                WasmHost host = new WasmHost(state.path(), InstantSource.system(), new SecureRandom(), ALLOWED)) {
            Library library = ModuleChain.library(origins, state.path(), Check.home(variables));
            return host.inspect(library.load("module", reference));
        } catch (IOException e) {
            throw new ConfigException("module", reference, "cannot be compiled without a temporary folder", "");
        }
    }

    private static Map<String, Object> map(Inspection found) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("module", found.image().name());
        map.put("digest", found.image().digest());
        map.put("bytes", found.image().bytes().length());
        map.put("abi", found.abi());
        map.put("function", found.function());
        map.put("pages", found.pages());
        map.put("needs", List.copyOf(found.needs()));
        map.put("imports", found.imports());
        map.put("exports", found.exports());
        map.put("compiled_ms", found.compiled().toMillis());
        map.put("problems", found.problems().stream().map(ProblemReport::line).toList());
        return map;
    }

    private static String text(Inspection found) {
        StringBuilder text = new StringBuilder();
        line(text, "module", found.image().name());
        line(text, "ABI", found.abi().isEmpty() ? "none that is known" : found.abi());
        line(text, "function", found.function());
        line(text, "size", found.image().bytes().length() + " bytes");
        line(text, "memory", found.pages() + " pages of 64KiB to start with");
        line(text, "needs", found.needs().isEmpty() ? "nothing" : String.join(", ", found.needs()));
        line(text, "imports", String.join(", ", found.imports()));
        line(text, "exports", String.join(", ", found.exports()));
        line(text, "compiled", "in " + found.compiled().toMillis() + "ms");
        line(text, "digest", found.image().digest());
        found.problems().forEach(problem -> line(text, "problem", ProblemReport.line(problem)));
        return text.toString();
    }

    private static void line(StringBuilder text, String title, String value) {
        if (!value.isEmpty()) {
            text.append("%-9s %s%n".formatted(title, value));
        }
    }
}
