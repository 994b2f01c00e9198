package io.wasmpipes.adapter.nats;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.MessageInfo;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.impl.Headers;
import io.wasmpipes.Adapter;
import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.Message;
import io.wasmpipes.Variables;
import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.FaultProxy;
import io.wasmpipes.support.NatsServer;
import io.wasmpipes.support.Ports;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A subject, or a stream, of a real server: the adapter behind a proxy on one side, jnats itself on the other. */
final class NatsCounterpart implements Counterpart.ForSource, Counterpart.ForSink {
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final String SECRET = "s3cr3t-word";

    private final NatsServer server;
    private final FaultProxy proxy;
    private final Connection raw;
    private final boolean jetStream;
    private final String options;
    private final String name = "n" + NUMBER.incrementAndGet();
    private final List<Message> arrived = new CopyOnWriteArrayList<>();

    NatsCounterpart(NatsServer server, boolean jetStream, String options) throws Exception {
        this.server = server;
        this.jetStream = jetStream;
        this.options = options;
        this.proxy = FaultProxy.before(server.port());
        this.raw = Nats.connect(new Options.Builder()
                .server(server.url())
                .maxReconnects(-1)
                .reconnectWait(Duration.ofMillis(50))
                .errorListener(new io.nats.client.ErrorListener() {})
                .build());
        if (jetStream) {
            raw.jetStreamManagement()
                    .addStream(StreamConfiguration.builder()
                            .name(name)
                            .subjects(name + ".>")
                            .build());
        } else {
            raw.createDispatcher(m -> arrived.add(message(m.getData(), m.getHeaders())))
                    .subscribe(name);
            raw.flush(Await.PATIENCE);
        }
    }

    private String subject() {
        return jetStream ? name + ".a" : name;
    }

    @Override
    public Adapter adapter() {
        return new NatsAdapter();
    }

    @Override
    public String uri() {
        return jetStream ? "jetstream://" + name + "?subject=" + subject() + options : "nats://" + name + options;
    }

    @Override
    public Variables variables() {
        return Counterpart.variables(Map.of("NATS_SERVER_URL", "127.0.0.1:" + proxy.port()));
    }

    @Override
    public Optional<Absent> absent() {
        String url = "nats://user:" + SECRET + "@127.0.0.1:" + Ports.free();
        return Optional.of(
                new Absent(uri(), Counterpart.variables(Map.of("NATS_SERVER_URL", url, "NATS_TOKEN", SECRET))));
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
                Await.until("the raw client is back", () -> raw.getStatus() == Connection.Status.CONNECTED);
            }
        });
    }

    @Override
    public void put(List<Message> messages) throws Exception {
        for (Message message : messages) {
            Headers headers = headers(message);
            if (jetStream) {
                raw.jetStream().publish(subject(), headers, message.body().toArray());
            } else {
                raw.publish(subject(), headers, message.body().toArray());
            }
        }
        raw.flush(Await.PATIENCE);
    }

    private static Headers headers(Message message) {
        Headers headers = new Headers();
        for (Header header : message.headers()) {
            headers.add(header.name(), word(header));
        }
        return headers.isEmpty() ? null : headers;
    }

    /** What the documentation says about values that are no printable ASCII. */
    private static String word(Header header) {
        if (!header.isText()) {
            return "=?binary?B?"
                    + Base64.getEncoder().encodeToString(header.bytes().toArray()) + "?=";
        }
        boolean plain = header.text().matches("|[!-~]|[!-~][ -~]*[!-~]");
        return plain
                ? header.text()
                : "=?UTF-8?B?"
                        + Base64.getEncoder().encodeToString(header.bytes().toArray()) + "?=";
    }

    private static Message message(byte[] data, Headers headers) {
        List<Header> list = new ArrayList<>();
        if (headers != null) {
            headers.forEach((name, values) -> values.forEach(value -> list.add(unword(name, value))));
        }
        return Message.of(Bytes.wrap(data == null ? new byte[0] : data)).withHeaders(io.wasmpipes.Headers.of(list));
    }

    private static Header unword(String name, String value) {
        if (!value.startsWith("=?")) {
            return Header.of(name, value);
        }
        byte[] bytes = Base64.getDecoder().decode(value.substring(value.indexOf("?B?") + 3, value.length() - 2));
        return value.startsWith("=?UTF-8")
                ? Header.of(name, new String(bytes, StandardCharsets.UTF_8))
                : Header.of(name, Bytes.wrap(bytes));
    }

    @Override
    public List<Message> arrived(int count) throws Exception {
        Await.until(count + " messages arrive", () -> {
            if (jetStream) {
                readOn();
            }
            return arrived.size() >= count;
        });
        return List.copyOf(arrived);
    }

    private void readOn() throws IOException, JetStreamApiException {
        long last =
                raw.jetStreamManagement().getStreamInfo(name).getStreamState().getLastSequence();
        for (long sequence = arrived.size() + 1L; sequence <= last; sequence++) {
            MessageInfo info = raw.jetStreamManagement().getMessage(name, sequence);
            arrived.add(message(info.getData(), info.getHeaders()));
        }
    }

    @Override
    public void close() {
        proxy.heal();
        proxy.close();
        try {
            raw.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
