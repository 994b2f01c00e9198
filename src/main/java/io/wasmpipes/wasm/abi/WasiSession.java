package io.wasmpipes.wasm.abi;

import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Scope;
import io.wasmpipes.TransientException;
import io.wasmpipes.wasm.engine.Guest;
import io.wasmpipes.wasm.engine.GuestLog;
import io.wasmpipes.wasm.engine.Program;
import io.wasmpipes.wasm.engine.Stdio;
import java.io.ByteArrayInputStream;
import java.util.List;
import org.slf4j.event.Level;

/** Runs a program of WASI once for every message. */
final class WasiSession implements Session {
    private static final int ACCEPT = 0;
    private static final int RETRY = 75;
    private static final int REASON_MAX = 1000;

    private final Program program;
    private final String function;
    private final Surroundings surroundings;
    private final GuestLog log;

    WasiSession(Program program, String function, Surroundings surroundings) {
        this.program = program;
        this.function = function;
        this.surroundings = surroundings;
        this.log = new GuestLog(program.alias(), System::nanoTime);
    }

    @Override
    public List<Message> apply(Message message, Scope scope)
            throws TransientException, PoisonException, InterruptedException {
        Turn turn = new Turn(message, scope, surroundings);
        Capture out = new Capture(surroundings.outputs().bytes(), true);
        Capture err = new Capture(REASON_MAX, false);
        int code = run(new Stdio(new ByteArrayInputStream(message.body().toArray()), out, err), out);
        String said = err.bytes().utf8().strip();
        return switch (code) {
            case ACCEPT -> accepted(turn, out, said);
            case RETRY ->
                throw TransientException.message(
                        program.alias() + ": " + (said.isEmpty() ? "asked for a retry" : said), null);
            default ->
                throw new PoisonException(program.alias(), said.isEmpty() ? "exited with code " + code : said, null);
        };
    }

    private List<Message> accepted(Turn turn, Capture out, String said) throws PoisonException {
        said.lines().forEach(line -> log.line(Level.WARN, line));
        turn.emit(out.bytes(), null);
        return turn.outputs();
    }

    private int run(Stdio stdio, Capture out) throws TransientException, PoisonException, InterruptedException {
        int code = 0;
        PoisonException end = null;
        try (Guest guest = program.open(List.of(), surroundings.guest(), stdio)) {
            guest.started();
            code = guest.run(function);
        } catch (PoisonException e) {
            end = e;
        }
        if (out.full()) {
            String limit = "WASM_OUTPUT_BYTES_MAX=" + surroundings.outputs().bytes();
            throw new PoisonException(program.alias(), "made more bytes of output than " + limit, null);
        }
        if (end != null) {
            throw end;
        }
        return code;
    }

    @Override
    public void close() {
        // there is no guest between two messages
    }
}
