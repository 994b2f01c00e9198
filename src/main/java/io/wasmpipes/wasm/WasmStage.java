package io.wasmpipes.wasm;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Scope;
import io.wasmpipes.Stage;
import io.wasmpipes.TransientException;
import io.wasmpipes.wasm.abi.Session;
import java.util.List;

/** One lane's guest as a stage. */
final class WasmStage implements Stage {
    private final String name;
    private final Session session;

    WasmStage(String name, Session session) {
        this.name = name;
        this.session = session;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Message> apply(Message message, Scope scope)
            throws TransientException, PoisonException, InterruptedException {
        return session.apply(message, scope);
    }

    @Override
    public void close() {
        session.close();
    }

    /** Opens a session for each lane; the program is compiled once. */
    record Factory(String name, String digest, boolean writesCache, Opener opener) implements Stage.Factory {
        @Override
        public Stage open() throws ConfigException {
            return new WasmStage(name, opener.open());
        }
    }

    /** Makes a session. */
    @FunctionalInterface
    interface Opener {
        Session open() throws ConfigException;
    }
}
