package io.wasmpipes.pipe;

import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.Sink;
import io.wasmpipes.TransientException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Outputs of some items on their way to their sinks. Owned by a lane. */
final class Flight {
    private record Leg(Outlet outlet, List<Parcel> parcels, Sink.Pending pending, long startNanos) {}

    private final List<Item> items;
    private final List<Leg> legs;
    private final Shared shared;

    private Flight(List<Item> items, List<Leg> legs, Shared shared) {
        this.items = items;
        this.legs = legs;
        this.shared = shared;
    }

    /** Sends everything the items still have to send, in order for each sink. */
    static Flight depart(List<Item> items, Shared shared) throws InterruptedException {
        Map<String, List<Parcel>> loads = new LinkedHashMap<>();
        for (Item item : items) {
            for (Parcel parcel : item.parcels()) {
                if (!parcel.delivered()) {
                    loads.computeIfAbsent(parcel.outlet.name(), name -> new ArrayList<>())
                            .add(parcel);
                }
            }
        }
        return depart(items, loads, shared);
    }

    /** Sends the first unsent output of each item. */
    private static Flight departFirst(List<Item> items, Shared shared) throws InterruptedException {
        Map<String, List<Parcel>> loads = new LinkedHashMap<>();
        for (Item item : items) {
            Parcel first = item.unsent().getFirst();
            loads.computeIfAbsent(first.outlet.name(), name -> new ArrayList<>())
                    .add(first);
        }
        return depart(items, loads, shared);
    }

    private static Flight depart(List<Item> items, Map<String, List<Parcel>> loads, Shared shared)
            throws InterruptedException {
        List<Leg> legs = new ArrayList<>(loads.size());
        for (List<Parcel> load : loads.values()) {
            Outlet outlet = load.getFirst().outlet;
            List<Message> messages = new ArrayList<>(load.size());
            load.forEach(parcel -> messages.add(parcel.message));
            long start = System.nanoTime();
            legs.add(new Leg(outlet, load, outlet.sink().send(messages), start));
        }
        return new Flight(items, legs, shared);
    }

    /** Sends the items' outputs one after the other, each after the one before was confirmed; items side by side. */
    static void departStrictly(List<Item> items, Shared shared) throws InterruptedException {
        List<Item> going = items.stream().filter(item -> !item.arrived()).toList();
        while (!going.isEmpty()) {
            List<Parcel> firsts =
                    going.stream().map(item -> item.unsent().getFirst()).toList();
            departFirst(going, shared).land();
            List<Item> rest = new ArrayList<>();
            for (int i = 0; i < firsts.size(); i++) {
                if (firsts.get(i).delivered() && !going.get(i).arrived()) {
                    rest.add(going.get(i));
                }
            }
            going = rest;
        }
    }

    List<Item> items() {
        return items;
    }

    /** Waits until every output has its outcome. */
    void land() throws InterruptedException {
        for (Leg leg : legs) {
            List<Outcome> outcomes = leg.pending().await();
            shared.events().hop("send", System.nanoTime() - leg.startNanos());
            int confirmed = 0;
            boolean answered = false;
            for (int i = 0; i < leg.parcels().size(); i++) {
                switch (outcomes.get(i)) {
                    case Outcome.Confirmed() -> {
                        leg.parcels().get(i).deliver();
                        confirmed++;
                    }
                    case Outcome.Failed(var why) -> {
                        leg.parcels().get(i).fail(why);
                        answered |=
                                !(why instanceof TransientException t && t.scope() == TransientException.Scope.OUTAGE);
                    }
                }
            }
            if (confirmed > 0 || answered) {
                shared.outages().over(leg.outlet().name());
            }
            if (confirmed > 0) {
                shared.evidence().confirmed(leg.outlet());
                shared.events().emitted(leg.outlet().name(), confirmed);
            }
        }
    }
}
