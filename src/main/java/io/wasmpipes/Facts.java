package io.wasmpipes;

import java.util.List;
import java.util.OptionalInt;

/**
 * How an end behaves, in phrases for people: {@code wasm-pipes explain} and the documentation show them. The pipe goes by
 * {@link Promise}, never by these.
 *
 * @param done of a source: what it does with a message that is through; of a sink: what has happened when it is confirmed
 * @param retry of a source: what handing a message back does; empty for a sink
 * @param reject of a source: what becomes of a message that can never pass, where no dead-letter sink takes it
 * @param limits what the system, or this endpoint, will not take
 * @param deliveries after as many deliveries the system itself gives a message up; empty where it never does
 */
public record Facts(String done, String retry, String reject, List<String> limits, OptionalInt deliveries) {
    /** What becomes of poison where the source has no place for it. */
    public static final String NO_PLACE = "has no place for it: on_reject decides";

    public Facts {
        limits = List.copyOf(limits);
    }

    /** Of a source. */
    public static Facts source(String done, String retry, String reject) {
        return new Facts(done, retry, reject, List.of(), OptionalInt.empty());
    }

    /** Of a sink. */
    public static Facts sink(String confirmed) {
        return new Facts(confirmed, "", "", List.of(), OptionalInt.empty());
    }

    public Facts withLimits(String... more) {
        return new Facts(done, retry, reject, List.of(more), deliveries);
    }

    public Facts withDeliveries(OptionalInt most) {
        return new Facts(done, retry, reject, limits, most);
    }
}
