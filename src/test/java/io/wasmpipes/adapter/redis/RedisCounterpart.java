package io.wasmpipes.adapter.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.Range;
import io.lettuce.core.RedisClient;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XAddArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.wasmpipes.Adapter;
import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import io.wasmpipes.Variables;
import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.FaultProxy;
import io.wasmpipes.support.Ports;
import io.wasmpipes.support.RedisServer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A stream of a real server: the adapter behind a proxy on one side, Lettuce itself on the other. */
final class RedisCounterpart implements Counterpart.ForSource, Counterpart.ForSink {
    static final String[] SWITCHES = {"--proto-max-bulk-len", "1mb"};

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final String SECRET = "s3cr3t-word";

    private final RedisServer server;
    private final FaultProxy proxy;
    private final RedisClient client;
    private final StatefulRedisConnection<byte[], byte[]> raw;
    private final String stream = "s" + NUMBER.incrementAndGet();
    private final String options;

    RedisCounterpart(RedisServer server, String options) {
        this.server = server;
        this.options = options;
        this.proxy = FaultProxy.before(server.port());
        this.client = RedisClient.create("redis://127.0.0.1:" + server.port());
        client.setOptions(ClientOptions.builder().autoReconnect(true).build());
        this.raw = client.connect(ByteArrayCodec.INSTANCE);
    }

    private byte[] key() {
        return utf8(stream);
    }

    @Override
    public Adapter adapter() {
        return new RedisAdapter();
    }

    @Override
    public String uri() {
        return "redis://127.0.0.1:" + proxy.port() + "/" + stream + options;
    }

    @Override
    public Optional<Absent> absent() {
        String uri = "redis://user:" + SECRET + "@127.0.0.1:" + Ports.free() + "/" + stream + options;
        return Optional.of(new Absent(uri, Variables.NONE));
    }

    @Override
    public String secret() {
        return SECRET;
    }

    @Override
    public long largest() {
        return 1 << 20;
    }

    @Override
    public Optional<Faults> faults() {
        return Optional.of(new Faults() {
            @Override
            public void cut() {
                proxy.cut();
            }

            @Override
            public void stall() {
                proxy.stall();
            }

            @Override
            public void heal() {
                proxy.heal();
            }

            @Override
            public void restart() throws Exception {
                server.kill();
                server.restart();
                Await.until("the raw client is back", () -> raw.sync().ping().equals("PONG"));
            }
        });
    }

    @Override
    public void put(List<Message> messages) {
        for (Message message : messages) {
            List<byte[]> fields =
                    new ArrayList<>(List.of(utf8("body"), message.body().toArray()));
            if (message.key() != null) {
                fields.addAll(List.of(utf8("key"), utf8(message.key())));
            }
            for (Header header : message.headers()) {
                fields.addAll(List.of(utf8("h:" + header.name()), header.bytes().toArray()));
            }
            raw.sync().xadd(key(), new XAddArgs(), fields.toArray());
        }
    }

    @Override
    public List<Message> arrived(int count) throws Exception {
        Await.until(count + " messages arrive", () -> raw.sync().xlen(key()) >= count);
        return raw.sync().xrange(key(), Range.unbounded()).stream()
                .map(RedisCounterpart::message)
                .toList();
    }

    /** Field names are arrays, told apart by identity, so the map holds repeated ones. */
    private static Message message(StreamMessage<byte[], byte[]> entry) {
        List<Header> headers = new ArrayList<>();
        Message message = Message.of(Bytes.NULL);
        for (Map.Entry<byte[], byte[]> field : entry.getBody().entrySet()) {
            String name = new String(field.getKey(), StandardCharsets.UTF_8);
            Bytes value = Bytes.wrap(field.getValue());
            switch (name) {
                case "body" -> message = message.withBody(value);
                case "key" -> message = message.withKey(value.utf8());
                default -> headers.add(Header.of(name.substring("h:".length()), value));
            }
        }
        return message.withHeaders(Headers.of(headers));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        proxy.heal();
        proxy.close();
        client.shutdown();
    }
}
