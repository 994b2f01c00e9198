package io.wasmpipes.wasm.abi;

import io.wasmpipes.Bytes;
import io.wasmpipes.wasm.engine.GuestLog;
import io.wasmpipes.wasm.engine.Stdio;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** The standard streams of a guest that lives on: each message is there to read, what it writes meanwhile is kept. One thread. */
final class Conversation {
    private final OutputStream lines;
    private final OutputStream errors;
    private InputStream in = InputStream.nullInputStream();
    private OutputStream out;

    Conversation(GuestLog log) {
        Stdio logged = Stdio.of(log);
        this.lines = logged.out();
        this.errors = logged.err();
        this.out = lines;
    }

    /** Gives the guest this to read; answers what takes its output, which must not be longer than {@code limit}. */
    Capture begin(Bytes input, long limit) {
        Capture capture = new Capture(limit, true);
        in = new ByteArrayInputStream(input.toArray());
        out = capture;
        return capture;
    }

    void end() {
        in = InputStream.nullInputStream();
        out = lines;
    }

    Stdio stdio() {
        return new Stdio(
                new InputStream() {
                    @Override
                    public int read() throws IOException {
                        return in.read();
                    }

                    @Override
                    public int read(byte[] bytes, int offset, int length) throws IOException {
                        return in.read(bytes, offset, length);
                    }
                },
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        out.write(b);
                    }

                    @Override
                    public void write(byte[] bytes, int offset, int length) throws IOException {
                        out.write(bytes, offset, length);
                    }
                },
                errors);
    }
}
