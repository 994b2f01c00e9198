package io.wasmpipes.adapter.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wasmpipes.Bytes;
import io.wasmpipes.Context;
import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Limits;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.Problems;
import io.wasmpipes.Promise;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.Folders;
import io.wasmpipes.support.Pem;
import io.wasmpipes.support.Ports;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What lies on the wire, seen by plain sockets; bounds, TLS, settings. */
@Timeout(180)
class TcpTest {
    private static final Demand ANY = new Demand(1000, 32L << 20, true, Duration.ofMillis(300));

    private static Endpoint endpoint(Endpoint.Role role, String uri, Map<String, String> variables) {
        return Endpoint.parse(role, role + "_URI", uri, Counterpart.variables(variables), new Problems())
                .orElseThrow();
    }

    private static Context context(Limits limits) {
        return new Context("p", limits, Path.of("."), InstantSource.system());
    }

    private static TcpSource source(String uri, Limits limits, Map<String, String> variables) throws Exception {
        return (TcpSource) new TcpAdapter().source(endpoint(Endpoint.Role.SOURCE, uri, variables), context(limits));
    }

    private static Sink sink(String uri, Map<String, String> variables) throws Exception {
        return new TcpAdapter().sink(endpoint(Endpoint.Role.SINK, uri, variables), context(Limits.DEFAULT));
    }

    private static List<Delivery> take(Source source, int count) throws Exception {
        List<Delivery> taken = new ArrayList<>();
        Await.until(count + " deliveries", () -> {
            taken.addAll(source.receive(ANY));
            return taken.size() >= count;
        });
        return taken;
    }

    private static List<String> texts(List<Delivery> deliveries) {
        return deliveries.stream().map(d -> d.message().body().utf8()).toList();
    }

    private static Socket to(int port) throws Exception {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void a_sink_writes_four_bytes_of_length_and_the_body_or_a_line() throws Exception {
        for (String framing : List.of("", "?framing=lines")) {
            try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                    Sink sink = sink("tcp://127.0.0.1:" + server.getLocalPort() + framing, Map.of())) {
                sink.connect();
                try (Socket socket = server.accept()) {
                    List<Message> messages = List.of(Message.of(Bytes.utf8("ab")), Message.of(Bytes.EMPTY));
                    assertThat(sink.send(messages).await()).containsOnly(Outcome.Confirmed.YES);
                    byte[] wanted = framing.isEmpty() ? new byte[] {0, 0, 0, 2, 'a', 'b', 0, 0, 0, 0} : ascii("ab\n\n");
                    assertThat(new DataInputStream(socket.getInputStream()).readNBytes(wanted.length))
                            .isEqualTo(wanted);
                }
            }
        }
    }

    @Test
    void a_source_reads_lines_and_what_ends_without_one_and_each_connection_is_an_order() throws Exception {
        try (TcpSource source = source("tcp://127.0.0.1:0?framing=lines", Limits.DEFAULT, Map.of())) {
            source.connect();
            try (Socket one = to(source.port());
                    Socket two = to(source.port())) {
                one.getOutputStream().write(ascii("a\nb\nlast"));
                one.shutdownOutput();
                List<Delivery> first = take(source, 3);
                two.getOutputStream().write(ascii("c\n"));
                List<Delivery> second = take(source, 1);
                assertThat(texts(first)).containsExactly("a", "b", "last");
                assertThat(first.stream().map(Delivery::orderKey).distinct()).hasSize(1);
                assertThat(second.getFirst().orderKey())
                        .isNotEqualTo(first.getFirst().orderKey());
            }
        }
    }

    @Test
    void a_frame_above_the_limit_is_seen_to_be_too_large_and_the_next_one_is_whole() throws Exception {
        Limits limits = new Limits(1000, 32L << 20, 1000, 100, Duration.ofHours(1));
        try (TcpSource source = source("tcp://127.0.0.1:0", limits, Map.of())) {
            source.connect();
            try (Socket socket = to(source.port())) {
                DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                out.writeInt(5_000_000);
                out.write(new byte[5_000_000]);
                out.writeInt(2);
                out.write(ascii("ok"));
                List<Delivery> both = take(source, 2);
                assertThat(both.getFirst().message().body().length()).isEqualTo(1001);
                assertThat(texts(both.subList(1, 2))).containsExactly("ok");
            }
        }
    }

