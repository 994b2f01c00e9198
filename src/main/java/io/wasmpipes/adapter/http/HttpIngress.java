package io.wasmpipes.adapter.http;

import io.wasmpipes.Bytes;
import io.wasmpipes.Headers;
import io.wasmpipes.Tls;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Where requests come from: the port that the source needs and the application's HTTP server implements. Thread-safe. */
public interface HttpIngress {
    /**
     * Listens.
     *
     * @throws IOException if the address cannot be bound, saying why
     */
    Binding bind(Address address, Handler handler) throws IOException;

    /**
     * An address to listen on.
     *
     * @param host empty for all
     * @param port 0 for a free one
     * @param tls null for plain HTTP
     */
    record Address(String host, int port, @Nullable Tls tls) {}

    /** Answers requests. Called by the server's I/O threads: it never blocks and never throws. */
    @FunctionalInterface
    interface Handler {
        CompletionStage<Answer> handle(Request request);
    }

    /** A request whose body has not been read. */
    interface Request {
        String method();

        /** As sent, without the query. */
        String path();

        /** As sent, without the question mark; empty if there is none. */
        String query();

        /** As sent, in order. */
        Headers headers();

        /** How long the body is, as far as the head tells. */
        OptionalLong length();

        /**
         * Reads the body, which arrives no faster than {@code chunk} returns. Called at most once; a body not read is
         * discarded. Chunks are the receiver's own. Ends at the first {@code false}; the stage fails with an
         * {@link IOException} if the body breaks off.
         */
        CompletionStage<@Nullable Void> read(Predicate<byte[]> chunk);
    }

    /**
     * An answer.
     *
     * @param close whether the connection is to be closed after it
     */
    record Answer(int status, Headers headers, Bytes body, boolean close) {
        private static final Headers PLAIN = Headers.EMPTY.with("Content-Type", "text/plain; charset=utf-8");

        /** An answer in plain text, to which a line feed is added. */
        public static Answer text(int status, String text) {
            return new Answer(status, PLAIN, Bytes.utf8(text + "\n"), false);
        }

        Answer with(String header, String value) {
            return new Answer(status, headers.with(header, value), body, close);
        }

        Answer closing() {
            return new Answer(status, headers, body, true);
        }
    }

    /** An address listened on. */
    interface Binding extends AutoCloseable {
        int port();

        /** Stops listening. Safe twice. */
        @Override
        void close();
    }
}
