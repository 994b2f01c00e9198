package io.wasmpipes.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.message.Message;
import org.apache.qpid.proton.reactor.Reactor;
import org.jspecify.annotations.Nullable;

/**
 * A fake of Azure Service Bus: as much of its AMQP dialect as the official client needs to send, receive under locks, settle,
 * renew and accept sessions. It shows that the protocol fits, not how the cloud behaves. What it holds lives as long as it.
 */
public final class ServiceBusFake implements AutoCloseable {

    private final int port = Ports.free();
    private final Map<String, ServiceBusEntity> entities = new HashMap<>();
    private final Map<String, List<String>> topics = new HashMap<>();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final ServiceBusLinks links = new ServiceBusLinks(this);
    private final Reactor reactor;
    private final Thread thread;
    private volatile long maxMessageSize = 256 << 10;
    private volatile boolean refusesTokens;
    private volatile @Nullable ErrorCondition refusal;
    private volatile boolean stopped;

    private ServiceBusFake() throws IOException {
        this.reactor = Proton.reactor(links);
        reactor.acceptor("127.0.0.1", port);
        this.thread = Thread.ofPlatform().daemon().name("service-bus-fake").unstarted(this::run);
    }

    public static ServiceBusFake start() {
        try {
            ServiceBusFake fake = new ServiceBusFake();
            fake.thread.start();
            return fake;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return port;
    }

    /** A connection string for a client that comes by {@code port}. */
    public static String connectionString(int port, String key) {
        return "Endpoint=sb://127.0.0.1:" + port + ";SharedAccessKeyName=R;SharedAccessKey=" + key
                + ";UseDevelopmentEmulator=true;";
    }

    public void queue(String name, Duration lock) {
        ask(() -> entities.put(name, new ServiceBusEntity(lock, false, false)));
    }

    public void duplicateDetectingQueue(String name, Duration lock) {
        ask(() -> entities.put(name, new ServiceBusEntity(lock, false, true)));
    }

    public void sessionQueue(String name, Duration lock) {
        ask(() -> entities.put(name, new ServiceBusEntity(lock, true, false)));
    }

    public void subscription(String topic, String name, Duration lock) {
        ask(() -> {
            String entity = topic + "/subscriptions/" + name;
            topics.computeIfAbsent(topic, _ -> new ArrayList<>()).add(entity);
            return entities.put(entity, new ServiceBusEntity(lock, false, false));
        });
    }

    /** Everything that was ever sent to an entity, as AMQP messages. */
    public List<Message> sent(String entity) {
        return ask(() -> List.copyOf(entities.get(entity).sent));
    }

    public List<Message> dead(String entity) {
        return ask(() -> List.copyOf(entities.get(entity).dead));
    }

    /** How many wait and how many are locked. */
    public int held(String entity) {
        return ask(() -> entities.get(entity).waiting() + entities.get(entity).locked());
    }

    public int locked(String entity) {
        return ask(() -> entities.get(entity).locked());
    }

    /** Puts an AMQP message of any kind into an entity. */
    public void put(String entity, Message message) {
        ask(() -> {
            entities.get(entity).put(message);
            links.pumpAll();
            return true;
        });
    }

    /** Refuses every token from now on, or takes them. */
    public void refuseTokens(boolean refuse) {
        refusesTokens = refuse;
    }

    /** Refuses every message sent from now on, for this reason; null takes them. */
    public void refuse(@Nullable String condition) {
        refusal = condition == null ? null : new ErrorCondition(Symbol.valueOf(condition), "refused by the test");
    }

    public void maxMessageSize(long bytes) {
        maxMessageSize = bytes;
    }

    boolean refusesTokens() {
        return refusesTokens;
    }

    @Nullable
    ErrorCondition refusal() {
        return refusal;
    }

    long maxMessageSize() {
        return maxMessageSize;
    }

    @Nullable
    ServiceBusEntity entity(String name) {
        return entities.get(name);
    }

    boolean isEntity(String name) {
        return entities.containsKey(name);
    }

    void pumpAll() {
        links.pumpAll();
    }

    private <T> T ask(Callable<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        tasks.add(() -> {
            try {
                answer.complete(question.call());
            } catch (Exception e) {
                answer.completeExceptionally(e);
            }
        });
        reactor.wakeup();
        try {
            return answer.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private void run() {
        reactor.setTimeout(20);
        reactor.start();
        while (!stopped && reactor.process()) {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
            links.giveUpWaiting();
            boolean any = false;
            for (ServiceBusEntity entity : entities.values()) {
                any |= entity.expire();
            }
            if (any) {
                links.pumpAll();
            }
        }
        reactor.stop();
        reactor.free();
    }

    boolean known(String address) {
        String entity = address.replaceFirst("/\\$management$", "");
        return address.equals("$cbs") || entities.containsKey(entity) || topics.containsKey(entity);
    }

    void store(String address, byte[] data, int size, boolean batch) {
        List<byte[]> all = batch ? AmqpParcels.parts(data, size) : List.of(Arrays.copyOf(data, size));
        for (String entity : topics.getOrDefault(address, List.of(address))) {
            for (byte[] each : all) {
                entities.get(entity).put(AmqpParcels.message(each, 0, each.length));
            }
        }
        links.pumpAll();
    }

    @Override
    public void close() {
        stopped = true;
        reactor.wakeup();
        try {
            thread.join(5000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
