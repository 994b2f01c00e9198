package io.wasmpipes.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.codec.AMQPDefinedTypes;
import org.apache.qpid.proton.codec.DecoderImpl;
import org.apache.qpid.proton.codec.EncoderImpl;
import org.apache.qpid.proton.engine.BaseHandler;
import org.apache.qpid.proton.engine.Connection;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.EndpointState;
import org.apache.qpid.proton.engine.Event;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Receiver;
import org.apache.qpid.proton.engine.Sender;
import org.apache.qpid.proton.message.Message;
import org.apache.qpid.proton.reactor.Reactor;
import org.jspecify.annotations.Nullable;

/**
 * A fake of Azure Service Bus: as much of its AMQP dialect as the official client needs to send, receive under locks, settle,
 * renew and accept sessions. It shows that the protocol fits, not how the cloud behaves. What it holds lives as long as it.
 */
public final class ServiceBusFake implements AutoCloseable {
    private static final int BATCH = 0x80013700;
    private static final int CREDIT = 500;
    private static final Symbol SESSION = Symbol.valueOf("com.microsoft:session-filter");
    private static final Symbol TIMEOUT = Symbol.valueOf("com.microsoft:timeout");
    private static final Symbol LOCKED_UNTIL = Symbol.valueOf("com.microsoft:locked-until-utc");
    private static final long TICKS_AT_EPOCH = 621_355_968_000_000_000L;

    private final int port = Ports.free();
    private final Map<String, ServiceBusEntity> entities = new HashMap<>();
    private final Map<String, List<String>> topics = new HashMap<>();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final List<Sender> consumers = new ArrayList<>();
    private final Map<Sender, String> heldSessions = new HashMap<>();
    private final Map<Sender, Instant> waitingForSession = new LinkedHashMap<>();
    private final Reactor reactor;
    private final Thread thread;
    private volatile long maxMessageSize = 256 << 10;
    private volatile boolean refusesTokens;
    private volatile @Nullable ErrorCondition refusal;
    private volatile boolean stopped;

