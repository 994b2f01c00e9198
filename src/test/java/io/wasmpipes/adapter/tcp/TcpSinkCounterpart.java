package io.wasmpipes.adapter.tcp;

import io.wasmpipes.Adapter;
import io.wasmpipes.Bytes;
import io.wasmpipes.Message;
import io.wasmpipes.Variables;
import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.support.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Optional;

/** A plain server to which a sink of ours connects. */
final class TcpSinkCounterpart implements Counterpart.ForSink {
    private final TcpListener listener = new TcpListener(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));

    TcpSinkCounterpart() throws IOException {}

    @Override
    public Adapter adapter() {
        return new TcpAdapter();
    }

    @Override
    public String uri() {
        return "tcp://127.0.0.1:" + listener.port();
    }

    @Override
    public Optional<Absent> absent() {
        return Optional.of(new Absent("tcp://127.0.0.1:" + Ports.free(), Variables.NONE));
    }

    @Override
    public String noFaults() {
        return "confirmed means written: what is under way when a connection ends is lost";
    }

    @Override
    public List<Message> arrived(int count) throws Exception {
        return listener.arrived(count).stream()
                .map(body -> Message.of(Bytes.wrap(body)))
                .toList();
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
