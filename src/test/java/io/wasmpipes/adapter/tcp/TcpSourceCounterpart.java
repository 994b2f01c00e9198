package io.wasmpipes.adapter.tcp;

import io.wasmpipes.Adapter;
import io.wasmpipes.Message;
import io.wasmpipes.Variables;
import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.support.FaultProxy;
import io.wasmpipes.support.Ports;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Plain sockets that write frames to a source of ours, by way of a proxy. */
final class TcpSourceCounterpart implements Counterpart.ForSource {
    private final int port = Ports.free();
    private final FaultProxy proxy = FaultProxy.before(port);
    private final ServerSocket occupied = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final List<Socket> sockets = new ArrayList<>();

    TcpSourceCounterpart() throws IOException {}

    @Override
    public Adapter adapter() {
        return new TcpAdapter();
    }

    @Override
    public String uri() {
        return "tcp://127.0.0.1:" + port;
    }

    /** A port that somebody else listens on. */
    @Override
    public Optional<Absent> absent() {
        return Optional.of(new Absent("tcp://127.0.0.1:" + occupied.getLocalPort(), Variables.NONE));
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

            // There is no system between: the senders go and come.
            @Override
            public void restart() {
                proxy.cut();
            }
        });
    }

    @Override
    public void put(List<Message> messages) throws Exception {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        sockets.add(socket);
        DataOutputStream out = new DataOutputStream(socket.getOutputStream());
        for (Message message : messages) {
            out.writeInt(message.body().length());
            out.write(message.body().toArray());
        }
        out.flush();
    }

    @Override
    public void close() {
        proxy.heal();
        proxy.close();
        try {
            occupied.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