    private ServiceBusFake() throws IOException {
        this.reactor = Proton.reactor(new Events());
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
            pumpAll();
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
            giveUpWaiting();
            boolean any = false;
            for (ServiceBusEntity entity : entities.values()) {
                any |= entity.expire();
            }
            if (any) {
                pumpAll();
            }
        }
        reactor.stop();
        reactor.free();
    }

    /** What the engine tells. */
    private final class Events extends BaseHandler {
        @Override
        public void onConnectionRemoteOpen(Event event) {
            event.getConnection().setContainer("fake");
            event.getConnection().open();
        }

        @Override
        public void onSessionRemoteOpen(Event event) {
            event.getSession().open();
        }

        @Override
        public void onLinkRemoteOpen(Event event) {
            Link link = event.getLink();
            link.setSource(link.getRemoteSource());
            link.setTarget(link.getRemoteTarget());
            link.setSenderSettleMode(link.getRemoteSenderSettleMode());
            link.setReceiverSettleMode(link.getRemoteReceiverSettleMode());
            link.setMaxMessageSize(UnsignedLong.valueOf(maxMessageSize));
            if (!known(address(link))) {
                link.setSource(null);
                link.setTarget(null);
                link.open();
                link.setCondition(new ErrorCondition(
                        Symbol.valueOf("amqp:not-found"),
                        "The messaging entity '" + address(link) + "' is not there."));
                link.close();
            } else if (link instanceof Sender sender && sessionWanted(sender)) {
                waitingForSession.put(sender, Instant.now().plusMillis(patience(sender)));
                acceptSessions();
            } else {
                opened(link);
            }
        }

        @Override
        public void onLinkRemoteClose(Event event) {
            gone(event.getLink());
            event.getLink().close();
        }

        @Override
        public void onLinkFlow(Event event) {
            if (event.getLink() instanceof Sender sender && consumers.contains(sender)) {
                pump(sender);
            }
        }

        @Override
        public void onDelivery(Event event) {
            Delivery delivery = event.getDelivery();
            if (event.getLink() instanceof Receiver receiver) {
                if (delivery.isReadable() && !delivery.isPartial()) {
                    arrived(receiver, delivery);
                }
            } else if (delivery.isUpdated() && delivery.getRemoteState() != null && !delivery.isSettled()) {
                settled(delivery);
            }
        }

        @Override
        public void onConnectionRemoteClose(Event event) {
            event.getConnection().close();
        }

        @Override
        public void onTransportClosed(Event event) {
            Connection connection = event.getConnection();
            if (connection != null) {
                List.copyOf(consumers).stream()
                        .filter(s -> s.getSession().getConnection() == connection)
                        .forEach(ServiceBusFake.this::gone);
                waitingForSession.keySet().removeIf(s -> s.getSession().getConnection() == connection);
            }
        }
    }

    private static String address(Link link) {
        Object end = link instanceof Receiver ? link.getRemoteTarget() : link.getRemoteSource();
        String address = end instanceof Target target ? target.getAddress() : ((Source) end).getAddress();
        return address.replaceFirst("^amqps?://[^/]*/", "").replace("/Subscriptions/", "/subscriptions/");
    }

    private boolean known(String address) {
        String entity = address.replaceFirst("/\\$management$", "");
        return address.equals("$cbs") || entities.containsKey(entity) || topics.containsKey(entity);
    }

    private boolean sessionWanted(Sender sender) {
        return sender.getRemoteSource() instanceof Source source
                && source.getFilter() != null
                && source.getFilter().containsKey(SESSION);
    }

    /** How long a client that wants any session says it will wait. */
    private static long patience(Sender sender) {
        Map<Symbol, Object> wishes = sender.getRemoteProperties();
        return wishes != null && wishes.get(TIMEOUT) instanceof Number millis ? millis.longValue() : 60_000;
    }

    private void giveUpWaiting() {
        Instant now = Instant.now();
        for (Sender sender : List.copyOf(waitingForSession.keySet())) {
            if (now.isAfter(waitingForSession.get(sender))) {
                waitingForSession.remove(sender);
                sender.setSource(null);
                sender.open();
                sender.setCondition(new ErrorCondition(TIMEOUT, "there is no session"));
                sender.close();
            }
        }
    }

    private void opened(Link link) {
        link.open();
        if (link instanceof Receiver receiver) {
            receiver.flow(CREDIT);
        } else if (link instanceof Sender sender && entities.containsKey(address(link))) {
            consumers.add(sender);
            pump(sender);
        }
    }

    private void acceptSessions() {
        for (Sender sender : List.copyOf(waitingForSession.keySet())) {
            ServiceBusEntity entity = entities.get(address(sender));
            Source source = (Source) sender.getRemoteSource();
            Object wanted = source.getFilter().get(SESSION);
            String session = entity.lockSession(wanted == null ? null : wanted.toString());
            if (session != null) {
                waitingForSession.remove(sender);
                source.setFilter(Map.of(SESSION, session));
                sender.setSource(source);
                long ticks =
                        TICKS_AT_EPOCH + Instant.now().plus(entity.lockDuration).toEpochMilli() * 10_000;
                sender.setProperties(Map.of(LOCKED_UNTIL, ticks));
                heldSessions.put(sender, session);
                opened(sender);
            }
        }
    }

    private void gone(Link link) {
        if (link instanceof Sender sender) {
            consumers.remove(sender);
            waitingForSession.remove(sender);
            String session = heldSessions.remove(sender);
            if (session != null) {
                entities.get(address(sender)).releaseSession(session);
                acceptSessions();
            }
        }
    }

    private void pumpAll() {
        acceptSessions();
        List.copyOf(consumers).forEach(this::pump);
    }

    private void pump(Sender sender) {
        ServiceBusEntity entity = entities.get(address(sender));
        String session = heldSessions.get(sender);
        if (entity == null || (session != null && !entity.hasSession(session))) {
            return;
        }
        while (sender.getCredit() > 0) {
            UUID token = UUID.randomUUID();
            ServiceBusEntity.Stored next = entity.next(session, token);
            if (next == null) {
                return;
            }
            send(sender, tag(token), entity.dressed(next, Instant.now().plus(entity.lockDuration)));
        }
    }

    private static void send(Sender sender, byte[] tag, Message message) {
        byte[] buffer = new byte[4 << 20];
        int size = message.encode(buffer, 0, buffer.length);
        sender.delivery(tag);
        sender.send(buffer, 0, size);
        sender.advance();
    }

    /** A token as the bytes of a .NET GUID: its first three groups are little-endian. */
    private static byte[] tag(UUID token) {
        byte[] bytes = ByteBuffer.allocate(16)
                .putLong(token.getMostSignificantBits())
                .putLong(token.getLeastSignificantBits())
                .array();
        return swapped(bytes);
    }

    private static UUID token(byte[] tag) {
        ByteBuffer bytes = ByteBuffer.wrap(swapped(tag));
        return new UUID(bytes.getLong(), bytes.getLong());
    }

    private static byte[] swapped(byte[] guid) {
        int[] order = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
        byte[] out = new byte[16];
        for (int i = 0; i < 16; i++) {
            out[i] = guid[order[i]];
        }
        return out;
    }

    private void arrived(Receiver receiver, Delivery delivery) {
        byte[] data = new byte[delivery.pending()];
        int size = receiver.recv(data, 0, data.length);
        receiver.advance();
        receiver.flow(1);
        String address = address(receiver);
        DeliveryState answer = Accepted.getInstance();
        if (address.equals("$cbs") || address.endsWith("/$management")) {
            answerRequest(receiver, address, message(data, 0, size));
        } else {
            ErrorCondition why = size > maxMessageSize
                    ? new ErrorCondition(Symbol.valueOf("amqp:link:message-size-exceeded"), "too large")
                    : refusal;
            if (why == null) {
                store(address, data, size, delivery.getMessageFormat() == BATCH);
            } else {
                Rejected rejected = new Rejected();
                rejected.setError(why);
                answer = rejected;
            }
        }
        delivery.disposition(answer);
        delivery.settle();
    }

    private static Message message(byte[] data, int from, int size) {
        Message message = Proton.message();
        message.decode(data, from, size);
        return message;
    }

    private void store(String address, byte[] data, int size, boolean batch) {
        List<byte[]> all = batch ? parts(data, size) : List.of(Arrays.copyOf(data, size));
        for (String entity : topics.getOrDefault(address, List.of(address))) {
            for (byte[] each : all) {
                entities.get(entity).put(message(each, 0, each.length));
            }
        }
        pumpAll();
    }

    /** A batch is one data section per message. */
    private static List<byte[]> parts(byte[] data, int size) {
        DecoderImpl decoder = new DecoderImpl();
        AMQPDefinedTypes.registerAllTypes(decoder, new EncoderImpl(decoder));
        ByteBuffer buffer = ByteBuffer.wrap(data, 0, size);
        decoder.setByteBuffer(buffer);
        List<byte[]> parts = new ArrayList<>();
        while (buffer.hasRemaining()) {
            if (decoder.readObject() instanceof Data section) {
                Binary value = section.getValue();
                parts.add(Arrays.copyOfRange(
                        value.getArray(), value.getArrayOffset(), value.getArrayOffset() + value.getLength()));
            }
        }
        return parts;
    }

    private void answerRequest(Receiver asked, String address, Message request) {
        Message answer = Proton.message();
        answer.setCorrelationId(request.getMessageId());
        Map<String, Object> facts = new HashMap<>();
        facts.put("status-code", 200);
        facts.put("status-description", "OK");
        if (address.equals("$cbs")) {
            authorize(request, facts);
        } else {
            manage(entities.get(address.replaceFirst("/\\$management$", "")), request, answer, facts);
        }
        answer.setApplicationProperties(new ApplicationProperties(facts));
        replies(asked, address).ifPresent(sender -> send(sender, tag(UUID.randomUUID()), answer));
    }

    /** The service looks whether the entity is there when it is asked to let somebody in. */
    private void authorize(Message request, Map<String, Object> facts) {
        String audience =
                String.valueOf(request.getApplicationProperties().getValue().get("name"));
        String entity = audience.replaceFirst("^amqps?://[^/]*/", "").replace("/Subscriptions/", "/subscriptions/");
        boolean known = known(entity);
        facts.put("status-code", refusesTokens ? 401 : known ? 202 : 404);
        facts.put(
                "status-description",
                refusesTokens
                        ? "Unauthorized: bad signature"
                        : known ? "Accepted" : "The messaging entity '" + entity + "' could not be found.");
    }

    private static Optional<Sender> replies(Receiver asked, String address) {
        Connection connection = asked.getSession().getConnection();
        for (Link link = connection.linkHead(EnumSet.of(EndpointState.ACTIVE), EnumSet.of(EndpointState.ACTIVE));
                link != null;
                link = link.next(EnumSet.of(EndpointState.ACTIVE), EnumSet.of(EndpointState.ACTIVE))) {
            if (link instanceof Sender sender
                    && address(link).equals(address)
                    && link.getSession() == asked.getSession()) {
                return Optional.of(sender);
            }
        }
        return Optional.empty();
    }

    private void manage(@Nullable ServiceBusEntity entity, Message request, Message answer, Map<String, Object> facts) {
        Object operation = request.getApplicationProperties().getValue().get("operation");
        Map<?, ?> body = request.getBody() instanceof AmqpValue value ? (Map<?, ?>) value.getValue() : Map.of();
        if (entity == null) {
            facts.put("status-code", 404);
            facts.put("error-condition", Symbol.valueOf("amqp:not-found"));
            return;
        }
        switch (String.valueOf(operation)) {
            case "com.microsoft:renew-lock" -> {
                Instant until = entity.renew(((UUID[]) body.get("lock-tokens"))[0]);
                if (until == null) {
                    lost(facts);
                } else {
                    answer.setBody(new AmqpValue(Map.of("expirations", new Date[] {Date.from(until)})));
                }
            }
            case "com.microsoft:renew-session-lock" -> {
                Instant until = entity.renewSession(String.valueOf(body.get("session-id")));
                answer.setBody(new AmqpValue(Map.of("expiration", Date.from(until))));
            }
            case "com.microsoft:update-disposition" -> {
                for (UUID token : (UUID[]) body.get("lock-tokens")) {
                    if (!settle(entity, token, String.valueOf(body.get("disposition-status")), Map.of())) {
                        lost(facts);
                    }
                }
            }
            default -> {
                facts.put("status-code", 204);
                facts.put("status-description", "nothing to peek at");
            }
        }
    }

    private static void lost(Map<String, Object> facts) {
        facts.put("status-code", 410);
        facts.put("status-description", "The lock supplied is invalid.");
        facts.put("error-condition", Symbol.valueOf("com.microsoft:message-lock-lost"));
    }

    private void settled(Delivery delivery) {
        ServiceBusEntity entity = entities.get(address(delivery.getLink()));
        if (entity == null) {
            delivery.settle();
            return;
        }
        DeliveryState wish = delivery.getRemoteState();
        String status = wish instanceof Accepted
                ? "completed"
                : wish instanceof Rejected ? "suspended" : wish instanceof Modified ? "abandoned" : "released";
        Map<?, ?> info = wish instanceof Rejected rejected && rejected.getError() != null
                ? rejected.getError().getInfo()
                : Map.of();
        if (settle(entity, token(delivery.getTag()), status, info == null ? Map.of() : info)) {
            delivery.disposition(wish);
        } else {
            Rejected rejected = new Rejected();
            rejected.setError(
                    new ErrorCondition(Symbol.valueOf("com.microsoft:message-lock-lost"), "the lock is lost"));
            delivery.disposition(rejected);
        }
        delivery.settle();
    }

    private boolean settle(ServiceBusEntity entity, UUID token, String status, Map<?, ?> info) {
        ServiceBusEntity.Stored stored = entity.unlock(token);
        if (stored == null) {
            return false;
        }
        switch (status) {
            case "completed" -> {}
            case "suspended" -> {
                Map<String, Object> properties = new HashMap<>();
                if (stored.message.getApplicationProperties() != null) {
                    properties.putAll(stored.message.getApplicationProperties().getValue());
                }
                info.forEach((name, value) -> properties.put(name.toString(), value));
                stored.message.setApplicationProperties(new ApplicationProperties(properties));
                entity.dead.add(stored.message);
            }
            case "abandoned" -> entity.back(stored, true);
            default -> entity.back(stored, false);
        }
        pumpAll();
        return true;
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
