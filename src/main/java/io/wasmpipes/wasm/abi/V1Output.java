package io.wasmpipes.wasm.abi;

import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.PoisonException;
import io.wasmpipes.wasm.engine.GuestMemory;
import io.wasmpipes.wasm.engine.HostFunction;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** What a guest of {@code wasmpipes_v1} makes of a message: outputs, or a reason why there are none. */
final class V1Output {
    private static final int NAME_MAX = 1 << 10;
    private static final int REASON_MAX = 1 << 10;
    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();
    private static final Pattern LABEL = Pattern.compile("[a-z][a-z0-9_]*");
    private static final Pattern HEADER_NAME = Pattern.compile("[^\\p{Cntrl}\\s:]+");

    private final Desk desk;

    V1Output(Desk desk) {
        this.desk = desk;
    }

    List<HostFunction> functions() {
        return List.of(
                function("out_header_set", "i32 i32 i32 i32 ->", this::header),
                function("out_headers_clear", "->", (memory, a) -> {
                    desk.turn().clearHeaders();
                    return 0;
                }),
                function("out_key_set", "i32 i32 ->", (memory, a) -> {
                    desk.turn().setKey(memory.text(a[0], a[1], NAME_MAX, "key"));
                    return 0;
                }),
                function("emit", "i32 i32 ->", (memory, a) -> {
                    desk.turn().emit(memory.read(a[0], a[1]), null);
                    return 0;
                }),
                function("emit_to", "i32 i32 i32 i32 ->", this::emitTo),
                function("drop", "->", (memory, a) -> {
                    desk.turn().drop();
                    return 0;
                }),
                function("fail", "i32 i32 ->", (memory, a) -> {
                    String reason = memory.loose(a[0], a[1], REASON_MAX);
                    desk.fail(reason.replaceAll("\\p{Cntrl}+", " ").strip());
                    return 0;
                }),
                function("retry_after", "i64 ->", (memory, a) -> {
                    desk.turn().retryAfter(Duration.ofMillis(Math.clamp(a[0], 0, DAY_MILLIS)));
                    return 0;
                }));
    }

    private static HostFunction function(String name, String signature, HostFunction.Body body) {
        return HostFunction.of(WasmPipesV1.MODULE, name, signature, body);
    }

    private long header(GuestMemory memory, long[] a) throws PoisonException {
        String name = memory.text(a[0], a[1], NAME_MAX, "header name");
        if (!HEADER_NAME.matcher(name).matches()) {
            throw new PoisonException("set a header whose name is empty or has blanks, colons or control characters");
        }
        Bytes value = memory.read(a[2], a[3]);
        Header bytes = Header.of(name, value);
        desk.turn().setHeader(bytes.isText() ? Header.of(name, value.utf8()) : bytes);
        return 0;
    }

    private long emitTo(GuestMemory memory, long[] a) throws PoisonException {
        String label = memory.text(a[0], a[1], NAME_MAX, "label");
        if (!LABEL.matcher(label).matches()) {
            throw new PoisonException("emitted to a label that is not of the form " + LABEL.pattern());
        }
        desk.turn().emit(memory.read(a[2], a[3]), label);
        return 0;
    }
}
