package io.wasmpipes.wasm.abi;

import io.wasmpipes.Bytes;
import io.wasmpipes.Headers;
import io.wasmpipes.PoisonException;
import io.wasmpipes.TransientException;
import io.wasmpipes.wasm.engine.GuestLog;
import io.wasmpipes.wasm.engine.GuestMemory;
import io.wasmpipes.wasm.engine.HostFunction;
import io.wasmpipes.wasm.engine.Program;
import io.wasmpipes.wasm.http.HttpCalls;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * The functions of an Extism host. Variables live in the cache, under the module's alias, as the message in hand sees it.
 * One thread.
 */
final class ExtismHost {
    private static final int LOG_LEVEL_INFO = 2;

    final Desk desk = new Desk();
    final ExtismHeap heap;
    private final String alias;
    private final Surroundings surroundings;
    private final ExtismDialect dialect;
    private final BiConsumer<Level, String> log;
    private long input;
    private long inputLength;
    private long output;
    private long outputLength;
    private long error;
    private Bytes errorThen = Bytes.EMPTY;
    private final @Nullable ExtismHttp http;

    ExtismHost(Program program, Surroundings surroundings, BiConsumer<Level, String> log, ExtismDialect dialect) {
        this.alias = program.alias();
        this.surroundings = surroundings;
        this.dialect = dialect;
        this.log = log;
        this.heap = new ExtismHeap(surroundings.guest().memory(), program.budget());
        HttpCalls calls = surroundings.http();
        this.http = calls == null ? null : new ExtismHttp(this, calls);
    }

    String alias() {
        return alias;
    }

    /** Begins a call with this input. */
    void begin(Turn turn, Bytes content) throws PoisonException {
        desk.begin(turn);
        input = heap.put(content);
        inputLength = content.length();
        output = 0;
        outputLength = 0;
        error = 0;
        errorThen = Bytes.EMPTY;
        if (http != null) {
            http.reset();
        }
    }

    /** What was set as the output, read now: it may have been stored after it was set. */
    Bytes output() throws PoisonException {
        return heap.read(output, outputLength);
    }

    /** Forgets everything that belongs to the message. */
    void end() {
        desk.end();
        heap.reset();
    }

    /** Whether an error was set: that is a failure whatever the function answers. */
    boolean failed() {
        return error != 0;
    }

    /** What was set as the error, empty if nothing was. */
    String error() throws PoisonException {
        Bytes text = heap.length(error) == 0 ? errorThen : heap.block(error); // it may be free by now
        return text.slice(0, Math.min(text.length(), GuestLog.LINE_MAX)).utf8();
    }

    List<HostFunction> functions() {
        List<HostFunction> all = new ArrayList<>(own());
        if (http != null) {
            all.add(http.function());
        }
        all.addAll(List.copyOf(all.stream().map(ExtismHost::older).toList()));
        all.addAll(dialect.functions(this, surroundings));
        return all;
    }

    /** The name that a function had before Extism 1.0. */
    private static HostFunction older(HostFunction function) {
        return new HostFunction(
                Extism.OLDER_MODULE,
                Extism.OLDER_PREFIX + function.name(),
                function.signature(),
                function.reach(),
                function.body());
    }

    private List<HostFunction> own() {
        return Stream.of(memory(), message(), logs()).flatMap(List::stream).toList();
    }

    private List<HostFunction> memory() {
        return List.of(
                of("alloc", "i64 -> i64", a -> heap.allocate(a[0])),
                of("free", "i64 ->", a -> {
                    heap.free(a[0]);
                    return 0;
                }),
                of("length", "i64 -> i64", a -> heap.length(a[0])),
                of("length_unsafe", "i64 -> i64", a -> heap.length(a[0])),
                of("load_u8", "i64 -> i32", a -> heap.loadByte(a[0])),
                of("load_u64", "i64 -> i64", a -> heap.loadLong(a[0])),
                of("store_u8", "i64 i32 ->", a -> {
                    heap.storeByte(a[0], a[1]);
                    return 0;
                }),
                of("store_u64", "i64 i64 ->", a -> {
                    heap.storeLong(a[0], a[1]);
                    return 0;
                }));
    }

