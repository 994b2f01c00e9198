package io.wasmpipes.support;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.engine.BaseHandler;
import org.apache.qpid.proton.engine.Connection;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Event;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Receiver;
import org.apache.qpid.proton.engine.Sender;

/** The links of {@link ServiceBusFake}: who sends, who receives, who waits for a session. The fake's thread only. */
final class ServiceBusLinks extends BaseHandler {
    private static final int BATCH = 0x80013700;
    private static final int CREDIT = 500;
    private static final Symbol SESSION = Symbol.valueOf("com.microsoft:session-filter");
    private static final Symbol TIMEOUT = Symbol.valueOf("com.microsoft:timeout");
    private static final Symbol LOCKED_UNTIL = Symbol.valueOf("com.microsoft:locked-until-utc");
    private static final long TICKS_AT_EPOCH = 621_355_968_000_000_000L;

    private final ServiceBusFake fake;
    private final ServiceBusRequests requests;
    private final List<Sender> consumers = new ArrayList<>();
    private final Map<Sender, String> heldSessions = new HashMap<>();
    private final Map<Sender, Instant> waitingForSession = new LinkedHashMap<>();

    ServiceBusLinks(ServiceBusFake fake) {
        this.fake = fake;
        this.requests = new ServiceBusRequests(fake);
    }

    @Override
    public void onConnectionRemoteOpen(Event event) {
        event.getConnection().setContainer("fake");
        event.getConnection().open();
    }

    @Override
    public void onSessionRemoteOpen(Event event) {
        event.getSession().open();
    }

    @Override
    public void onLinkRemoteOpen(Event event) {
        Link link = event.getLink();
        link.setSource(link.getRemoteSource());
        link.setTarget(link.getRemoteTarget());
        link.setSenderSettleMode(link.getRemoteSenderSettleMode());
        link.setReceiverSettleMode(link.getRemoteReceiverSettleMode());
        link.setMaxMessageSize(UnsignedLong.valueOf(fake.maxMessageSize()));
        if (!fake.known(AmqpParcels.address(link))) {
            link.setSource(null);
            link.setTarget(null);
            link.open();
            link.setCondition(new ErrorCondition(
                    Symbol.valueOf("amqp:not-found"),
                    "The messaging entity '" + AmqpParcels.address(link) + "' is not there."));
            link.close();
        } else if (link instanceof Sender sender && sessionWanted(sender)) {
            waitingForSession.put(sender, Instant.now().plusMillis(patience(sender)));
            acceptSessions();
        } else {
            opened(link);
        }
    }

    @Override
    public void onLinkRemoteClose(Event event) {
        gone(event.getLink());
        event.getLink().close();
    }

    @Override
    public void onLinkFlow(Event event) {
        if (event.getLink() instanceof Sender sender && consumers.contains(sender)) {
            pump(sender);
        }
    }

    @Override
    public void onDelivery(Event event) {
        Delivery delivery = event.getDelivery();
        if (event.getLink() instanceof Receiver receiver) {
            if (delivery.isReadable() && !delivery.isPartial()) {
                arrived(receiver, delivery);
            }
        } else if (delivery.isUpdated() && delivery.getRemoteState() != null && !delivery.isSettled()) {
            requests.settled(delivery);
        }
    }

    @Override
    public void onConnectionRemoteClose(Event event) {
        event.getConnection().close();
    }

    @Override
    public void onTransportClosed(Event event) {
        Connection connection = event.getConnection();
        if (connection != null) {
            List.copyOf(consumers).stream()
                    .filter(s -> s.getSession().getConnection().equals(connection))
                    .forEach(this::gone);
            waitingForSession
                    .keySet()
                    .removeIf(s -> s.getSession().getConnection().equals(connection));
        }
    }

    private boolean sessionWanted(Sender sender) {
        return sender.getRemoteSource() instanceof Source source
                && source.getFilter() != null
                && source.getFilter().containsKey(SESSION);
    }

