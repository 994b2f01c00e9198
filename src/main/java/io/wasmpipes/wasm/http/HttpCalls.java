package io.wasmpipes.wasm.http;

import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import java.net.URI;
import java.util.List;

/** Makes the HTTP requests of guests. Any thread. */
public interface HttpCalls {
    /** A request as a guest made it: nothing of it has been checked. */
    record Call(String method, URI uri, List<Header> headers, Bytes body) {
        public Call {
            headers = List.copyOf(headers);
        }
    }

    /** What became of a request. */
    sealed interface Answer {}

    /** What the other side said, whatever its status. */
    record Reply(int status, List<Header> headers, Bytes body) implements Answer {
        public Reply {
            headers = List.copyOf(headers);
        }
    }

    /** Why there is no reply; {@code why} is for people and holds no secret. */
    record Failure(Reason reason, String why) implements Answer {}

    /** Kinds of failures, with the number that guests see. */
    enum Reason {
        MALFORMED(-2),
        NOT_ALLOWED(-3),
        UNREACHABLE(-4),
        TIMED_OUT(-5),
        TOO_LARGE(-6);

        private final int code;

        Reason(int code) {
            this.code = code;
        }

        /** Below -1, which stands for what is absent. */
        public int code() {
            return code;
        }
    }

    /** Makes a request, redirects included. Blocks for 10 s at most. */
    Answer call(Call call) throws InterruptedException;
}
