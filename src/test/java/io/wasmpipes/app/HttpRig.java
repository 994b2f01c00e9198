package io.wasmpipes.app;

import io.micronaut.context.ApplicationContext;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Context;
import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Limits;
import io.wasmpipes.Message;
import io.wasmpipes.Problems;
import io.wasmpipes.Settled;
import io.wasmpipes.Settlement;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import io.wasmpipes.Variables;
import io.wasmpipes.adapter.http.HttpAdapter;
import io.wasmpipes.pipe.PipeStatus;
import io.wasmpipes.support.Ports;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** An HTTP source on a free port behind Micronaut's server, and a client. */
final class HttpRig implements AutoCloseable {
    private static final ApplicationContext MICRONAUT =
            MicronautIngress.start(new Conduct(new Health(HttpRig::starting)));
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    final int port;
    final Source source;
    final List<Message> received = new CopyOnWriteArrayList<>();
    private Thread settler;

    private HttpRig(int port, Source source) {
        this.port = port;
        this.source = source;
    }

    private static PipeStatus starting() {
        return new PipeStatus(PipeStatus.Phase.STARTING, Map.of(), Map.of(), 0, 0, Duration.ZERO, Duration.ZERO);
    }

    /** Opens {@code http://127.0.0.1:PORT/events} and the options given. */
    static HttpRig open(String options) {
        return open(options, Map.of(), Limits.DEFAULT, null);
    }

    /** The adapter behind the one server of all tests. */
    static HttpAdapter adapter() {
        return new HttpAdapter().on(new MicronautIngress(MICRONAUT));
    }

    static HttpRig open(String options, Map<String, String> variables, Limits limits, String reply) {
        return open("http", options, variables, limits, reply);
    }

    /** A source of scheme {@code https}. */
    static HttpRig secure(Map<String, String> variables) {
        return open("https", "", variables, Limits.DEFAULT, null);
    }

    private static HttpRig open(
            String scheme, String options, Map<String, String> variables, Limits limits, String reply) {
        int port = Ports.free();
        HttpAdapter adapter = adapter();
        Context context = new Context("test", limits, Path.of("target"), InstantSource.system());
        Endpoint endpoint = endpoint("SOURCE_URI", scheme + "://127.0.0.1:" + port + "/events" + options, variables);
        try {
            Source source = reply == null
                    ? adapter.source(endpoint, context)
                    : adapter.function(endpoint, endpoint("SINK_URI", reply, Map.of()), context);
            source.connect();
            return new HttpRig(port, source);
        } catch (ConfigException | TransientException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static Endpoint endpoint(String variable, String uri, Map<String, String> variables) {
        Endpoint.Role role = variable.equals("SOURCE_URI") ? Endpoint.Role.SOURCE : Endpoint.Role.SINK;
        Problems problems = new Problems();
        return Endpoint.parse(role, variable, uri, of(variables), problems)
                .orElseThrow(() -> new AssertionError(problems.list()));
    }

    static Variables of(Map<String, String> variables) {
        return new Variables() {
            @Override
            public Optional<String> get(String name) {
                return Optional.ofNullable(variables.get(name));
            }

            @Override
            public String nameOf(String name) {
                return name;
            }
        };
    }

    /** Settles every message by {@code verdict} from now on. */
    HttpRig settling(Function<Message, Settlement> verdict) {
        settler = Thread.ofPlatform().daemon().start(() -> {
            try {
                while (!Thread.interrupted()) {
                    List<Settled> settled = new ArrayList<>();
                    for (Delivery delivery : source.receive(demand(100))) {
                        received.add(delivery.message());
                        settled.add(new Settled(delivery, verdict.apply(delivery.message())));
                    }
                    source.settle(settled);
                }
            } catch (InterruptedException | TransientException e) {
                // the test is over
            }
        });
        return this;
    }

    HttpRig accepting() {
        return settling(_ -> Settlement.Done.SILENT);
    }

    static Demand demand(int messages) {
        return new Demand(messages, 32 << 20, true, Duration.ofMillis(100));
    }

    HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(60));
    }

    HttpResponse<String> post(String body, String... headers) {
        HttpRequest.Builder request = to("/events").POST(BodyPublishers.ofString(body));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    static HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return CLIENT.send(request.build(), BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** A body whose length is not told. */
    static HttpRequest.BodyPublisher chunked(byte[] body) {
        return BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body));
    }

    @Override
    public void close() {
        if (settler != null) {
            settler.interrupt();
        }
        source.close();
    }
}
