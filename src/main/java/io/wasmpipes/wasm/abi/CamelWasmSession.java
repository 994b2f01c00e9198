package io.wasmpipes.wasm.abi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wasmpipes.Bytes;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Scope;
import io.wasmpipes.TransientException;
import io.wasmpipes.wasm.engine.Guest;
import io.wasmpipes.wasm.engine.GuestLog;
import io.wasmpipes.wasm.engine.Program;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A lane's conversation with a function of Apache Camel's. The guest keeps its memory until a call fails. */
final class CamelWasmSession implements Session {
    private static final int ERROR = 1 << 31;
    private static final int REASON_MAX = 1 << 10;
    private static final Set<String> MEMBERS = Set.of("headers", "body");

    private final String alias;
    private final String function;
    private final Surroundings surroundings;
    private final GuestSlot slot;

    CamelWasmSession(Program program, String function, Surroundings surroundings) {
        this.alias = program.alias();
        this.function = function;
        this.surroundings = surroundings;
        GuestLog log = new GuestLog(alias, System::nanoTime);
        this.slot = new GuestSlot(
                program, List.of(), surroundings.guest(), log, guest -> GuestSlot.runMain(program, guest));
    }

    void open() throws ConfigException {
        slot.open();
    }

    @Override
    public List<Message> apply(Message message, Scope scope)
            throws TransientException, PoisonException, InterruptedException {
        Draft draft = new Draft(new Turn(message, scope, surroundings));
        Guest guest = slot.sound(scope);
        try {
            replace(draft, call(guest, EventJson.write(wrapper(draft))));
        } catch (PoisonException e) {
            throw e.stage().isEmpty() ? new PoisonException(alias, String.valueOf(e.getMessage()), e.getCause()) : e;
        }
        draft.emit();
        return draft.turn().outputs();
    }

    private Bytes call(Guest guest, Bytes input) throws TransientException, PoisonException, InterruptedException {
        long pointer = Integer.toUnsignedLong((int) guest.call(CamelWasm.ALLOCATE, input.length()));
        int _ = guest.memory().write(pointer, input.length(), input, 0);
        long result = guest.call(function, pointer, input.length());
        long at = result >>> Integer.SIZE;
        int length = (int) result & ~ERROR;
        if (((int) result & ERROR) != 0) {
            String why = guest.memory().loose(at, length, REASON_MAX);
            throw new PoisonException(alias, why.isEmpty() ? "rejected without a reason" : why, null);
        }
        if (length > EventJson.longest(surroundings.outputs())) {
            throw surroundings.outputs().exceeded();
        }
        Bytes output = guest.memory().read(at, length);
        guest.call(CamelWasm.DEALLOCATE, pointer, input.length());
        guest.call(CamelWasm.DEALLOCATE, at, length);
        return output;
    }

    private static ObjectNode wrapper(Draft draft) {
        ObjectNode wrapper = EventJson.object();
        EventJson.putHeaders(wrapper.putObject("headers"), draft.headers());
        return wrapper.put("body", draft.body().toArray());
    }

    /** What Camel uses as a processor answers as it is asked; what it uses as an expression answers the new body. */
    private static void replace(Draft draft, Bytes answer) throws PoisonException {
        Optional<JsonNode> wrapper = EventJson.object(answer, MEMBERS);
        if (wrapper.isEmpty()) {
            draft.body(answer);
            return;
        }
        EventJson.takeHeaders(draft, wrapper.get().path("headers"));
        draft.body(EventJson.binary(wrapper.get().path("body"), "body"));
    }

    @Override
    public void close() {
        slot.close();
    }
}
