package io.wasmpipes.wasm.abi;

import io.wasmpipes.Bytes;
import io.wasmpipes.PoisonException;
import io.wasmpipes.wasm.engine.GuestMemory;
import io.wasmpipes.wasm.engine.HostFunction;
import io.wasmpipes.wasm.http.HttpCalls;
import io.wasmpipes.wasm.http.HttpText;
import java.util.function.BiConsumer;
import org.slf4j.event.Level;

/** Requests of guests of {@code wasmpipes_v1}. One thread. */
final class V1Http {
    static final String HTTP = "http";

    private static final int REQUEST_MAX = (1 << 20) + (32 << 10);

    private final Desk desk;
    private final HttpCalls calls;
    private final BiConsumer<Level, String> log;

    V1Http(Desk desk, HttpCalls calls, BiConsumer<Level, String> log) {
        this.desk = desk;
        this.calls = calls;
        this.log = log;
    }

    HostFunction function() {
        return HostFunction.blocking(WasmPipesV1.MODULE, HTTP, "i32 i32 i32 i32 -> i32", this::call);
    }

    private long call(GuestMemory memory, long[] a) throws PoisonException, InterruptedException {
        Bytes request = memory.read(a[0], a[1], REQUEST_MAX, "request");
        return switch (answer(desk, calls, request)) {
            case HttpCalls.Reply reply -> V1Input.answer(desk, memory, HttpText.write(reply), a[2], a[3]);
            case HttpCalls.Failure(HttpCalls.Reason reason, String why) -> {
                log.accept(Level.WARN, "http: " + why);
                desk.answer(Bytes.EMPTY);
                yield reason.code();
            }
        };
    }

    private static HttpCalls.Answer answer(Desk desk, HttpCalls calls, Bytes request)
            throws PoisonException, InterruptedException {
        HttpCalls.Call call;
        try {
            call = HttpText.read(request);
        } catch (IllegalArgumentException e) {
            return new HttpCalls.Failure(HttpCalls.Reason.MALFORMED, String.valueOf(e.getMessage()));
        }
        return counted(desk, calls, call);
    }

    /** Makes the call, and counts it among the module's metrics. */
    static HttpCalls.Answer counted(Desk desk, HttpCalls calls, HttpCalls.Call call)
            throws PoisonException, InterruptedException {
        desk.turn().scope().count("http_requests", 1);
        HttpCalls.Answer answer = calls.call(call);
        if (answer instanceof HttpCalls.Failure) {
            desk.turn().scope().count("http_failures", 1);
        }
        return answer;
    }
}
