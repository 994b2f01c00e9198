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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A lane's conversation with a function of camel-go. The attributes of its events, and what it calls attributes, are
 * headers here. The guest keeps its memory from message to message until a call fails.
 */
final class CamelGoSession implements Session {
    /** What is known of a message besides its id, time and content, and the header it stands in. */
    static final Map<String, String> TEXTS = Map.of(
            "type", "ce-type",
            "source", "ce-source",
            "subject", "ce-subject",
            "content_schema", "ce-dataschema",
            "content_type", "content-type");

    static final List<String> FUNCTIONS = functions(() -> null, new Lender("")).stream()
            .map(HostFunction::name)
            .toList();

    private static final int NAME_MAX = 1 << 10;
    private static final int FLAG_SHIFT = 28;
    private static final int LENGTH_MASK = (1 << FLAG_SHIFT) - 1;
    private static final int YES = 1;
    private static final int NO = 2;
    private static final int ERROR = 0xF;

    private final String alias;
    private final String function;
    private final Surroundings surroundings;
    private final Lender lender = new Lender(CamelGo.ALLOCATE);
    private final GuestSlot slot;
    private @Nullable Draft draft;

    CamelGoSession(Program program, String function, Surroundings surroundings) {
        this.alias = program.alias();
        this.function = function;
        this.surroundings = surroundings;
        GuestLog log = new GuestLog(alias, System::nanoTime);
        List<HostFunction> functions = functions(() -> draft, lender);
        this.slot = new GuestSlot(
                program, functions, surroundings.guest(), log, guest -> GuestSlot.runMain(program, guest));
    }

    void open() throws ConfigException {
        slot.open();
    }

    @Override
    public List<Message> apply(Message message, Scope scope)
            throws TransientException, PoisonException, InterruptedException {
        Guest guest = slot.sound(scope);
        Draft work = new Draft(new Turn(message, scope, surroundings));
        draft = work;
        lender.lendTo(guest);
        try {
            return outputs(work, guest.call(function), guest.memory());
        } finally {
            draft = null;
            lender.lendTo(null);
        }
    }

    private List<Message> outputs(Draft work, long result, GuestMemory memory) throws PoisonException {
        int flag = (int) result >>> FLAG_SHIFT;
        switch (flag) {
            case 0, YES -> work.emit();
            case NO -> work.turn().drop();
            case ERROR -> {
                String why = memory.loose(result >>> Integer.SIZE, result & LENGTH_MASK, NAME_MAX);
                throw new PoisonException(alias, why.isEmpty() ? "rejected without a reason" : why, null);
            }
            default -> throw new PoisonException(alias, function + " answered with the unknown flag " + flag, null);
        }
        return work.turn().outputs();
    }

    @Override
    public void close() {
        slot.close();
    }

    /** All imports of the ABI, bound to the draft of the message in hand. */
    static List<HostFunction> functions(Supplier<@Nullable Draft> drafts, Lender lender) {
        Getter id = draft -> Bytes.utf8(draft.turn().input().id().value());
        Getter time = draft -> Bytes.utf8(time(draft.turn().input().time()));
        List<HostFunction> all = new ArrayList<>();
        all.add(get("id", drafts, lender, id));
        all.add(get("time", drafts, lender, time));
        all.add(get("content", drafts, lender, Draft::body));
        all.add(HostFunction.of(CamelGo.MODULE, "message_set_content", "i32 i32 ->", (memory, a) -> {
            Draft.inHand(drafts).body(memory.read(a[0], a[1]));
            return 0;
        }));
        TEXTS.forEach((name, header) -> {
            all.add(get(name, drafts, lender, draft -> draft.header(header)));
            all.add(HostFunction.of(CamelGo.MODULE, "message_set_" + name, "i32 i32 ->", (memory, a) -> {
                Draft.inHand(drafts).set(header, memory.read(a[0], a[1]));
                return 0;
            }));
        });
        for (String kind : List.of("header", "attribute")) {
            all.addAll(named(kind, drafts, lender));
        }
        return all;
    }

    /** What a getter lends the guest. */
    private interface Getter {
        Bytes get(Draft draft);
    }

    private static HostFunction get(String name, Supplier<@Nullable Draft> drafts, Lender lender, Getter getter) {
        return HostFunction.of(
                CamelGo.MODULE,
                "message_get_" + name,
                "-> i64",
                (memory, a) -> lender.lend(memory, getter.get(Draft.inHand(drafts))));
    }

    private static List<HostFunction> named(String kind, Supplier<@Nullable Draft> drafts, Lender lender) {
        return List.of(
                HostFunction.of(
                        CamelGo.MODULE,
                        "message_get_" + kind,
                        "i32 i32 -> i64",
                        (memory, a) -> lender.lend(memory, Draft.inHand(drafts).header(name(memory, a)))),
                HostFunction.of(CamelGo.MODULE, "message_set_" + kind, "i32 i32 i32 i32 ->", (memory, a) -> {
                    Draft.inHand(drafts).set(name(memory, a), memory.read(a[2], a[3]));
                    return 0;
                }),
                HostFunction.of(CamelGo.MODULE, "message_remove_" + kind, "i32 i32 ->", (memory, a) -> {
                    Draft.inHand(drafts).remove(name(memory, a));
                    return 0;
                }));
    }

    private static String name(GuestMemory memory, long[] a) throws PoisonException {
        return memory.text(a[0], a[1], NAME_MAX, "header name");
    }

    private static String time(@Nullable Instant time) {
        return time == null ? "" : time.toString();
    }
}
