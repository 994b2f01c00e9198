package io.wasmpipes.cli;

import io.wasmpipes.Promise;
import io.wasmpipes.config.Settings;
import java.util.ArrayList;
import java.util.List;

/** Which guarantee holds between a source and a sink, and by what. */
record Guarantee(Explanation.End source, Explanation.End sink, Settings settings) {
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(kept() + beyond());
        if (source.promises(Promise.REDELIVERS) || source.promises(Promise.REPLIES)) {
            lines.add("the source " + source.facts().done() + " once the sink has confirmed");
        }
        if (!sink.isReply()) {
            lines.add("confirmed means: " + sink.facts().done());
            lines.add(duplicates());
        }
        return lines;
    }

    private String kept() {
        if (source.promises(Promise.EXACTLY_ONCE)) {
            return "exactly once, for readers that read only what is committed (isolation.level=read_committed)";
        }
        if (source.promises(Promise.REDELIVERS)) {
            return "at least once: what is not settled comes again";
        }
        if (source.promises(Promise.REPLIES)) {
            return "at least once, if the sender repeats what was not answered with success";
        }
        int most = settings.flow().limits().maxInFlight();
        return "at most once when the process is killed: the source takes nothing back, and up to " + most
                + " messages are in hand; other failures lose nothing";
    }

    /** Where the guarantee ends. */
    private String beyond() {
        if (sink.isReply() || sink.promises(Promise.DURABLE)) {
            return "";
        }
        return ". It ends at the sink, whose confirmation does not promise to outlive its own crash";
    }

    private String duplicates() {
        if (source.promises(Promise.EXACTLY_ONCE)) {
            return "duplicates: none among what is committed";
        }
        boolean stable = source.promises(Promise.STABLE_IDS);
        if (stable && sink.promises(Promise.DEDUPLICATES)) {
            return "duplicates: the sink drops what is sent twice, while it remembers the id";
        }
        String why = stable ? "the sink does not look at ids" : "the source has no stable ids";
        return "duplicates: possible after a crash or a lost answer, as " + why;
    }
}
