import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The processes that are measured, all on the same JVM with the same flags. */
final class Relay {
    static final List<String> JVM = List.of(
            "-Xmx256m", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");

    private static final String APP = Path.of("target/app/wasm-pipes").toAbsolutePath().toString();

    private Relay() {}

    /** The raw loop of this main class and its arguments. */
    static List<String> raw(List<String> arguments) {
        List<String> command = java();
        command.addAll(List.of("-cp", System.getProperty("raw.classpath")));
        command.addAll(arguments);
        return command;
    }

    /** wasm-pipes; its variables go into the environment. */
    static List<String> pipe(Map<String, String> variables) {
        List<String> command = new ArrayList<>(List.of("env"));
        variables.forEach((name, value) -> command.add(name + "=" + value));
        command.add("MANAGEMENT_PORT=off");
        command.addAll(java());
        command.addAll(List.of("@.mvn/java.options", "-XX:AOTCache=" + APP + ".aot", "-jar", APP + ".jar"));
        return command;
    }

    /** A class that uses wasm-pipes from within. */
    static List<String> inside(String mainClass) {
        List<String> command = java();
        command.addAll(List.of("@.mvn/java.options", "-cp", "target/bench:" + APP + ".jar", mainClass));
        return command;
    }

    private static List<String> java() {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(JVM);
        return command;
    }

    static ProcessBuilder process(List<String> command, Map<String, String> env) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().putAll(env);
        return builder;
    }
}