    /** How long a client that wants any session says it will wait. */
    private static long patience(Sender sender) {
        Map<Symbol, Object> wishes = sender.getRemoteProperties();
        return wishes != null && wishes.get(TIMEOUT) instanceof Number millis ? millis.longValue() : 60_000;
    }

    void giveUpWaiting() {
        Instant now = Instant.now();
        for (Sender sender : List.copyOf(waitingForSession.keySet())) {
            if (now.isAfter(waitingForSession.get(sender))) {
                waitingForSession.remove(sender);
                sender.setSource(null);
                sender.open();
                sender.setCondition(new ErrorCondition(TIMEOUT, "there is no session"));
                sender.close();
            }
        }
    }

    private void opened(Link link) {
        link.open();
        if (link instanceof Receiver receiver) {
            receiver.flow(CREDIT);
        } else if (link instanceof Sender sender && fake.isEntity(AmqpParcels.address(link))) {
            consumers.add(sender);
            pump(sender);
        }
    }

    private void acceptSessions() {
        for (Sender sender : List.copyOf(waitingForSession.keySet())) {
            ServiceBusEntity entity = fake.entity(AmqpParcels.address(sender));
            Source source = (Source) sender.getRemoteSource();
            Object wanted = source.getFilter().get(SESSION);
            String session = entity.lockSession(wanted == null ? null : wanted.toString());
            if (session != null) {
                waitingForSession.remove(sender);
                source.setFilter(Map.of(SESSION, session));
                sender.setSource(source);
                long ticks =
                        TICKS_AT_EPOCH + Instant.now().plus(entity.lockDuration).toEpochMilli() * 10_000;
                sender.setProperties(Map.of(LOCKED_UNTIL, ticks));
                heldSessions.put(sender, session);
                opened(sender);
            }
        }
    }

    private void gone(Link link) {
        if (link instanceof Sender sender) {
            consumers.remove(sender);
            waitingForSession.remove(sender);
            String session = heldSessions.remove(sender);
            if (session != null) {
                fake.entity(AmqpParcels.address(sender)).releaseSession(session);
                acceptSessions();
            }
        }
    }

    void pumpAll() {
        acceptSessions();
        List.copyOf(consumers).forEach(this::pump);
    }

    private void pump(Sender sender) {
        ServiceBusEntity entity = fake.entity(AmqpParcels.address(sender));
        String session = heldSessions.get(sender);
        if (entity == null || (session != null && !entity.hasSession(session))) {
            return;
        }
        while (sender.getCredit() > 0) {
            UUID token = UUID.randomUUID();
            ServiceBusEntity.Stored next = entity.next(session, token);
            if (next == null) {
                return;
            }
            AmqpParcels.send(
                    sender,
                    AmqpParcels.tag(token),
                    entity.dressed(next, Instant.now().plus(entity.lockDuration)));
        }
    }

    private void arrived(Receiver receiver, Delivery delivery) {
        byte[] data = new byte[delivery.pending()];
        int size = receiver.recv(data, 0, data.length);
        receiver.advance();
        receiver.flow(1);
        String address = AmqpParcels.address(receiver);
        DeliveryState answer = Accepted.getInstance();
        if (address.equals("$cbs") || address.endsWith("/$management")) {
            requests.answer(receiver, address, AmqpParcels.message(data, 0, size));
        } else {
            ErrorCondition why = size > fake.maxMessageSize()
                    ? new ErrorCondition(Symbol.valueOf("amqp:link:message-size-exceeded"), "too large")
                    : fake.refusal();
            if (why == null) {
                fake.store(address, data, size, delivery.getMessageFormat() == BATCH);
            } else {
                Rejected rejected = new Rejected();
                rejected.setError(why);
                answer = rejected;
            }
        }
        delivery.disposition(answer);
        delivery.settle();
    }
}