    private List<HostFunction> message() {
        return List.of(
                of("input_offset", "-> i64", a -> input),
                of("input_length", "-> i64", a -> inputLength),
                of("input_load_u8", "i64 -> i32", a -> within(a[0], 1) ? heap.loadByte(input + a[0]) : 0),
                of("input_load_u64", "i64 -> i64", a -> within(a[0], Long.BYTES) ? heap.loadLong(input + a[0]) : 0),
                of("output_set", "i64 i64 ->", this::setOutput),
                of("error_set", "i64 ->", a -> {
                    error = a[0];
                    errorThen = heap.block(error);
                    return 0;
                }),
                of("config_get", "i64 -> i64", this::config),
                HostFunction.blocking(Extism.MODULE, "var_get", "i64 -> i64", this::variable),
                HostFunction.blocking(Extism.MODULE, "var_set", "i64 i64 ->", this::setVariable),
                of("http_status_code", "-> i32", a -> http == null ? 0 : http.status()),
                of("http_headers", "-> i64", a -> http == null ? 0 : http.headers()));
    }

    private List<HostFunction> logs() {
        return List.of(
                of("get_log_level", "-> i32", a -> LOG_LEVEL_INFO),
                logging("log_trace", Level.TRACE),
                logging("log_debug", Level.DEBUG),
                logging("log_info", Level.INFO),
                logging("log_warn", Level.WARN),
                logging("log_error", Level.ERROR));
    }

    /** What a function does that touches nothing but this host. */
    interface Body {
        long call(long[] arguments) throws PoisonException;
    }

    private static HostFunction of(String name, String signature, Body body) {
        return HostFunction.of(Extism.MODULE, name, signature, (memory, arguments) -> body.call(arguments));
    }

    private HostFunction logging(String name, Level level) {
        return HostFunction.shared(Extism.MODULE, name, "i64 ->", (memory, a) -> {
            log(level, heap.block(a[0]));
            return 0;
        });
    }

    void log(Level level, Bytes line) {
        log.accept(
                level, line.slice(0, Math.min(line.length(), GuestLog.LINE_MAX)).utf8());
    }

    private boolean within(long offset, int count) {
        return offset >= 0 && offset <= inputLength - count;
    }

    private long setOutput(long[] a) throws PoisonException {
        Bytes _ = a[1] == 0 ? Bytes.EMPTY : heap.read(a[0], Math.min(a[1], 1)); // a bad offset is told at once
        output = a[0];
        outputLength = a[1];
        return 0;
    }

    private String text(long offset, String what, int max) throws PoisonException {
        if (heap.length(offset) > max) {
            throw new PoisonException(
                    "used a " + what + " of " + heap.length(offset) + " bytes, at most " + max + " are allowed");
        }
        return heap.block(offset).utf8();
    }

    private long config(long[] a) throws PoisonException {
        String value = surroundings.config().get(Headers.fold(text(a[0], "configuration key", CacheRules.KEY_MAX)));
        return value == null ? 0 : heap.put(Bytes.utf8(value));
    }

    private String key(long offset) throws PoisonException {
        return alias + "/" + text(offset, "variable name", CacheRules.KEY_MAX);
    }

    private long variable(GuestMemory memory, long[] a)
            throws TransientException, PoisonException, InterruptedException {
        Bytes value = desk.turn().cache().get(key(a[0]));
        return value == null ? 0 : heap.put(value);
    }

    private long setVariable(GuestMemory memory, long[] a)
            throws TransientException, PoisonException, InterruptedException {
        String key = key(a[0]);
        if (a[1] == 0) {
            desk.turn().cache().delete(key);
            return 0;
        }
        desk.turn().cache().set(key, CacheRules.value(heap.block(a[1])), null);
        return 0;
    }
}
