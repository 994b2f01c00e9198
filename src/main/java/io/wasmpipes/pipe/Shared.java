package io.wasmpipes.pipe;

import io.wasmpipes.Stage;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/** What the lanes of one pipe share; {@code stages} are those to run, at first those of the plan. */
record Shared(
        Plan plan,
        PipeEvents events,
        Budget budget,
        Outages outages,
        Halt halt,
        Router router,
        Evidence evidence,
        DeadLetterGauge deadLetterGauge,
        AtomicReference<List<Stage.Factory>> stages,
        InstantSource clock) {
    /** Assembles the shared parts of {@code plan}. */
    static Shared of(Plan plan, PipeEvents events, InstantSource clock) {
        Outages outages = new Outages(events);
        return new Shared(
                plan,
                events,
                new Budget(plan.policy().limits()),
                outages,
                new Halt(),
                new Router(plan),
                new Evidence(),
                new DeadLetterGauge(plan.policy().deadLetterLimit(), outages),
                new AtomicReference<>(plan.stages()),
                clock);
    }

    /** When each sink last confirmed something: a sink that takes other messages is not away. Thread-safe. */
    static final class Evidence {
        private final Map<String, Long> confirmed = new ConcurrentHashMap<>();

        void confirmed(Outlet outlet) {
            confirmed.put(outlet.name(), System.nanoTime());
        }

        boolean confirmedSince(Outlet outlet, long nanos) {
            Long at = confirmed.get(outlet.name());
            return at != null && at - nanos > 0;
        }
    }
}
