import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.JetStream;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.Subscription;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The load: a closed loop with a window. Publishes numbered messages, counts what comes out at the other end, reads the CPU
 * time of the relay's process at both ends of the measured part.
 */
final class Load {
    /** What one run gave. */
    record Result(double messagesPerSecond, double cpuSecondsPerMillion, int lost, int duplicated) {}

    static final String OUT = "bench.out";
    private static final int SIZE = 1000;
    private static final int WINDOW = 1000;
    private static final int PING = 999_999_999;

    private final String url;
    private final String in;
    private final boolean jetstream;

    /** @param in the subject to publish to; {@link #OUT} itself to measure the load alone */
    Load(String url, String in, boolean jetstream) {
        this.url = url;
        this.in = in;
        this.jetstream = jetstream;
    }

    static String terms() {
        return SIZE + " B messages, window " + WINDOW;
    }

    /** Sends {@code warm + count} messages; measures the last {@code count}. {@code relay} null: no process to look at. */
    Result run(ProcessHandle relay, int warm, int count) throws Exception {
        int total = warm + count;
        Semaphore room = new Semaphore(WINDOW);
        BitSet seen = new BitSet(total);
        AtomicLong arrived = new AtomicLong();
        AtomicLong again = new AtomicLong();
        try (Connection nc = Nats.connect(Options.builder().server(url).build())) {
            Dispatcher out = nc.createDispatcher(message -> {
                int number = number(message.getData());
                if (number == PING) {
                    return;
                }
                synchronized (seen) {
                    if (seen.get(number)) {
                        again.incrementAndGet();
                        return;
                    }
                    seen.set(number);
                }
                arrived.incrementAndGet();
                room.release();
            });
            out.setPendingLimits(-1, -1);
            out.subscribe(OUT);
            nc.flush(Duration.ofSeconds(5));
            publish(nc, 0, warm, room);
            await(arrived, warm);
            double cpu = cpuSeconds(relay);
            long start = System.nanoTime();
            publish(nc, warm, total, room);
            await(arrived, total);
            double seconds = (System.nanoTime() - start) / 1e9;
            double used = cpuSeconds(relay) - cpu;
            return new Result(count / seconds, used * 1e6 / count, total - (int) arrived.get(), (int) again.get());
        }
    }

    private void publish(Connection nc, int from, int to, Semaphore room) throws Exception {
        JetStream js = jetstream ? nc.jetStream() : null;
        for (int i = from; i < to; i++) {
            room.acquire();
            if (js != null) {
                js.publishAsync(in, payload(i));
            } else {
                nc.publish(in, payload(i));
            }
        }
    }

    /** Milliseconds from {@code start} until a message has come through. */
    double firstMessage(long start) throws Exception {
        try (Connection nc = Nats.connect(url)) {
            Subscription out = nc.subscribe(OUT);
            nc.flush(Duration.ofSeconds(5));
            for (int i = 0; i < 6000; i++) {
                if (!jetstream || i == 0) {
                    nc.publish(in, payload(PING));
                }
                if (out.nextMessage(Duration.ofMillis(5)) != null) {
                    return (System.nanoTime() - start) / 1e6;
                }
            }
            throw new IllegalStateException("no message came through within 30 s");
        }
    }

    private static void await(AtomicLong arrived, long count) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(90).toNanos();
        while (arrived.get() < count && System.nanoTime() < deadline) {
            Thread.sleep(1);
        }
    }

    private byte[] payload(int number) {
        String head = "{\"n\":\"%09d\",\"name\":\"load\",\"text\":\"".formatted(number);
        return (head + "x".repeat(SIZE - head.length() - 2) + "\"}").getBytes(StandardCharsets.US_ASCII);
    }

    private static int number(byte[] payload) {
        int number = 0;
        for (int i = 6; i < 15; i++) {
            number = number * 10 + payload[i] - '0';
        }
        return number;
    }

    private static double cpuSeconds(ProcessHandle process) throws Exception {
        if (process == null) {
            return 0;
        }
        String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / 100.0;
    }
}
