package io.wasmpipes.config;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Problems;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads {@code .env} files: {@code NAME=value} lines, {@code export} before them if you like, comments, values in single
 * quotes (literal) or double quotes ({@code \n \r \t \" \\ \$} escaped, over several lines if need be). No interpolation.
 */
public final class EnvFile {
    private static final Pattern ASSIGNMENT =
            Pattern.compile("\\s*(?:export\\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\\s*=[ \\t]*(.*)", Pattern.DOTALL);
    private static final Pattern COMMENT = Pattern.compile("(^|[ \\t]+)#.*");

    private final String name;
    private final String[] lines;
    private final Problems problems = new Problems();
    private final Map<String, String> variables = new LinkedHashMap<>();
    private int next;

    private EnvFile(String name, String text) {
        this.name = name;
        this.lines = (text.startsWith("\uFEFF") ? text.substring(1) : text).split("\\r?\\n", -1);
    }

    /**
     * The variables of a file; the last of a name counts.
     *
     * @param name what to call the file in problems
     * @throws ConfigException naming every line that is no assignment; never showing its text
     */
    public static Map<String, String> parse(String name, String text) throws ConfigException {
        EnvFile file = new EnvFile(name, text);
        while (file.next < file.lines.length) {
            file.line();
        }
        file.problems.throwIfAny();
        return Map.copyOf(file.variables);
    }

    /** {@code environment}, and of {@code file} what it does not set, even to nothing. */
    public static Map<String, String> under(Map<String, String> file, Map<String, String> environment) {
        Map<String, String> merged = new LinkedHashMap<>(file);
        merged.putAll(environment);
        return Map.copyOf(merged);
    }

    private void line() {
        int number = next + 1;
        String line = lines[next++];
        if (line.isBlank() || line.stripLeading().startsWith("#")) {
            return;
        }
        Matcher assignment = ASSIGNMENT.matcher(line);
        if (!assignment.matches()) {
            problems.add(name + " line " + number, "", "must be NAME=value, a comment or blank", "");
            return;
        }
        String rest = assignment.group(2);
        boolean quoted = rest.startsWith("\"") || rest.startsWith("'");
        variables.put(
                assignment.group(1),
                quoted
                        ? quoted(rest, number)
                        : COMMENT.matcher(rest).replaceFirst("").strip());
    }

    /** The value between quotes; takes further lines until they close. */
    private String quoted(String first, int number) {
        char quote = first.charAt(0);
        StringBuilder value = new StringBuilder();
        String rest = first.substring(1);
        while (true) {
            int end = append(rest, quote, value);
            if (end >= 0) {
                if (!COMMENT.matcher(rest.substring(end + 1)).replaceFirst("").isBlank()) {
                    problems.add(name + " line " + next, "", "has text after the closing quote", "");
                }
                return value.toString();
            }
            if (next == lines.length) {
                problems.add(name + " line " + number, "", "opens a quote that nothing closes", "");
                return "";
            }
            value.append('\n');
            rest = lines[next++];
        }
    }

    /** Appends what stands before the closing quote; answers where that is, or -1 if it is not in {@code text}. */
    private static int append(String text, char quote, StringBuilder value) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == quote) {
                return i;
            }
            if (c == '\\' && quote == '"' && i + 1 < text.length() && "nrt\"\\$".indexOf(text.charAt(i + 1)) >= 0) {
                i++;
                value.append(unescaped(text.charAt(i)));
            } else {
                value.append(c);
            }
        }
        return -1;
    }

    private static char unescaped(char c) {
        return switch (c) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> c;
        };
    }
}
