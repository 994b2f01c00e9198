import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The load: a closed loop with a window. Publishes numbered messages, counts what comes out at the other end, reads the CPU
 * time of the relay's process at both ends of the measured part.
 */
final class Load {
    /** What one run gave. */
    record Result(double messagesPerSecond, double cpuSecondsPerMillion, int lost, int duplicated) {}

    private static final int SIZE = 1000;
    private static final int PING = 999_999_999;

    private final Rig rig;

    Load(Rig rig) {
        this.rig = rig;
    }

    static String terms() {
        return SIZE + " B messages";
    }

    /** Sends {@code warm + count} messages; measures the last {@code count}. {@code relay} null: none, what goes in comes out. */
    Result run(ProcessHandle relay, int warm, int count) throws Exception {
        int total = warm + count;
        Semaphore room = new Semaphore(rig.window());
        BitSet seen = new BitSet(total);
        AtomicLong arrived = new AtomicLong();
        AtomicLong again = new AtomicLong();
        try (Rig.Port port = rig.open(relay == null)) {
            port.listen(payload -> {
                int number = number(payload);
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
            publish(port, 0, warm, room);
            await(arrived, warm);
            double cpu = cpuSeconds(relay);
            long start = System.nanoTime();
            publish(port, warm, total, room);
            await(arrived, total);
            double seconds = (System.nanoTime() - start) / 1e9;
            double used = cpuSeconds(relay) - cpu;
            return new Result(count / seconds, used * 1e6 / count, total - (int) arrived.get(), (int) again.get());
        }
    }

    private static void publish(Rig.Port port, int from, int to, Semaphore room) throws Exception {
        for (int i = from; i < to; i++) {
            if (!room.tryAcquire(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nothing has come out for a minute");
            }
            port.publish(i, payload(i));
        }
    }

    /** Milliseconds from {@code start} until a message has come through. */
    double firstMessage(long start) throws Exception {
        CountDownLatch came = new CountDownLatch(1);
        try (Rig.Port port = rig.open(false)) {
            port.listen(payload -> came.countDown());
            for (int i = 0; i < 6000; i++) {
                if (!rig.keeps() || i == 0) {
                    port.publish(0, payload(PING));
                }
                if (came.await(5, TimeUnit.MILLISECONDS)) {
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

    private static byte[] payload(int number) {
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
