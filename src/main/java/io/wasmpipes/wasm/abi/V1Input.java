package io.wasmpipes.wasm.abi;

import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.PoisonException;
import io.wasmpipes.wasm.engine.GuestMemory;
import io.wasmpipes.wasm.engine.HostFunction;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a guest of {@code wasmpipes_v1} reads: the message, its headers, its own configuration. */
final class V1Input {
    private static final int NAME_MAX = 1 << 10;
    private static final int ABSENT = -1;

    private final Desk desk;
    private final Map<String, String> config;

    V1Input(Desk desk, Map<String, String> config) {
        this.desk = desk;
        this.config = config;
    }

    List<HostFunction> functions() {
        return List.of(
                HostFunction.of(
                        WasmPipesV1.MODULE,
                        "input_len",
                        "-> i32",
                        (memory, a) -> desk.turn().input().body().length()),
                HostFunction.of(
                        WasmPipesV1.MODULE,
                        "input_read",
                        "i32 i32 i32 -> i32",
                        (memory, a) ->
                                memory.write(a[1], a[2], desk.turn().input().body(), a[0])),
                HostFunction.of(WasmPipesV1.MODULE, "header_get", "i32 i32 i32 i32 -> i32", this::header),
                HostFunction.of(WasmPipesV1.MODULE, "header_list", "i32 i32 -> i32", this::headers),
                HostFunction.of(WasmPipesV1.MODULE, "config_get", "i32 i32 i32 i32 -> i32", this::config),
                HostFunction.of(
                        WasmPipesV1.MODULE,
                        "result_read",
                        "i32 i32 i32 -> i32",
                        (memory, a) -> memory.write(a[1], a[2], desk.answer(), a[0])));
    }

    private long header(GuestMemory memory, long[] a) throws PoisonException {
        String name = memory.text(a[0], a[1], NAME_MAX, "header name");
        for (Header header : desk.turn().input().headers()) {
            if (header.name().equalsIgnoreCase(name)) {
                return answer(desk, memory, header.bytes(), a[2], a[3]);
            }
        }
        return answer(desk, memory, null, a[2], a[3]);
    }

    private long headers(GuestMemory memory, long[] a) throws PoisonException {
        ByteArrayOutputStream list = new ByteArrayOutputStream();
        for (Header header : desk.turn().input().headers()) {
            list.writeBytes(Bytes.utf8(header.name()).readOnlyArray());
            list.write(0);
            list.writeBytes(header.bytes().toArray());
            list.write(0);
        }
        return answer(desk, memory, Bytes.wrap(list.toByteArray()), a[0], a[1]);
    }

    private long config(GuestMemory memory, long[] a) throws PoisonException {
        String value = config.get(Headers.fold(memory.text(a[0], a[1], NAME_MAX, "configuration key")));
        return answer(desk, memory, value == null ? null : Bytes.utf8(value), a[2], a[3]);
    }

    /** Copies as much of a variable-length answer as fits, keeps it for {@code result_read}, returns its full length. */
    static long answer(Desk desk, GuestMemory memory, @Nullable Bytes value, long pointer, long capacity)
            throws PoisonException {
        Bytes bytes = value == null ? Bytes.EMPTY : value;
        desk.answer(bytes);
        memory.write(pointer, capacity, bytes, 0);
        return value == null ? ABSENT : bytes.length();
    }
}