    @Test
    void nobody_is_read_from_beyond_the_demand() throws Exception {
        try (TcpSource source = source("tcp://127.0.0.1:0", Limits.DEFAULT, Map.of())) {
            source.connect();
            try (Socket socket = to(source.port())) {
                Thread writer = Thread.ofVirtual().start(() -> {
                    try {
                        DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                        for (int i = 0; i < 1000; i++) {
                            out.writeInt(1 << 16);
                            out.write(new byte[1 << 16]);
                        }
                    } catch (java.io.IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                });
                Await.until("the writer waits", () -> writer.getState() == Thread.State.WAITING);
                int taken = 0;
                while (taken < 1000) {
                    List<Delivery> some = source.receive(new Demand(5, 1 << 20, true, Duration.ofSeconds(5)));
                    assertThat(some.size()).isLessThanOrEqualTo(5);
                    taken += some.size();
                }
                writer.join();
            }
        }
    }

    @Test
    void a_connection_too_many_is_refused_and_a_place_that_is_free_again_is_given() throws Exception {
        try (TcpSource source = source("tcp://127.0.0.1:0?max_connections=1", Limits.DEFAULT, Map.of())) {
            source.connect();
            try (Socket first = to(source.port())) {
                first.getOutputStream().write(new byte[] {0, 0, 0, 1, 'a'});
                assertThat(texts(take(source, 1))).containsExactly("a");
                try (Socket second = to(source.port())) {
                    second.setSoTimeout(5000);
                    assertThat(second.getInputStream().read()).isEqualTo(-1);
                }
            }
            Await.until("the next is let in", () -> {
                try (Socket third = to(source.port())) {
                    third.getOutputStream().write(new byte[] {0, 0, 0, 1, 'b'});
                    return texts(source.receive(ANY)).contains("b");
                }
            });
        }
    }

    @Test
    void a_sink_sees_the_end_of_its_connection_and_makes_another() throws Exception {
        try (TcpListener listener = new TcpListener(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
                Sink sink = sink("tcp://127.0.0.1:" + listener.port(), Map.of())) {
            assertThat(sink.send(List.of(Message.of(Bytes.utf8("1")))).await()).containsExactly(Outcome.Confirmed.YES);
            listener.arrived(1);
            listener.cut();
            Await.until("a message arrives on another connection", () -> {
                sink.send(List.of(Message.of(Bytes.utf8("2")))).await();
                return listener.arrived(1).size() > 1;
            });
        }
    }

    @Test
    void both_ends_speak_tls_and_prove_who_they_are() throws Exception {
        Path folder = Folders.fresh("tcp-tls");
        Pem.Pair server = Pem.selfSigned(folder, "server");
        Pem.Pair client = Pem.selfSigned(folder, "client");
        Map<String, String> ours = Map.of(
                "TLS_CERT_FILE", server.certificate().toString(),
                "TLS_KEY_FILE", server.key().toString(),
                "TLS_CA_FILE", client.certificate().toString());
        int port = Ports.free();
        try (TcpSource source = source("tcps://localhost:" + port, Limits.DEFAULT, ours)) {
            source.connect();
            Map<String, String> theirs = Map.of(
                    "TLS_CERT_FILE", client.certificate().toString(),
                    "TLS_KEY_FILE", client.key().toString(),
                    "TLS_CA_FILE", server.certificate().toString());
            try (Sink sink = sink("tcps://localhost:" + port, theirs)) {
                assertThat(sink.send(List.of(Message.of(Bytes.utf8("x")))).await())
                        .containsExactly(Outcome.Confirmed.YES);
                assertThat(texts(take(source, 1))).containsExactly("x");
            }
            try (Sink sink = sink("tcps://localhost:" + port, Map.of())) {
                assertThatThrownBy(sink::connect)
                        .isInstanceOf(TransientException.class)
                        .hasMessageContaining("localhost:" + port);
            }
        }
    }

    private static String problems(Endpoint.Role role, String uri) {
        return new TcpAdapter().problems(endpoint(role, uri, Map.of())).toString();
    }

    @Test
    void wrong_settings_are_problems() {
        assertThat(problems(Endpoint.Role.SOURCE, "tcp://:9001?framing=lines&max_connections=5"))
                .isEqualTo("[]");
        assertThat(problems(Endpoint.Role.SOURCE, "tcp://host")).contains("must name a port to listen on");
        assertThat(problems(Endpoint.Role.SOURCE, "tcp://:9001/path")).contains("must name a port");
        assertThat(problems(Endpoint.Role.SINK, "tcp://:9001")).contains("must name host and port");
        assertThat(problems(Endpoint.Role.SINK, "tcp://host:9001?framing=xml")).contains("one of lines, length");
        assertThat(problems(Endpoint.Role.SINK, "tcp://host:9001?max_connections=1"))
                .contains("max_connections", "unknown to tcp");
        assertThat(problems(Endpoint.Role.SOURCE, "tcp://:9001?max_connections=0"))
                .contains("option max_connections");
        assertThat(problems(Endpoint.Role.SOURCE, "tcps://:9001")).contains("tcps needs a certificate");
        assertThat(new TcpAdapter().promises(endpoint(Endpoint.Role.SOURCE, "tcp://:9001", Map.of())))
                .containsOnly(Promise.ORDERED_BY_KEY);
    }
}
