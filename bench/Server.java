import io.nats.client.Connection;
import io.nats.client.JetStreamManagement;
import io.nats.client.Nats;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A nats-server of its own on a free port, with JetStream in a folder that goes with it. */
final class Server implements AutoCloseable {
    private final Path dir;
    private final Process process;
    private final String url;

    Server() throws Exception {
        dir = Files.createTempDirectory("wasm-pipes-bench");
        process = new ProcessBuilder("nats-server", "-a", "127.0.0.1", "-p", "-1", "-js", "-sd", dir + "/js", "--ports_file_dir", dir.toString())
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("log").toFile())
                .start();
        url = url();
    }

    String url() throws Exception {
        for (int i = 0; url == null && i < 1000; i++) {
            try (Stream<Path> files = Files.list(dir)) {
                Path ports = files.filter(f -> f.toString().endsWith(".ports")).findFirst().orElse(null);
                String text = ports == null ? "" : Files.readString(ports);
                int at = text.indexOf("nats://");
                if (at >= 0) {
                    return text.substring(at, text.indexOf('"', at));
                }
            }
            Thread.sleep(10);
        }
        return url;
    }

    void streams() throws Exception {
        try (Connection nc = Nats.connect(url)) {
            JetStreamManagement manage = nc.jetStreamManagement();
            for (String name : new String[] {"in", "out"}) {
                manage.addStream(StreamConfiguration.builder()
                        .name(name.toUpperCase())
                        .subjects("bench." + name)
                        .storageType(StorageType.File)
                        .build());
            }
        }
    }

    @Override
    public void close() throws Exception {
        process.destroy();
        process.waitFor(10, TimeUnit.SECONDS);
        try (Stream<Path> files = Files.walk(dir)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        }
    }
}
