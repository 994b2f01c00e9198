package io.wasmpipes.wasm.abi;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Scope;
import io.wasmpipes.TransientException;
import io.wasmpipes.wasm.engine.Guest;
import io.wasmpipes.wasm.engine.GuestLog;
import io.wasmpipes.wasm.engine.Program;
import io.wasmpipes.wasm.engine.Signature;
import java.util.List;

/** A lane's conversation with a plug-in of Extism, which keeps its own memory from message to message until a call fails. */
final class ExtismSession implements Session {
    private static final String CONSTRUCTORS = "__wasm_call_ctors";

    private final String alias;
    private final String function;
    private final Surroundings surroundings;
    private final ExtismDialect dialect;
    private final ExtismHost host;
    private final GuestSlot slot;

    ExtismSession(Program program, String function, Surroundings surroundings, ExtismDialect dialect) {
        this.alias = program.alias();
        this.function = function;
        this.surroundings = surroundings;
        this.dialect = dialect;
        GuestLog log = new GuestLog(alias, System::nanoTime);
        this.host = new ExtismHost(program, surroundings, log::line, dialect);
        this.slot =
                new GuestSlot(program, host.functions(), surroundings.guest(), log, guest -> construct(program, guest));
    }

    void open() throws ConfigException {
        slot.open();
    }

    @Override
    public List<Message> apply(Message message, Scope scope)
            throws TransientException, PoisonException, InterruptedException {
        Turn turn = new Turn(message, scope, surroundings);
        Guest guest = slot.sound(scope);
        try {
            host.begin(turn, dialect.input(message));
            int answer = (int) guest.call(function);
            if (answer != 0 || host.failed()) {
                String error = host.error();
                throw new PoisonException(error.isEmpty() ? function + " answered " + answer : error);
            }
            dialect.take(turn, host.output());
            return turn.outputs();
        } catch (PoisonException e) {
            throw e.stage().isEmpty() ? new PoisonException(alias, String.valueOf(e.getMessage()), e.getCause()) : e;
        } finally {
            host.end();
        }
    }

    /** What Extism calls on a new instance of a compiler that knows no {@code _initialize}. */
    private static void construct(Program program, Guest guest)
            throws TransientException, PoisonException, InterruptedException {
        boolean initialized = program.signature("_initialize").isPresent();
        if (!initialized
                && program.signature(CONSTRUCTORS)
                        .filter(Signature.of("->")::equals)
                        .isPresent()) {
            guest.call(CONSTRUCTORS);
        }
    }

    @Override
    public void close() {
        slot.close();
        host.heap.close();
    }
}
