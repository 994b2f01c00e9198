package io.wasmpipes.pipe;

import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds the sink of an output by its label. */
final class Router {
    private final Plan plan;

    Router(Plan plan) {
        this.plan = plan;
    }

    /** Null: back to the sender. */
    @Nullable
    Outlet outlet(Message output) throws PoisonException {
        String label = output.label();
        if (label == null) {
            return plan.sink();
        }
        Outlet outlet = plan.labelled().get(label);
        if (outlet == null) {
            throw new PoisonException("no sink has the label " + label + "; known: "
                    + new TreeSet<>(plan.labelled().keySet()));
        }
        return outlet;
    }

    /** Every sink but that of the dead letters. */
    List<Outlet> all() {
        List<Outlet> all = new ArrayList<>(plan.labelled().values());
        Outlet sink = plan.sink();
        if (sink != null) {
            all.addFirst(sink);
        }
        return all;
    }

    /** Whether one transient failure stops what was sent behind it, at every sink. */
    boolean sendsInOrder() {
        return all().stream().allMatch(outlet -> outlet.promises().contains(Promise.SENDS_IN_ORDER));
    }
}
