package io.wasmpipes.app;

import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import io.wasmpipes.PipeException;
import io.wasmpipes.pipe.Outlet;
import io.wasmpipes.pipe.Trail;
import java.util.List;

/** Two trails of one message. The first one gives the headers and the name of the trace. */
record Both(Trail first, Trail second) implements Trail {
    static Trail of(Trail first, Trail second) {
        if (first.equals(NONE)) {
            return second;
        }
        return second.equals(NONE) ? first : new Both(first, second);
    }

    @Override
    public String trace() {
        return first.trace();
    }

    @Override
    public void hop(String hop, long startNanos) {
        first.hop(hop, startNanos);
        second.hop(hop, startNanos);
    }

    @Override
    public void ran(String module, Message input, List<Message> outputs, long startNanos) {
        first.ran(module, input, outputs, startNanos);
        second.ran(module, input, outputs, startNanos);
    }

    @Override
    public void failed(String module, Message input, PipeException why, long startNanos) {
        first.failed(module, input, why, startNanos);
        second.failed(module, input, why, startNanos);
    }

    @Override
    public Passage departs(Outlet outlet, Message output) {
        return new BothPassages(first.departs(outlet, output), second.departs(outlet, output));
    }

    @Override
    public void ended(Ending ending, String why) {
        first.ended(ending, why);
        second.ended(ending, why);
    }

    private record BothPassages(Passage first, Passage second) implements Passage {
        @Override
        public Headers headers() {
            return first.headers();
        }

        @Override
        public void arrived() {
            first.arrived();
            second.arrived();
        }

        @Override
        public void failed(PipeException why) {
            first.failed(why);
            second.failed(why);
        }

        @Override
        public void dropped() {
            first.dropped();
            second.dropped();
        }
    }
}
