package io.wasmpipes.wasm.abi;

import io.wasmpipes.Bytes;
import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import io.wasmpipes.wasm.engine.HostFunction;
import java.util.List;

/** How a message goes into a plug-in and comes out, and what the plug-in is offered beyond an Extism host. */
interface ExtismDialect {
    /** Extism's own: the body goes in, and what comes out is the body. */
    ExtismDialect PLAIN = new ExtismDialect() {
        @Override
        public List<HostFunction> functions(ExtismHost host, Surroundings surroundings) {
            return List.of();
        }

        @Override
        public Bytes input(Message message) {
            return message.body();
        }

        @Override
        public void take(Turn turn, Bytes output) throws PoisonException {
            turn.emit(output, null);
        }
    };

    List<HostFunction> functions(ExtismHost host, Surroundings surroundings);

    Bytes input(Message message);

    /** Makes of the plug-in's output what becomes of the message. */
    void take(Turn turn, Bytes output) throws PoisonException;
}
