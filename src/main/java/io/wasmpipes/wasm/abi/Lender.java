package io.wasmpipes.wasm.abi;

import io.wasmpipes.Bytes;
import io.wasmpipes.PoisonException;
import io.wasmpipes.wasm.engine.Guest;
import io.wasmpipes.wasm.engine.GuestMemory;
import org.jspecify.annotations.Nullable;

/** Gives bytes to a guest in memory that the guest's own allocator provides. One thread. */
final class Lender {
    private final String allocator;
    private @Nullable Guest guest;

    /** @param allocator the export that takes a length and answers a pointer */
    Lender(String allocator) {
        this.allocator = allocator;
    }

    /** From now on the bytes go to this guest, null for none. */
    void lendTo(@Nullable Guest next) {
        guest = next;
    }

    /** The pointer in the upper, the length in the lower half. */
    long lend(GuestMemory memory, Bytes bytes) throws PoisonException {
        Guest borrower = guest;
        if (borrower == null) {
            throw new PoisonException("used a message before it was given one");
        }
        long pointer = Integer.toUnsignedLong((int) borrower.callWithin(allocator, bytes.length()));
        int _ = memory.write(pointer, bytes.length(), bytes, 0);
        return pointer << Integer.SIZE | bytes.length();
    }
}
