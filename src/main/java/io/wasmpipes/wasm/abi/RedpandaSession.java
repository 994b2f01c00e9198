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
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A lane's conversation with a function of Redpanda Connect, which keeps its memory until a call fails. */
final class RedpandaSession implements Session {
    private static final String MODULE = RedpandaConnect.MODULE;
    private static final String ALLOCATE = "allocate";
    private static final String MALLOC = "malloc";
    private static final String FREE = "free";
    private static final String DEALLOCATE = "deallocate";
    private static final int NAME_MAX = 1 << 10;
    private static final int LOANS_MAX = 10_000;

    private final Surroundings surroundings;
    private final String function;
    private final Loans loans;
    private final GuestSlot slot;
    private @Nullable Draft draft;

    RedpandaSession(Program program, String function, Surroundings surroundings) {
        this.surroundings = surroundings;
        this.function = function;
        this.loans = new Loans(program);
        GuestLog log = new GuestLog(program.alias(), System::nanoTime);
        List<HostFunction> functions = functions(() -> draft, loans);
        this.slot = new GuestSlot(
                program, functions, surroundings.guest(), log, guest -> GuestSlot.runMain(program, guest));
    }

    void open() throws ConfigException {
        slot.open();
    }

    /** Guests in Rust have {@code allocate}, those in Go {@code malloc}. */
    static String allocator(Program program) {
        return program.signature(ALLOCATE).isPresent() ? ALLOCATE : MALLOC;
    }

    @Override
    public List<Message> apply(Message message, Scope scope)
            throws TransientException, PoisonException, InterruptedException {
        Guest guest = slot.sound(scope);
        Draft work = new Draft(new Turn(message, scope, surroundings));
        draft = work;
        loans.begin(guest);
        try {
            guest.call(function);
            loans.free(guest);
            work.emit();
            return work.turn().outputs();
        } finally {
            draft = null;
            loans.end();
        }
    }

    @Override
    public void close() {
        slot.close();
    }

    /** What was lent to the guest and what it passed, and who frees it: of Go's the host frees the former, of Rust's the latter. */
    static final class Loans {
        private final Lender lender;
        private final boolean frees;
        private final boolean deallocates;
        private final List<Long> lent = new ArrayList<>();
        private @Nullable Guest guest;

        Loans(Program program) {
            this.lender = new Lender(allocator(program));
            this.frees = program.signature(FREE).isPresent();
            this.deallocates = program.signature(DEALLOCATE).isPresent();
        }

        void begin(Guest next) {
            guest = next;
            lender.lendTo(next);
        }

        void end() {
            guest = null;
            lender.lendTo(null);
            lent.clear();
        }

        long lend(GuestMemory memory, Bytes bytes) throws PoisonException {
            if (lent.size() >= LOANS_MAX) {
                throw new PoisonException("asked for more than " + LOANS_MAX + " answers for one message");
            }
            long packed = lender.lend(memory, bytes);
            lent.add(packed >>> Integer.SIZE);
            return packed;
        }

        void free(Guest lender) throws TransientException, PoisonException, InterruptedException {
            if (frees) {
                lender.callEach(FREE, lent);
            }
        }

        Bytes take(GuestMemory memory, long pointer, long length) throws PoisonException {
            Bytes taken = memory.read(pointer, length);
            Guest giver = guest;
            if (deallocates && giver != null) {
                giver.callWithin(DEALLOCATE, pointer, length);
            }
            return taken;
        }
    }

    /** All imports of the ABI, bound to the draft of the message in hand. */
    static List<HostFunction> functions(Supplier<@Nullable Draft> drafts, Loans loans) {
        return List.of(
                HostFunction.of(
                        MODULE,
                        "v0_msg_as_bytes",
                        "-> i64",
                        (memory, a) -> loans.lend(memory, Draft.inHand(drafts).body())),
                HostFunction.of(MODULE, "v0_msg_set_bytes", "i32 i32 ->", (memory, a) -> {
                    Draft.inHand(drafts).body(loans.take(memory, a[0], a[1]));
                    return 0;
                }),
                HostFunction.of(
                        MODULE,
                        "v0_msg_get_meta",
                        "i32 i32 -> i64",
                        (memory, a) -> loans.lend(memory, Draft.inHand(drafts).header(name(memory, a, loans)))),
                HostFunction.of(MODULE, "v0_msg_set_meta", "i32 i32 i32 i32 ->", (memory, a) -> {
                    Draft.inHand(drafts).set(name(memory, a, loans), loans.take(memory, a[2], a[3]));
                    return 0;
                }));
    }

    private static String name(GuestMemory memory, long[] a, Loans loans) throws PoisonException {
        String name = memory.text(a[0], a[1], NAME_MAX, "metadata key");
        Bytes _ = loans.take(memory, a[0], a[1]);
        return name;
    }
}
