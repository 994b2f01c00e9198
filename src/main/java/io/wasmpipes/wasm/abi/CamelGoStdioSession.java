package io.wasmpipes.wasm.abi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wasmpipes.Bytes;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Header;
import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Scope;
import io.wasmpipes.TransientException;
import io.wasmpipes.wasm.engine.Guest;
import io.wasmpipes.wasm.engine.GuestLog;
import io.wasmpipes.wasm.engine.Program;
import java.time.Instant;
import java.util.List;

/** A lane's conversation with a function of camel-go as it began. The guest keeps its memory until a call fails. */
final class CamelGoStdioSession implements Session {
    private static final int REASON_MAX = 1 << 10;
    private static final int ERROR = 1;

    private final String alias;
    private final String function;
    private final Surroundings surroundings;
    private final Conversation talk;
    private final GuestSlot slot;

    CamelGoStdioSession(Program program, String function, Surroundings surroundings) {
        this.alias = program.alias();
        this.function = function;
        this.surroundings = surroundings;
        GuestLog log = new GuestLog(alias, System::nanoTime);
        this.talk = new Conversation(log);
        this.slot = new GuestSlot(
                program, List.of(), surroundings.guest(), talk.stdio(), guest -> GuestSlot.runMain(program, guest));
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
            replace(draft, EventJson.read(call(guest, EventJson.write(event(draft)))));
        } catch (PoisonException e) {
            throw e.stage().isEmpty() ? new PoisonException(alias, String.valueOf(e.getMessage()), e.getCause()) : e;
        }
        draft.emit();
        return draft.turn().outputs();
    }

    private Bytes call(Guest guest, Bytes input) throws TransientException, PoisonException, InterruptedException {
        Capture out = talk.begin(input, EventJson.longest(surroundings.outputs()));
        long result;
        try {
            result = guest.call(function, input.length());
        } catch (PoisonException e) {
            throw out.full() ? surroundings.outputs().exceeded() : e;
        } finally {
            talk.end();
        }
        Bytes said = out.bytes();
        int length = (int) Math.min(Integer.toUnsignedLong((int) result), said.length());
        if (result >>> Integer.SIZE == ERROR) {
            String why = said.slice(0, Math.min(length, REASON_MAX)).utf8();
            throw new PoisonException(alias, why.isEmpty() ? "rejected without a reason" : why, null);
        }
        if (length == 0) {
            throw new PoisonException(alias, function + " made no message", null);
        }
        return said.slice(0, length);
    }

    private static ObjectNode event(Draft draft) {
        ObjectNode event = EventJson.object();
        event.put("id", draft.turn().input().id().value());
        Instant time = draft.turn().input().time();
        if (time != null) {
            event.putObject("time").put("seconds", time.getEpochSecond()).put("nanos", time.getNano());
        }
        CamelGoSession.TEXTS.forEach((name, header) -> {
            if (draft.has(header)) {
                event.put(name, draft.header(header).utf8());
            }
        });
        EventJson.putHeaders(event.putObject("annotations"), annotations(draft.headers()));
        return event.put("data", draft.body().toArray());
    }

    private static List<Header> annotations(List<Header> headers) {
        return headers.stream()
                .filter(header ->
                        CamelGoSession.TEXTS.values().stream().noneMatch(text -> text.equalsIgnoreCase(header.name())))
                .toList();
    }

    /** What an event lacks stays as it was: empty members are left out, and some of the SDKs know no annotations. */
    private static void replace(Draft draft, JsonNode event) throws PoisonException {
        ObjectNode headers = EventJson.object();
        EventJson.putHeaders(headers, draft.headers());
        if (event.hasNonNull("annotations")) {
            annotations(draft.headers()).forEach(header -> headers.remove(header.name()));
            event.get("annotations").properties().forEach(each -> headers.set(each.getKey(), each.getValue()));
        }
        CamelGoSession.TEXTS.forEach((name, header) -> {
            if (event.hasNonNull(name)) {
                headers.set(header, event.get(name));
            }
        });
        EventJson.takeHeaders(draft, headers);
        draft.body(EventJson.binary(event.path("data"), "data"));
    }

    @Override
    public void close() {
        slot.close();
    }
}
