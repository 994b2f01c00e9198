package io.wasmpipes.wasm.abi;

import io.wasmpipes.Bytes;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Scope;
import io.wasmpipes.TransientException;
import io.wasmpipes.wasm.engine.Guest;
import io.wasmpipes.wasm.engine.GuestLog;
import io.wasmpipes.wasm.engine.GuestMemory;
import io.wasmpipes.wasm.engine.HostFunction;
import io.wasmpipes.wasm.engine.Program;
import java.util.List;
import java.util.function.BiConsumer;
import org.slf4j.event.Level;

/**
 * A lane's conversation by the first ABI. Its guests reserve buffers of fixed size and expect a new instance for every
 * message, so the guest is put back to its snapshot before each, and what would not fit is refused.
 */
final class V0Session implements Session {
    private static final int BODY_MAX = 1024;
    private static final int VALUE_MAX = 127;

    private final String alias;
    private final String function;
    private final Surroundings surroundings;
    private final Desk desk = new Desk();
    private final GuestSlot slot;

    V0Session(Program program, String function, Surroundings surroundings) {
        this.alias = program.alias();
        this.function = function;
        this.surroundings = surroundings;
        GuestLog log = new GuestLog(alias, System::nanoTime);
        this.slot = new GuestSlot(program, functions(desk, log::line), surroundings.guest(), log, Guest::snapshot);
    }

    void open() throws ConfigException {
        slot.open();
    }

    @Override
    public List<Message> apply(Message message, Scope scope)
            throws TransientException, PoisonException, InterruptedException {
        if (message.body().length() > BODY_MAX) {
            throw new PoisonException(
                    alias,
                    "a body of %d bytes, and modules of the first ABI take at most %d"
                            .formatted(message.body().length(), BODY_MAX),
                    null);
        }
        Turn turn = new Turn(message, scope, surroundings);
        Guest guest = slot.pristine();
        desk.begin(turn);
        try {
            guest.call(function);
            return turn.outputs();
        } finally {
            desk.end();
        }
    }

    @Override
    public void close() {
        slot.close();
    }

    /** Lines of println are for debugging: modules of this ABI like to print whole messages. */
    static List<HostFunction> functions(Desk desk, BiConsumer<Level, String> log) {
        return List.of(
                HostFunction.of("pubsub", "getMessage", "i32 ->", (memory, a) -> {
                    Bytes body = desk.turn().input().body();
                    return memory.write(a[0], body.length(), body, 0);
                }),
                HostFunction.of("pubsub", "send", "i32 i32 ->", (memory, a) -> {
                    desk.turn().emit(memory.read(a[0], a[1]), null);
                    return 0;
                }),
                HostFunction.blocking("cache", "get", "i32 i32 i32 ->", (memory, a) -> get(desk, memory, a)),
                HostFunction.blocking("cache", "set", "i32 i32 i32 i32 ->", (memory, a) -> set(desk, memory, a)),
                HostFunction.shared("log", "println", "i32 i32 ->", (memory, a) -> {
                    log.accept(Level.DEBUG, memory.loose(a[0], a[1], GuestLog.LINE_MAX));
                    return 0;
                }));
    }

    /** An absent value leaves the buffer as it is, which the guest reads as an empty text. */
    private static long get(Desk desk, GuestMemory memory, long[] a)
            throws TransientException, PoisonException, InterruptedException {
        Bytes value = desk.turn().cache().get(CacheRules.key(memory, a[0], a[1]));
        if (value == null) {
            return 0;
        }
        checkLength(value.length());
        return memory.write(a[2], value.length(), value, 0);
    }

    /** Refuses what {@link #get} could never give back: only this message suffers, not every later one. */
    private static long set(Desk desk, GuestMemory memory, long[] a)
            throws TransientException, PoisonException, InterruptedException {
        String key = CacheRules.key(memory, a[0], a[1]);
        Bytes value = CacheRules.value(memory, a[2], a[3]);
        checkLength(value.length());
        desk.turn().cache().set(key, value, null);
        return 0;
    }

    private static void checkLength(int length) throws PoisonException {
        if (length > VALUE_MAX) {
            throw new PoisonException("a cached value of %d bytes, and modules of the first ABI take at most %d"
                    .formatted(length, VALUE_MAX));
        }
    }
}
