package io.wasmpipes.adapter.mqtt;

import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** One client of the library, used for one connection: what MQTT 5 and 3.1.1 do differently. Any thread. */
interface Protocol {
    /** A filter to which nobody subscribes. */
    String NOBODY = "wasm-pipes/flush/nobody";

    /** A message that has come, how to acknowledge it, and whether the server keeps it until then. */
    record Arrived(Message message, Runnable acknowledge, boolean kept) {}

    /** Where messages go that come; to be called before {@link #connect}. */
    void onArrival(Consumer<Arrived> receiver);

    /** Connects; answers the largest packet that the server takes, 0 if it does not say. */
    CompletableFuture<Integer> connect();

    CompletableFuture<?> subscribe();

    /** Publishes; done when the server has acknowledged as the quality of service says. */
    CompletableFuture<?> publish(Message message) throws PoisonException;

    /** How large a packet of {@code message} is but for its body; 0 if it does not matter. */
    long overhead(Message message);

    /** A question that changes nothing: its answer comes when the server has dealt with all acknowledgements before it. */
    CompletableFuture<?> flush();

    /** Disconnects without waiting. */
    CompletableFuture<?> disconnect();
}
