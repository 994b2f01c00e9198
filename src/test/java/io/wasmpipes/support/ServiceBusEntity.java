package io.wasmpipes.support;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Header;
import org.apache.qpid.proton.amqp.messaging.MessageAnnotations;
import org.apache.qpid.proton.message.Message;
import org.jspecify.annotations.Nullable;

/** One queue or subscription of {@link ServiceBusFake}: what waits, what is locked, what is dead. The fake's thread only. */
final class ServiceBusEntity {
    /** A message and how often it came back. */
    static final class Stored {
        final long sequence;
        final Message message;
        int count;

        Stored(long sequence, Message message) {
            this.sequence = sequence;
            this.message = message;
        }

        @Nullable
        String session() {
            return message.getGroupId();
        }
    }

    private record Lock(Stored stored, Instant until) {}

    final Duration lockDuration;
    final boolean sessions;
    final boolean detectsDuplicates;
    final List<Message> sent = new ArrayList<>();
    final List<Message> dead = new ArrayList<>();
    private final TreeMap<Long, Stored> ready = new TreeMap<>();
    private final Map<UUID, Lock> locks = new LinkedHashMap<>();
    private final Map<String, Instant> sessionLocks = new HashMap<>();
    private final Set<Object> ids = new HashSet<>();
    private long last;

    ServiceBusEntity(Duration lockDuration, boolean sessions, boolean detectsDuplicates) {
        this.lockDuration = lockDuration;
        this.sessions = sessions;
        this.detectsDuplicates = detectsDuplicates;
    }

    void put(Message message) {
        Object id = message.getMessageId();
        if (detectsDuplicates && id != null && !ids.add(id)) {
            return;
        }
        sent.add(message);
        ready.put(++last, new Stored(last, message));
    }

    /** The next message of the session, or of all where there are none, under a lock; null if there is none. */
    @Nullable
    Stored next(@Nullable String session, UUID token) {
        for (Stored each : ready.values()) {
            if (session == null || session.equals(each.session())) {
                ready.remove(each.sequence);
                locks.put(token, new Lock(each, Instant.now().plus(lockDuration)));
                return each;
            }
        }
        return null;
    }

    /** As it goes out: with its count, number and lock. */
    Message dressed(Stored stored, Instant lockedUntil) {
        Message message = stored.message;
        Header header = message.getHeader() == null ? new Header() : message.getHeader();
        header.setDeliveryCount(UnsignedInteger.valueOf(stored.count));
        message.setHeader(header);
        Map<Symbol, Object> facts = new HashMap<>();
        MessageAnnotations old = message.getMessageAnnotations();
        if (old != null) {
            facts.putAll(old.getValue());
        }
        facts.put(Symbol.valueOf("x-opt-sequence-number"), stored.sequence);
        facts.put(Symbol.valueOf("x-opt-enqueued-time"), Date.from(Instant.ofEpochSecond(1_700_000_000)));
        facts.put(Symbol.valueOf("x-opt-locked-until"), Date.from(lockedUntil));
        message.setMessageAnnotations(new MessageAnnotations(facts));
        return message;
    }

    /** Ends a lock; null if there is none any more. */
    @Nullable
    Stored unlock(UUID token) {
        Lock lock = locks.remove(token);
        return lock == null ? null : lock.stored();
    }

    void back(Stored stored, boolean counts) {
        stored.count += counts ? 1 : 0;
        ready.put(stored.sequence, stored);
    }

    /** The new end of a lock, or null if it has ended. */
    @Nullable
    Instant renew(UUID token) {
        Lock lock = locks.get(token);
        if (lock == null) {
            return null;
        }
        Instant until = Instant.now().plus(lockDuration);
        locks.put(token, new Lock(lock.stored(), until));
        return until;
    }

    /** A session that has messages and that nobody has locked, now locked; null if there is none. */
    @Nullable
    String lockSession(@Nullable String wanted) {
        for (Stored each : ready.values()) {
            String session = each.session();
            boolean fits = session != null && (wanted == null || wanted.equals(session));
            if (fits && !sessionLocks.containsKey(session)) {
                sessionLocks.put(session, Instant.now().plus(lockDuration));
                return session;
            }
        }
        return null;
    }

    Instant renewSession(String session) {
        Instant until = Instant.now().plus(lockDuration);
        sessionLocks.put(session, until);
        return until;
    }

    boolean hasSession(String session) {
        return sessionLocks.containsKey(session);
    }

    void releaseSession(String session) {
        sessionLocks.remove(session);
        locks.values().removeIf(lock -> {
            boolean of = session.equals(lock.stored().session());
            if (of) {
                back(lock.stored(), true);
            }
            return of;
        });
    }

    /** Ends the locks whose time has come; true if there were any. */
    boolean expire() {
        boolean any = false;
        Instant now = Instant.now();
        for (String session : List.copyOf(sessionLocks.keySet())) {
            if (now.isAfter(sessionLocks.get(session))) {
                releaseSession(session);
                any = true;
            }
        }
        for (Iterator<Lock> each = locks.values().iterator(); each.hasNext(); ) {
            Lock lock = each.next();
            boolean bySession = sessions && lock.stored().session() != null;
            if (!bySession && now.isAfter(lock.until())) {
                each.remove();
                back(lock.stored(), true);
                any = true;
            }
        }
        return any;
    }

    int waiting() {
        return ready.size();
    }

    int locked() {
        return locks.size();
    }
}
