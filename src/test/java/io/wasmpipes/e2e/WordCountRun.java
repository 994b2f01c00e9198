package io.wasmpipes.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.wasmpipes.Bytes;
import io.wasmpipes.Frames;
import io.wasmpipes.Framing;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.KafkaNode;
import io.wasmpipes.support.KafkaTopics;
import io.wasmpipes.support.PipeProcess;
import io.wasmpipes.support.Ports;
import io.wasmpipes.support.RedisServer;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;

/**
 * Texts by framed TCP become words, by a topic of several partitions counts, and by framed TCP again what the test sees,
 * while the two processes that count are killed in turn.
 */
final class WordCountRun implements AutoCloseable {
    private static final Pattern COUNT = Pattern.compile("\\{\"key\":\"(\\w+)\",\"count\":(\\d+)}");
    private static final int WORDS_PER_TEXT = 20;
    private static final int VOCABULARY = 50;
    private static final int PARTITIONS = 4;

    private final Random random = new Random(7);
    private final RedisServer redis = RedisServer.start();
    private final KafkaNode kafka = KafkaNode.start();
    private final Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.direct()));
    private final ServerSocket target = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    private final int port = Ports.free();
    private final Map<String, Integer> sent = new HashMap<>();
    private final Map<String, ConcurrentSkipListSet<Integer>> seen = new ConcurrentHashMap<>();
    private final PipeProcess[] counters = new PipeProcess[2];
    private PipeProcess splitter;

    WordCountRun() throws Exception {
        KafkaTopics.create(admin, "words", PARTITIONS, Map.of());
        Thread.ofVirtual().start(this::accept);
    }

    /** Sends texts, a process is killed after each share of them. */
    void go(int texts, int kills) throws Exception {
        splitter = start(Map.of(
                "SOURCE_URI", "tcp://127.0.0.1:" + port,
                "SINK_URI", "kafka://words",
                "WASM_MODULES", "split",
                "MODULE_SPLIT_CONFIG_INPUT", "text",
                "MODULE_SPLIT_CONFIG_EXPR", "[scan(\"\\\\w+\")][] | {word: .}",
                "MODULE_SPLIT_CONFIG_KEY", ".word"));
        counters[0] = startCounter();
        counters[1] = startCounter();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                DataOutputStream out = new DataOutputStream(socket.getOutputStream())) {
            for (int i = 0; i < texts; i++) {
                send(out);
                if (i % (texts / kills) == texts / kills / 2) {
                    kill(i % 2);
                }
            }
            Await.until("every count has come", () -> missing().isEmpty());
        }
        // a count is sent before its sum is committed, and settled after it
        Await.until(
                "every word is settled, stderr: " + counters[0].err() + counters[1].err(),
                () -> KafkaTopics.unsettled(admin, "count", "words", PARTITIONS) == 0);
        check(texts);
    }

    private PipeProcess startCounter() throws Exception {
        return start(Map.of(
                "SOURCE_URI", "kafka://count?topic=words&offset=oldest",
                "SOURCE_KAFKA_OPT_SESSION_TIMEOUT_MS", "2000",
                "SOURCE_KAFKA_OPT_HEARTBEAT_INTERVAL_MS", "500",
                "SINK_URI", "tcp://127.0.0.1:" + target.getLocalPort(),
                "WASM_MODULES", "count",
                "MODULE_COUNT_CONFIG_EXPR", ".word",
                "CACHE_URI", "redis://127.0.0.1:" + redis.port(),
                "PIPE_NAME", "count"));
    }

    private PipeProcess start(Map<String, String> own) throws Exception {
        Map<String, String> variables = new HashMap<>(own);
        variables.put("KAFKA_BROKERS", kafka.brokers());
        variables.put("MANAGEMENT_PORT", "off");
        variables.put("WORKERS", "2");
        return PipeProcess.start(variables).ready();
    }

    private void send(DataOutputStream out) throws IOException {
        List<String> words = IntStream.range(0, WORDS_PER_TEXT)
                .mapToObj(i -> "w" + random.nextInt(VOCABULARY))
                .toList();
        words.forEach(word -> sent.merge(word, 1, Integer::sum));
        byte[] text = String.join(" ", words).getBytes(StandardCharsets.UTF_8);
        out.writeInt(text.length);
        out.write(text);
        out.flush();
    }

    private void kill(int which) throws Exception {
        int before = counts();
        Await.until("counts come", () -> counts() > before || missing().isEmpty());
        counters[which].kill();
        counters[which].close();
        counters[which] = startCounter();
    }

    private void accept() {
        while (!target.isClosed()) {
            try {
                Socket socket = target.accept();
                Thread.ofVirtual().start(() -> read(socket));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void read(Socket socket) {
        Frames frames = new Frames(Framing.LENGTH, 1 << 20);
        byte[] chunk = new byte[1 << 14];
        try (socket;
                InputStream in = socket.getInputStream()) {
            for (int count = in.read(chunk); count > 0; count = in.read(chunk)) {
                frames.feed(chunk, count);
                for (Bytes body = frames.next(); body != null; body = frames.next()) {
                    take(body.utf8());
                }
            }
        } catch (IOException e) {
            // the process was killed
        }
    }

    private void take(String body) {
        Matcher count = COUNT.matcher(body);
        assertThat(count.matches()).as(body).isTrue();
        seen.computeIfAbsent(count.group(1), _ -> new ConcurrentSkipListSet<>()).add(Integer.valueOf(count.group(2)));
    }

    private int counts() {
        return seen.values().stream().mapToInt(ConcurrentSkipListSet::size).sum();
    }

    /** Words whose last count has not come. */
    private Set<String> missing() {
        Set<String> missing = new HashSet<>();
        sent.forEach((word, times) -> {
            if (!seen.getOrDefault(word, new ConcurrentSkipListSet<>()).contains(times)) {
                missing.add(word);
            }
        });
        return missing;
    }

    private void check(int texts) {
        sent.forEach((word, times) -> assertThat(seen.get(word))
                .as("counts of " + word)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, times).boxed().toList()));
        RedisClient client = RedisClient.create(RedisURI.create("127.0.0.1", redis.port()));
        try {
            var cache = client.connect().sync();
            sent.forEach((word, times) ->
                    assertThat(cache.get("{count}:v:count:" + word)).as(word).isEqualTo(Integer.toString(times)));
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        }
        System.out.println("word count: " + texts + " texts, "
                + sent.values().stream().mapToInt(Integer::intValue).sum() + " words of " + sent.size()
                + ", all sums and all counts exact");
    }

    @Override
    public void close() throws IOException {
        if (splitter != null) {
            splitter.close();
        }
        for (PipeProcess counter : counters) {
            if (counter != null) {
                counter.close();
            }
        }
        target.close();
        admin.close(Duration.ZERO);
        kafka.close();
        redis.close();
    }
}
