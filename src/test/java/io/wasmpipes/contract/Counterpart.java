package io.wasmpipes.contract;

import io.wasmpipes.Adapter;
import io.wasmpipes.Message;
import io.wasmpipes.Variables;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A system with the adapter under test on one side and the system's own client on the other: never our adapter against
 * itself. Made afresh for every clause, on a subject, topic or file of its own.
 */
public interface Counterpart extends AutoCloseable {
    Adapter adapter();

    /** The URI of the end under test, on this counterpart's own subject, topic or file. */
    String uri();

    /** The driver's variables. */
    default Variables variables() {
        return Variables.NONE;
    }

    /** URI and variables of an end whose system is not there; empty with {@link #noFaults} where it always is. */
    default Optional<Absent> absent() {
        return Optional.empty();
    }

    /** The faults that the system can be put to, between the adapter and the system. */
    default Optional<Faults> faults() {
        return Optional.empty();
    }

    /** Why {@link #absent} and {@link #faults} are empty. */
    default String noFaults() {
        return "the system is part of the process";
    }

    /** The largest body the system takes, 0 for any. */
    default long largest() {
        return 0;
    }

    /** Whether bodies may hold any bytes, or why not. */
    default Optional<String> onlyText() {
        return Optional.empty();
    }

    /** Names of the usual test headers whose values this system has no way to carry. */
    default Set<String> cannotCarry() {
        return Set.of();
    }

    /** Why no option is unknown, empty if there are unknown ones. */
    default Optional<String> takesAnyOption() {
        return Optional.empty();
    }

    /** A secret among the variables or in the URI, empty if the system knows none. */
    default String secret() {
        return "";
    }

    @Override
    void close();

    /** An end whose system is not there. */
    record Absent(String uri, Variables variables) {}

    /** Puts the system to faults. The counterpart's own client may have to reconnect after a restart. */
    interface Faults {
        /** Cuts connections; new ones work. */
        void cut();

        /** Carries nothing any more, with connections open. */
        void stall();

        /** Whether connecting fails during a stall; not where connecting is no more than that. */
        default boolean stallShowsAtConnect() {
            return true;
        }

        /** Ends a stall. */
        void heal();

        /** kill -9 and start again. */
        void restart() throws Exception;
    }

    /** The other side of a source. */
    interface ForSource extends Counterpart {
        /** Sends {@code messages} to the source in order, and returns when the system has them. */
        void put(List<Message> messages) throws Exception;

        /** Why {@link #put} is impossible, empty if it is not. */
        default Optional<String> feedsItself() {
            return Optional.empty();
        }

        /** How often a message is rejected until it does not come back: more than once where a redrive policy counts. */
        default int rejections() {
            return 1;
        }

        /** The lease of {@link #uri}'s deliveries; short. */
        default Duration lease() {
            return Duration.ofSeconds(1);
        }
    }

    /** The other side of a sink. */
    interface ForSink extends Counterpart {
        /** What has arrived since the start, as the system's own client sees it; waits until there are {@code count}. */
        List<Message> arrived(int count) throws Exception;

        /** How this key looks in the system. */
        default String shown(String key) {
            return key;
        }

        /** Why {@link #arrived} is impossible, empty if it is not. */
        default Optional<String> invisible() {
            return Optional.empty();
        }
    }

    /** Variables of nothing but these, read anew at every call, as those of the environment are. */
    static Variables variables(Map<String, String> values) {
        return new Variables() {
            @Override
            public Optional<String> get(String name) {
                return Optional.ofNullable(values.get(name));
            }

            @Override
            public String nameOf(String name) {
                return name;
            }

            @Override
            public Map<String, String> under(String prefix) {
                Map<String, String> found = new TreeMap<>();
                values.forEach((name, value) -> {
                    if (name.startsWith(prefix)) {
                        found.put(name.substring(prefix.length()), value);
                    }
                });
                return found;
            }
        };
    }
}
