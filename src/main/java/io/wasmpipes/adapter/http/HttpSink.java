package io.wasmpipes.adapter.http;

import io.micronaut.buffer.netty.NettyByteBufferFactory;
import io.micronaut.http.HttpMethod;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.MutableHttpRequest;
import io.micronaut.http.body.ByteBodyFactory;
import io.micronaut.http.client.RawHttpClient;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Header;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.PipeException;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Sink;
import io.wasmpipes.TransientException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Messages as requests, up to a bound at once, so in no promised order. 2xx with the answer drained is Confirmed. Every
 * send ends within the timeout.
 */
final class HttpSink implements Sink {
    private static final int CONNECT_MILLIS = 4000;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final ByteBodyFactory BODIES = ByteBodyFactory.createDefault(NettyByteBufferFactory.DEFAULT);

    private final SinkOptions options;
    private final Credentials credentials;
    private final List<Header> extra;
    private final SinkClient clients;
    private final Semaphore room;
    private final @Nullable Rate rate;

    HttpSink(Endpoint endpoint, SinkOptions options) {
        this.options = options;
        this.credentials = new Credentials(endpoint);
        this.extra = SinkClient.extraHeaders(endpoint);
        this.clients = new SinkClient(endpoint, options);
        this.room = new Semaphore(options.concurrency());
        this.rate = options.rate() == null
                ? null
                : Rate.parse(options.rate(), System::nanoTime).orElse(null);
    }

    @Override
    public void connect() throws TransientException, InterruptedException {
        InetSocketAddress peer = clients.peer();
        try (Socket socket = new Socket()) {
            if (peer.isUnresolved()) {
                throw new UnknownHostException(peer.getHostString());
            }
            socket.connect(peer, CONNECT_MILLIS);
        } catch (UnknownHostException e) {
            throw TransientException.outage(options.shown() + ": the host is unknown", e);
        } catch (IOException e) {
            throw TransientException.outage(options.shown() + " cannot be reached: " + e.getMessage(), e);
        }
        credentials.authorization();
        client();
    }

    private RawHttpClient client() throws TransientException {
        try {
            return clients.open();
        } catch (ConfigException e) {
            throw TransientException.outage(options.shown() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public Pending send(List<Message> messages) throws InterruptedException {
        List<Sending> sendings = new ArrayList<>(messages.size());
        for (Message message : messages) {
            sendings.add(send(message));
        }
        return () -> {
            List<Outcome> outcomes = new ArrayList<>(sendings.size());
            for (Sending sending : sendings) {
                outcomes.add(sending.await());
            }
            return outcomes;
        };
    }

    private Sending send(Message message) throws InterruptedException {
        if (rate != null) {
            TimeUnit.NANOSECONDS.sleep(rate.reserve().toNanos());
        }
        long timeout = options.timeout().toNanos();
        if (!room.tryAcquire(timeout, TimeUnit.NANOSECONDS)) {
            return failed(TransientException.outage(options.shown() + " does not answer in time"));
        }
        try {
            MutableHttpRequest<?> request = request(message);
            Sending sending = new Sending(options.shown(), System.nanoTime() + timeout, this::over);
            byte[] body = message.body().readOnlyArray();
            client().exchange(request, BODIES.adapt(body), null).subscribe(sending);
            return sending;
        } catch (TransientException | PoisonException e) {
            room.release();
            return failed(e);
        }
    }

    private static Sending failed(PipeException why) {
        return Sending.failed(new Outcome.Failed(why));
    }

    private void over(int status) {
        room.release();
        if (status == UNAUTHORIZED || status == FORBIDDEN) {
            credentials.renew();
        }
    }

    private MutableHttpRequest<?> request(Message message)
            throws TransientException, PoisonException, InterruptedException {
        MutableHttpRequest<?> request = HttpRequest.create(
                HttpMethod.valueOf(options.method()), options.target().toString());
        request.uri(options.target());
        for (Header header : message.headers()) {
            if (!HeaderText.carries(header)) {
                throw new PoisonException(
                        "header " + header.name().replaceAll("[^ -~]", "?") + " cannot be carried by HTTP");
            }
            if (RequestHeaders.carried(header.name())) {
                request.getHeaders().add(header.name(), HeaderText.encode(header));
            }
        }
        extra.forEach(header -> request.getHeaders().set(header.name(), header.text()));
        if (!message.id().isNone()) {
            request.getHeaders().set("Idempotency-Key", message.id().value());
        }
        String authorization = credentials.authorization();
        if (!authorization.isEmpty()) {
            request.getHeaders().set("Authorization", authorization);
        }
        return request;
    }

    /** Ends when what is under way has ended, within the timeout. */
    @Override
    public void close() {
        Duration longest = options.timeout();
        try {
            if (room.tryAcquire(options.concurrency(), longest.toNanos(), TimeUnit.NANOSECONDS)) {
                room.release(options.concurrency());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        clients.close();
    }
}
