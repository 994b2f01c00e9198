import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A broker of its own with a way in and a way out, and the two relays between them. */
interface Rig extends AutoCloseable {
    /** The load's own clients. */
    interface Port extends AutoCloseable {
        /** Hands the message to the client, which has room for it. */
        void publish(int number, byte[] payload) throws Exception;

        /** Tells of everything that comes out from now on, on a thread of its own. */
        void listen(Consumer<byte[]> listener) throws Exception;

        @Override
        void close() throws Exception;
    }

    /** How many messages are under way at most. */
    int window();

    /** Whether a message waits for a relay that is not there yet. */
    boolean keeps();

    /** Clients of the load. {@code direct}: what goes in comes out by itself, with no relay. */
    Port open(boolean direct) throws Exception;

    /** The raw loop: its main class and arguments. */
    List<String> raw();

    /** The variables of wasm-pipes. */
    Map<String, String> pipe();

    /** What the raw loop's clients are set to, as they tell themselves; empty if it is in the code for all to see. */
    default List<String> rawOptions() throws Exception {
        return List.of();
    }

    /** What the pipe's clients are set to, as they tell themselves. */
    default List<String> pipeOptions() throws Exception {
        return List.of();
    }

    @Override
    void close() throws Exception;
}
