package io.wasmpipes.wasm.abi;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Scope;
import io.wasmpipes.TransientException;
import io.wasmpipes.wasm.engine.Guest;
import io.wasmpipes.wasm.engine.GuestLog;
import io.wasmpipes.wasm.engine.HostFunction;
import io.wasmpipes.wasm.engine.Program;
import io.wasmpipes.wasm.http.HttpCalls;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.slf4j.event.Level;

/** A lane's conversation by {@code wasmpipes_v1}. The guest keeps its memory from message to message until a call fails. */
final class V1Session implements Session {
    static final String ON_START = "on_start";

    private static final int ACCEPT = 0;
    private static final int REJECT = 1;
    private static final int RETRY = 75;

    private final Program program;
    private final String function;
    private final Surroundings surroundings;
    private final Desk desk = new Desk();
    private final GuestSlot slot;

    V1Session(Program program, String function, Surroundings surroundings) {
        this.program = program;
        this.function = function;
        this.surroundings = surroundings;
        GuestLog log = new GuestLog(program.alias(), System::nanoTime);
        List<HostFunction> functions = functions(desk, surroundings, log::line);
        this.slot = new GuestSlot(program, functions, surroundings.guest(), log, this::start);
    }

    void open() throws ConfigException {
        slot.open();
    }

    private void start(Guest guest) throws TransientException, PoisonException, InterruptedException {
        if (program.signature(ON_START).isEmpty()) {
            return;
        }
        int answer = (int) guest.call(ON_START);
        if (answer != ACCEPT) {
            String why = desk.refusal();
            throw new PoisonException(program.alias(), why.isEmpty() ? ON_START + " answered " + answer : why, null);
        }
    }

    @Override
    public List<Message> apply(Message message, Scope scope)
            throws TransientException, PoisonException, InterruptedException {
        Turn turn = new Turn(message, scope, surroundings);
        Guest guest = slot.sound(scope);
        desk.begin(turn);
        try {
            return outputs(turn, (int) guest.call(function));
        } finally {
            desk.end();
        }
    }

    private List<Message> outputs(Turn turn, int verdict) throws TransientException, PoisonException {
        String alias = program.alias();
        return switch (verdict) {
            case ACCEPT -> accepted(turn);
            case REJECT -> throw new PoisonException(alias, turn.reason("rejected without a reason"), null);
            case RETRY ->
                throw TransientException.message(alias + ": " + turn.reason("asked for a retry"), turn.retryAfter());
            default -> throw new PoisonException(alias, turn.reason(function + " answered " + verdict), null);
        };
    }

    private List<Message> accepted(Turn turn) throws PoisonException {
        if (turn.outputs().isEmpty() && !turn.dropped()) {
            throw new PoisonException(program.alias(), "emitted nothing and did not call drop", null);
        }
        return turn.outputs();
    }

    @Override
    public void close() {
        slot.close();
    }

    /** All imports of the ABI, bound to a desk. */
    static List<HostFunction> functions(Desk desk, Surroundings surroundings, BiConsumer<Level, String> log) {
        List<HostFunction> all = new ArrayList<>();
        all.addAll(new V1Input(desk, surroundings.config()).functions());
        all.addAll(new V1Output(desk).functions());
        all.addAll(new V1Cache(desk).functions());
        all.addAll(new V1Services(desk, surroundings, log).functions());
        HttpCalls http = surroundings.http();
        if (http != null) {
            all.add(new V1Http(desk, http, log).function());
        }
        return all;
    }
}
