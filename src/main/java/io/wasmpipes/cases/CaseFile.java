package io.wasmpipes.cases;

import io.wasmpipes.ConfigException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * A {@code cases.yaml}.
 *
 * @param modules the chain as WASM_MODULES names one; empty for the module beside the file
 */
public record CaseFile(Optional<String> modules, List<ModuleCase> cases) {
    static final Set<String> KEYS = Set.of("modules", "cases");

    /**
     * Reads a file.
     *
     * @throws ConfigException with every mistake in it. An unknown key is one: a case that checks nothing by a typing error
     *     is worse than none
     */
    public static CaseFile read(Path file) throws ConfigException {
        CaseReader reader = new CaseReader(file.toString());
        Node root = reader.node("", document(file));
        root.onlyKeys(KEYS);
        List<ModuleCase> cases = new ArrayList<>();
        for (Node each : root.list("cases")) {
            reader.read(each).ifPresent(cases::add);
        }
        if (cases.isEmpty() && reader.problems().isEmpty()) {
            root.wrong("cases", "must be a list of cases");
        }
        reader.problems().throwIfAny();
        return new CaseFile(root.find("modules").map(Node::text), cases);
    }

    /** Every scalar is the text that stands there: a body of {@code 1.0} or {@code yes} is no number and no truth. */
    private static Yaml yaml() {
        LoaderOptions loader = new LoaderOptions();
        DumperOptions dumper = new DumperOptions();
        return new Yaml(new SafeConstructor(loader), new Representer(dumper), dumper, loader, new Resolver() {
            @Override
            protected void addImplicitResolvers() {}
        });
    }

    private static Object document(Path file) throws ConfigException {
        try (Reader reader = Files.newBufferedReader(file)) {
            Object document = yaml().load(reader);
            return document == null ? Map.of() : document;
        } catch (IOException e) {
            throw new ConfigException(file.toString(), "", "must be a readable file of cases", e.toString());
        } catch (YAMLException e) {
            throw new ConfigException(file.toString(), "", "must be YAML", String.valueOf(e.getMessage()));
        }
    }
}
