package io.wasmpipes.pipe;

import io.wasmpipes.Bytes;
import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Headers;
import io.wasmpipes.Id;
import io.wasmpipes.Message;
import io.wasmpipes.Settled;
import io.wasmpipes.Settlement;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;

/**
 * A broker in memory with ordered keys: redelivers what is handed back or lapses, in order; fails at random before and
 * after it has done what it was asked for. Notes every breach of the source's contract by the pipe.
 */
final class ModelSource implements Source {
    private final World world;
    private final Random random;
    private final Map<String, NavigableSet<Note>> waiting = new HashMap<>();
    private final Map<String, NavigableSet<Note>> handed = new HashMap<>();
    private final Map<Note, Handed> current = new HashMap<>();
    private final List<String> keys = new ArrayList<>();
    private int undone;
    private long outstandingBytes;
    private int outstanding;
    private long lapsedNanos;
    private int heldByPipe;

    /** One message of the model. */
    private static final class Note {
        final Message message;
        final int sequence;
        private int attempts;
        private boolean done;
        private long notBefore;

        Note(Message message, int sequence) {
            this.message = message;
            this.sequence = sequence;
        }
    }

    /** One delivery of it. */
    private final class Handed implements Delivery {
        final Note note;
        final int attempt;
        private boolean live = true;
        private boolean released;

        Handed(Note note) {
            this.note = note;
            this.attempt = note.attempts;
        }

        @Override
        public Message message() {
            return note.message;
        }

        @Override
        public int attempt() {
            return attempt;
        }

        @Override
        public boolean live() {
            synchronized (ModelSource.this) {
                return live && note.attempts == attempt && !note.done;
            }
        }

        @Override
        public void release() {
            synchronized (ModelSource.this) {
                if (released || live()) {
                    world.breach("let go " + (released ? "twice: " : "while it is ours: ") + note.message.id());
                }
                released = true;
                heldByPipe--;
            }
        }
    }

    ModelSource(World world, long seed) {
        this.world = world;
        this.random = new Random(seed);
    }

    synchronized void add(String key, int sequence, int bytes) {
        Message message =
                new Message(new Id(key + "-" + sequence), Bytes.wrap(new byte[bytes]), Headers.EMPTY, key, null, null);
        waiting.computeIfAbsent(key, this::newKey).add(new Note(message, sequence));
        undone++;
    }

    private NavigableSet<Note> newKey(String key) {
        keys.add(key);
        handed.put(key, new TreeSet<>(Comparator.comparingInt(n -> n.sequence)));
        return new TreeSet<>(Comparator.comparingInt(n -> n.sequence));
    }

    @Override
    public void connect() throws TransientException {
        fault("connect");
    }

    private void fault(String where) throws TransientException {
        if (random.nextInt(100) < world.settings().faultPercent()) {
            throw TransientException.outage("model fault: " + where);
        }
    }

    @Override
    public List<Delivery> receive(Demand demand) throws TransientException, InterruptedException {
        List<Delivery> out = take(demand);
        if (out.isEmpty()) {
            Thread.sleep(2);
        }
        return out;
    }

    private synchronized List<Delivery> take(Demand demand) throws TransientException {
        fault("receive");
        lapseSome();
        List<Delivery> out = new ArrayList<>();
        long bytes = 0;
        for (int tries = 0; tries < 300; tries++) {
            String key = keys.get(random.nextInt(keys.size()));
            NavigableSet<Note> queue = waiting.get(key);
            if (queue.isEmpty() || queue.first().notBefore > System.nanoTime()) {
                continue;
            }
            Note note = queue.first();
            if (!demand.admits(note.message.size(), out.size(), bytes)) {
                break;
            }
            queue.remove(note);
            handed.get(key).add(note);
            note.attempts++;
            bytes += note.message.size();
            outstanding++;
            outstandingBytes += note.message.size();
            Handed delivery = new Handed(note);
            current.put(note, delivery);
            heldByPipe++;
            out.add(delivery);
        }
        world.checkBudget(outstanding, outstandingBytes);
        return out;
    }

    private void lapseSome() {
        if (random.nextInt(100) < world.settings().lapsePercent()) {
            lapse(keys.get(random.nextInt(keys.size())));
        }
    }

    private void lapse(String key) {
        if (!handed.get(key).isEmpty()) {
            takeBack(handed.get(key).first(), 0);
        }
    }

    /** The note and, to keep the order, every later one of its key that is out come again. */
    private void takeBack(Note first, long notBefore) {
        String key = String.valueOf(first.message.key());
        for (Note note : List.copyOf(handed.get(key).tailSet(first, true))) {
            handed.get(key).remove(note);
            outstanding--;
            outstandingBytes -= note.message.size();
            Handed delivery = current.remove(note);
            if (delivery != null) {
                delivery.live = false;
            }
            waiting.get(key).add(note);
        }
        first.notBefore = notBefore;
    }

    @Override
    public void settle(List<Settled> settled) throws TransientException, InterruptedException {
        synchronized (this) {
            fault("settle");
            for (Settled each : settled) {
                settle((Handed) each.delivery(), each.settlement());
            }
            fault("settled, and the answer lost");
        }
    }

    private void settle(Handed delivery, Settlement settlement) {
        if (!delivery.live()) {
            return;
        }
        Note note = delivery.note;
        switch (settlement) {
            case Settlement.Done(var reply) -> {
                world.checkDone(note.message.id().value());
                note.done = true;
                undone--;
                outstanding--;
                outstandingBytes -= note.message.size();
                handed.get(String.valueOf(note.message.key())).remove(note);
                current.remove(note);
            }
            case Settlement.Retry(var delay, var why) ->
                takeBack(note, System.nanoTime() + Math.min(delay.toNanos(), 2_000_000));
            case Settlement.Reject(var why) -> world.breach("rejected although there is a dead-letter sink");
        }
    }

    /** Lets every lease end. */
    synchronized void lapseAll() {
        lapsedNanos = System.nanoTime();
        keys.forEach(this::lapse);
    }

    /** Deliveries that the pipe has not let go of. */
    synchronized int heldByPipe() {
        return heldByPipe;
    }

    synchronized int undone() {
        return undone;
    }

    /** Whether the leases have ended so long ago that a check made before cannot excuse a send. */
    synchronized boolean lapsedLongAgo() {
        return lapsedNanos != 0 && System.nanoTime() - lapsedNanos > 200_000_000;
    }

    synchronized boolean out(String id) {
        return current.keySet().stream()
                .anyMatch(note -> note.message.id().value().equals(id));
    }

    @Override
    public void close() {}
}
