package io.wasmpipes.contract;

import static org.junit.platform.commons.support.AnnotationSupport.findAnnotatedMethods;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;
import org.junit.platform.commons.support.HierarchyTraversalMode;

/**
 * Writes down how each clause ended for each end and compares with docs/adapter-contract.md once all clauses of the end
 * have run. {@code -Dcontract.update=true} writes the file instead.
 */
public final class ContractTable implements TestWatcher, AfterAllCallback {
    private static final Path FILE = Path.of("docs", "adapter-contract.md");
    private static final String INTRODUCTION = """
            # What each adapter keeps

            Every adapter passes `AdapterContract`: the clauses below run against the real system, with the system's own client
            on the other side. This table is written by the test run (`-Dcontract.update=true`); a run that finds it different fails.
            """;

    private static final Map<Class<?>, Map<String, String>> RESULTS = new ConcurrentHashMap<>();
    private static final Map<Class<?>, String> TITLES = new ConcurrentHashMap<>();

    @Override
    public void testSuccessful(ExtensionContext context) {
        AdapterContract contract = (AdapterContract) context.getRequiredTestInstance();
        record(context, contract.whyNot().map(why -> "does not apply: " + why).orElse("passed"));
    }

    @Override
    public void testFailed(ExtensionContext context, Throwable cause) {
        record(context, "FAILED");
    }

    private static void record(ExtensionContext context, String result) {
        Class<?> end = context.getRequiredTestClass();
        TITLES.put(end, ((AdapterContract) context.getRequiredTestInstance()).title());
        RESULTS.computeIfAbsent(end, _ -> new TreeMap<>())
                .put(context.getRequiredTestMethod().getName().replace('_', ' '), result);
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        Class<?> end = context.getRequiredTestClass();
        Map<String, String> results = RESULTS.getOrDefault(end, Map.of());
        int clauses = findAnnotatedMethods(end, Test.class, HierarchyTraversalMode.TOP_DOWN)
                .size();
        if (results.size() < clauses) {
            return; // a run of single clauses
        }
        String title = TITLES.get(end);
        StringBuilder section = new StringBuilder("## " + title + "\n| clause | |\n|---|---|\n");
        results.forEach((clause, result) ->
                section.append("| ").append(clause).append(" | ").append(result).append(" |\n"));
        compare(title, section.toString());
    }

    private static void compare(String title, String section) throws IOException {
        String file = Files.exists(FILE) ? Files.readString(FILE) : INTRODUCTION;
        Matcher old = Pattern.compile("(?ms)^## " + Pattern.quote(title) + "\n.*?(?=^## |\\z)")
                .matcher(file);
        boolean known = old.find();
        if (known && old.group().strip().equals(section.strip())) {
            return;
        }
        if (!Boolean.getBoolean("contract.update")) {
            throw new AssertionError(FILE + " says otherwise about " + title + ". Run the test with"
                    + " -Dcontract.update=true and look at the difference. This run:\n" + section);
        }
        Map<String, String> sections = new TreeMap<>();
        Matcher each = Pattern.compile("(?ms)^## ([^\n]+)\n.*?(?=^## |\\z)").matcher(file);
        while (each.find()) {
            sections.put(each.group(1), each.group().strip());
        }
        sections.put(title, section.strip());
        Files.createDirectories(FILE.getParent());
        Files.writeString(FILE, INTRODUCTION + "\n" + String.join("\n\n", sections.values()) + "\n");
    }
}
