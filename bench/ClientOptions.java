import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What Kafka's clients say of themselves when they start. */
final class ClientOptions {
    private static final Pattern LINE = Pattern.compile(
            "^\\s+(acks|batch\\.size|buffer\\.memory|compression\\.type|enable\\.auto\\.commit|enable\\.idempotence"
                    + "|fetch\\.max\\.bytes|fetch\\.max\\.wait\\.ms|fetch\\.min\\.bytes|isolation\\.level|linger\\.ms"
                    + "|max\\.in\\.flight\\.requests\\.per\\.connection|max\\.partition\\.fetch\\.bytes|max\\.poll\\.records) = (.*)$");
    private static final int SECONDS = 15;

    private ClientOptions() {}

    /** Runs the relay for a moment and reads what its clients print. */
    static List<String> told(List<String> command, Map<String, String> env) throws Exception {
        ProcessBuilder builder = Relay.process(command, env).redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.PIPE);
        Process process = builder.start();
        Set<String> options = new TreeSet<>();
        Thread reader = Thread.ofVirtual().start(() -> {
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream()))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    Matcher option = LINE.matcher(line);
                    if (option.matches()) {
                        options.add(option.group(1) + "=" + option.group(2));
                    }
                }
            } catch (java.io.IOException e) {
                // ended
            }
        });
        process.waitFor(SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly().waitFor();
        reader.join();
        return List.copyOf(options);
    }
}
