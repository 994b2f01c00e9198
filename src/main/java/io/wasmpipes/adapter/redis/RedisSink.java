package io.wasmpipes.adapter.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.wasmpipes.Message;
import io.wasmpipes.PipeException;
import io.wasmpipes.PoisonException;
import io.wasmpipes.SentBatch;
import io.wasmpipes.Sink;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Appends to a stream, many under way at a time. Confirmed means: the server has answered with the entry's id. */
final class RedisSink implements Sink {
    private static final int ROOM_KIB = 64 << 10;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long LARGEST = 512L << 20;

    /** A connection on which the stream was looked at: the largest field it takes, and the room for what is under way. */
    private record Target(StatefulRedisConnection<byte[], byte[]> connection, long largest, Semaphore room) {}

    private final RedisSettings settings;
    private final Entry entry;
    private final Line line;
    private final ReentrantLock opening = new ReentrantLock();
    private volatile @Nullable Target current;
    private final SentBatch.Chains chains = new SentBatch.Chains();

    RedisSink(RedisSettings settings) {
        this.settings = settings;
        this.entry = new Entry(settings.place().stream(), settings.body());
        this.line = new Line(settings);
    }

    @Override
    public void connect() throws TransientException, InterruptedException {
        open();
    }

    private Target open() throws TransientException, InterruptedException {
        StatefulRedisConnection<byte[], byte[]> connection = line.open();
        Target known = current;
        if (known != null && known.connection().equals(connection)) {
            return known;
        }
        opening.lockInterruptibly();
        try {
            known = current;
            if (known == null || !known.connection().equals(connection)) {
                known = look(connection);
                current = known;
            }
            return known;
        } finally {
            opening.unlock();
        }
    }

    private Target look(StatefulRedisConnection<byte[], byte[]> connection)
            throws TransientException, InterruptedException {
        String type = line.type();
        if (!type.equals("stream") && !(type.equals("none") && settings.create())) {
            throw TransientException.outage(
                    type.equals("none")
                            ? missing(line)
                            : line + " refuses, WRONGTYPE: the key holds a " + type + ", not a stream");
        }
        if (settings.durable()) {
            wants("appendonly", "yes");
            wants("appendfsync", "always");
        }
        String most = line.setting("proto-max-bulk-len");
        return new Target(connection, most == null ? LARGEST : Long.parseLong(most), new Semaphore(ROOM_KIB));
    }

    static String missing(Line line) {
        return line + " is missing: add create=true to the URI";
    }

    private void wants(String name, String value) throws TransientException, InterruptedException {
        String found = line.setting(name);
        if (found != null && !found.equals(value)) {
            throw TransientException.outage(
                    line + " is not durable: " + name + " is " + found + ", durable=true needs " + value);
        }
    }

    @Override
    public Pending send(List<Message> messages) throws InterruptedException {
        SentBatch previous = chains.unawaited();
        try {
            Target target = open();
            if (previous != null
                    && !(previous instanceof Sent sent && target.connection().equals(sent.connection()))) {
                throw TransientException.outage("an earlier message was on another connection to " + line);
            }
            return chains.add(new Sent(line, target.connection(), append(messages, target), previous));
        } catch (TransientException e) {
            return chains.add(new SentBatch.Unsent(previous, messages.size(), e));
        }
    }

    private List<Sent.Fate> append(List<Message> messages, Target target)
            throws TransientException, InterruptedException {
        List<Sent.Fate> fates = new ArrayList<>(messages.size());
        List<AsyncCommand<byte[], byte[], String>> commands = new ArrayList<>(messages.size());
        long bytes = 0;
        for (Message message : messages) {
            List<byte[]> fields = entry.fields(message);
            PipeException poison = tooLarge(fields, target.largest());
            if (poison != null) {
                fates.add(new Sent.Fate.Unsent(poison));
                continue;
            }
            AsyncCommand<byte[], byte[], String> command = command(fields);
            commands.add(command);
            fates.add(new Sent.Fate.Asked(command));
            bytes += message.size();
        }
        dispatch(commands, (int) Math.min(ROOM_KIB, 1 + bytes / 1024), target);
        return fates;
    }

    private static @Nullable PoisonException tooLarge(List<byte[]> fields, long largest) {
        for (byte[] field : fields) {
            if (field.length > largest) {
                return new PoisonException(
                        "a field of " + field.length + " bytes is above the " + largest + " bytes that Redis takes");
            }
        }
        return null;
    }

    private AsyncCommand<byte[], byte[], String> command(List<byte[]> fields) {
        CommandArgs<byte[], byte[]> args = new CommandArgs<>(ByteArrayCodec.INSTANCE).addKey(line.stream());
        if (!settings.create()) {
            args.add("NOMKSTREAM");
        }
        if (settings.maxLength() > 0) {
            args.add("MAXLEN").add("~").add(settings.maxLength());
        }
        args.add("*");
        fields.forEach(args::add);
        return new AsyncCommand<>(new Command<>(CommandType.XADD, new StatusOutput<>(ByteArrayCodec.INSTANCE), args));
    }

    private void dispatch(List<AsyncCommand<byte[], byte[], String>> commands, int kib, Target target)
            throws TransientException, InterruptedException {
        if (commands.isEmpty()) {
            return;
        }
        if (!target.room().tryAcquire(kib, PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            line.drop(target.connection());
            throw TransientException.outage(line + " does not answer: too much is under way");
        }
        AtomicInteger left = new AtomicInteger(commands.size());
        for (AsyncCommand<byte[], byte[], String> command : commands) {
            var _ = command.whenComplete((_, _) -> {
                if (left.decrementAndGet() == 0) {
                    target.room().release(kib);
                }
            });
        }
        try {
            target.connection().dispatch(commands);
        } catch (RedisException e) {
            line.drop(target.connection());
            throw TransientException.outage("the connection to " + line + " is lost", e);
        }
    }

    @Override
    public void close() {
        line.close();
    }
}
