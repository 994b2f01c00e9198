package io.wasmpipes.cli;

import io.wasmpipes.Limits;
import io.wasmpipes.Promise;
import io.wasmpipes.Units;
import io.wasmpipes.config.Settings;
import java.util.ArrayList;
import java.util.List;

/** The limits that will bite. */
final class Bounds {
    private Bounds() {}

    static List<String> of(Settings settings, Explanation.End source, List<Explanation.End> sinks) {
        Limits limits = settings.flow().limits();
        List<String> lines = new ArrayList<>();
        lines.add("in hand at most " + limits.maxInFlight() + " messages or " + Units.text(limits.maxInFlightBytes())
                + "; a body above " + Units.text(limits.maxMessageBytes()) + " is poison");
        if (source.promises(Promise.LEASED)) {
            lines.add("a message is kept alive at its source for " + Units.text(limits.leaseMax())
                    + ", then it comes again");
        }
        source.facts().limits().forEach(limit -> lines.add("source: " + limit));
        for (Explanation.End sink : sinks) {
            sink.facts().limits().forEach(limit -> lines.add(sink.name() + ": " + limit));
        }
        lines.add("on SIGTERM it drains for at most "
                + Units.text(settings.service().shutdown().timeout()) + ", then hands back");
        return lines;
    }
}
