package io.wasmpipes.app;

import io.wasmpipes.Adapter;
import io.wasmpipes.Header;
import io.wasmpipes.Message;
import io.wasmpipes.Variables;
import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.contract.SourceContract;
import io.wasmpipes.support.Ports;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The source behind Micronaut's server, and a raw socket as its sender. */
class HttpSourceContractTest extends SourceContract {
    private static final String SECRET = "s3cret-t0ken";

    @Override
    protected String title() {
        return "http source";
    }

    @Override
    protected Counterpart.ForSource open() throws IOException {
        return new Sender();
    }

    private static final class Sender implements Counterpart.ForSource {
        private final int port = Ports.free();
        private final ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());

        Sender() throws IOException {}

        @Override
        public Adapter adapter() {
            return HttpRig.adapter();
        }

        /** Unconfirmed, so that an answer means that the source has the message. */
        @Override
        public String uri() {
            return "http://127.0.0.1:" + port + "/events?reply=unconfirmed";
        }

        @Override
        public Variables variables() {
            return Counterpart.variables(Map.of("HTTP_TOKEN", SECRET));
        }

        @Override
        public String secret() {
            return SECRET;
        }

        /** Whose port somebody else has. */
        @Override
        public Optional<Absent> absent() {
            return Optional.of(new Absent("http://127.0.0.1:" + taken.getLocalPort() + "/events", variables()));
        }

        @Override
        public String noFaults() {
            return "the server is part of the process";
        }

        @Override
        public Set<String> cannotCarry() {
            return Set.of("x-lines", "x-blanks");
        }

        @Override
        public void put(List<Message> messages) throws IOException {
            for (Message message : messages) {
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    socket.setSoTimeout(10_000);
                    socket.getOutputStream().write(request(message));
                    String status = new String(socket.getInputStream().readNBytes(12), StandardCharsets.UTF_8);
                    if (!status.equals("HTTP/1.1 202")) {
                        throw new IOException(status);
                    }
                }
            }
        }

        private static byte[] request(Message message) {
            StringBuilder head = new StringBuilder("POST /events HTTP/1.1\r\nHost: x\r\n");
            head.append("Authorization: Bearer ").append(SECRET).append("\r\n");
            for (Header header : message.headers()) {
                head.append(header.name()).append(": ").append(header.text()).append("\r\n");
            }
            head.append("Content-Length: ").append(message.body().length()).append("\r\n\r\n");
            ByteArrayOutputStream request = new ByteArrayOutputStream();
            request.writeBytes(head.toString().getBytes(StandardCharsets.UTF_8));
            request.writeBytes(message.body().toArray());
            return request.toByteArray();
        }

        @Override
        public void close() {
            try {
                taken.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
