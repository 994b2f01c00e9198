package io.wasmpipes.wasm.abi;

import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Scope;
import io.wasmpipes.TransientException;
import java.util.List;

/** One lane's conversation with a module. One thread at a time. */
public interface Session extends AutoCloseable {
    /** As {@link io.wasmpipes.Stage#apply}. */
    List<Message> apply(Message message, Scope scope) throws TransientException, PoisonException, InterruptedException;

    @Override
    void close();
}
