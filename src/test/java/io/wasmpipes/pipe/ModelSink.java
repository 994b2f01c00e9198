package io.wasmpipes.pipe;

import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Sink;
import io.wasmpipes.TransientException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;

/**
 * A sink in memory that fails at random, before and after it has taken a message. In order, it keeps the promise of {@link
 * io.wasmpipes.Promise#SENDS_IN_ORDER}; else it takes the messages of a call in any order, when they are awaited.
 */
final class ModelSink implements Sink {
    /** What makes a body poison for every sink of the model. */
    static final int POISON_BYTES = 13;

    private static final String BAD_LUCK = "13 bytes are bad luck";

    private final World world;
    private final boolean inOrder;
    private final Random random;
    private final List<String> arrived = new CopyOnWriteArrayList<>();
    private final ConcurrentMap<String, Boolean> known = new ConcurrentHashMap<>();
    private final ConcurrentMap<Thread, Integer> broken = new ConcurrentHashMap<>();
    private volatile BooleanSupplier away = () -> false;

    ModelSink(World world, long seed, boolean inOrder) {
        this.world = world;
        this.inOrder = inOrder;
        this.random = new Random(seed);
    }

    void awayWhile(BooleanSupplier condition) {
        away = condition;
    }

    List<String> arrived() {
        return arrived;
    }

    /** As the dead-letter sink: whether it has a letter of the input {@code id}, or of one of its outputs. */
    boolean buried(String id) {
        return known.containsKey("dead/" + id);
    }

    /** As the dead-letter sink: whether it has the input {@code id} itself. */
    boolean buriedInput(String id) {
        return known.containsKey("dead input/" + id);
    }

    boolean has(String name) {
        return known.containsKey(name);
    }

    @Override
    public void connect() {}

    @Override
    public Pending send(List<Message> messages) {
        messages.forEach(message -> world.checkLive(message));
        if (!inOrder) {
            return () -> takeInAnyOrder(messages);
        }
        Thread caller = Thread.currentThread();
        int[] mine = {0};
        List<Outcome> outcomes = new ArrayList<>();
        for (Message message : messages) {
            boolean behind = broken.getOrDefault(caller, 0) > 0;
            Outcome outcome = behind ? failed("behind a failed one") : take(message);
            if (outcome instanceof Outcome.Failed(TransientException why) && !behind) {
                broken.merge(caller, 1, Integer::sum);
                mine[0]++;
            }
            outcomes.add(outcome);
        }
        return () -> {
            Thread.sleep(random.nextInt(2));
            broken.merge(caller, -mine[0], Integer::sum);
            return outcomes;
        };
    }

    private List<Outcome> takeInAnyOrder(List<Message> messages) throws InterruptedException {
        Thread.sleep(random.nextInt(2));
        List<Integer> order = new ArrayList<>();
        Outcome[] outcomes = new Outcome[messages.size()];
        for (int i = 0; i < outcomes.length; i++) {
            order.add(i);
        }
        Collections.shuffle(order, random);
        order.forEach(i -> outcomes[i] = take(messages.get(i)));
        return List.of(outcomes);
    }

    private Outcome take(Message message) {
        if (away.getAsBoolean()) {
            return failed("away");
        }
        if (message.body().length() == POISON_BYTES
                && message.headers().first(DeadLetter.HEADER).isEmpty()) {
            return new Outcome.Failed(new PoisonException(BAD_LUCK));
        }
        int dice = random.nextInt(100);
        int faults = world.settings().faultPercent();
        if (dice < faults) {
            return failed("before");
        }
        String name = World.nameOf(message);
        arrived.add(name);
        known.put(name, true);
        message.headers().first(DeadLetter.HEADER).ifPresent(this::letter);
        if (dice < 2 * faults) {
            return failed("after");
        }
        return dice < 3 * faults ? failedAlone() : Outcome.Confirmed.YES;
    }

    private void letter(String json) {
        String id = json.replaceAll(".*\"id\":\"([^\"]*)\".*", "$1");
        known.put("dead/" + id, true);
        if (!json.contains(BAD_LUCK)) {
            known.put("dead input/" + id, true);
        }
    }

    private static Outcome failed(String when) {
        return new Outcome.Failed(TransientException.outage("model fault: " + when));
    }

    private static Outcome failedAlone() {
        return new Outcome.Failed(TransientException.message("model fault: not this one, not now"));
    }

    @Override
    public void close() {}
}
