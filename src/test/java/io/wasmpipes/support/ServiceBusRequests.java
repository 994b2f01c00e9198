package io.wasmpipes.support;

import java.time.Instant;
import java.util.Date;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.engine.Connection;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.EndpointState;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Receiver;
import org.apache.qpid.proton.engine.Sender;
import org.apache.qpid.proton.message.Message;
import org.jspecify.annotations.Nullable;

/** What {@link ServiceBusFake} answers to requests for tokens and management, and to settlements. The fake's thread only. */
final class ServiceBusRequests {
    private final ServiceBusFake fake;

    ServiceBusRequests(ServiceBusFake fake) {
        this.fake = fake;
    }

    /** Answers on the link that the asking session has for answers. */
    void answer(Receiver asked, String address, Message request) {
        Message answer = Proton.message();
        answer.setCorrelationId(request.getMessageId());
        Map<String, Object> facts = new HashMap<>();
        facts.put("status-code", 200);
        facts.put("status-description", "OK");
        if (address.equals("$cbs")) {
            authorize(request, facts);
        } else {
            manage(fake.entity(address.replaceFirst("/\\$management$", "")), request, answer, facts);
        }
        answer.setApplicationProperties(new ApplicationProperties(facts));
        replies(asked, address)
                .ifPresent(sender -> AmqpParcels.send(sender, AmqpParcels.tag(UUID.randomUUID()), answer));
    }

    private static Optional<Sender> replies(Receiver asked, String address) {
        Connection connection = asked.getSession().getConnection();
        for (Link link = connection.linkHead(EnumSet.of(EndpointState.ACTIVE), EnumSet.of(EndpointState.ACTIVE));
                link != null;
                link = link.next(EnumSet.of(EndpointState.ACTIVE), EnumSet.of(EndpointState.ACTIVE))) {
            if (link instanceof Sender sender
                    && AmqpParcels.address(link).equals(address)
                    && link.getSession().equals(asked.getSession())) {
                return Optional.of(sender);
            }
        }
        return Optional.empty();
    }

    /** The service looks whether the entity is there when it is asked to let somebody in. */
    private void authorize(Message request, Map<String, Object> facts) {
        String audience =
                String.valueOf(request.getApplicationProperties().getValue().get("name"));
        String entity = audience.replaceFirst("^amqps?://[^/]*/", "").replace("/Subscriptions/", "/subscriptions/");
        boolean known = fake.known(entity);
        facts.put("status-code", fake.refusesTokens() ? 401 : known ? 202 : 404);
        facts.put(
                "status-description",
                fake.refusesTokens()
                        ? "Unauthorized: bad signature"
                        : known ? "Accepted" : "The messaging entity '" + entity + "' could not be found.");
    }

    private void manage(@Nullable ServiceBusEntity entity, Message request, Message answer, Map<String, Object> facts) {
        Object operation = request.getApplicationProperties().getValue().get("operation");
        Map<?, ?> body = request.getBody() instanceof AmqpValue value ? (Map<?, ?>) value.getValue() : Map.of();
        if (entity == null) {
            facts.put("status-code", 404);
            facts.put("error-condition", Symbol.valueOf("amqp:not-found"));
            return;
        }
        switch (String.valueOf(operation)) {
            case "com.microsoft:renew-lock" -> {
                Instant until = entity.renew(((UUID[]) body.get("lock-tokens"))[0]);
                if (until == null) {
                    lost(facts);
                } else {
                    answer.setBody(new AmqpValue(Map.of("expirations", new Date[] {Date.from(until)})));
                }
            }
            case "com.microsoft:renew-session-lock" -> {
                Instant until = entity.renewSession(String.valueOf(body.get("session-id")));
                answer.setBody(new AmqpValue(Map.of("expiration", Date.from(until))));
            }
            case "com.microsoft:update-disposition" -> {
                for (UUID token : (UUID[]) body.get("lock-tokens")) {
                    if (!settle(entity, token, String.valueOf(body.get("disposition-status")), Map.of())) {
                        lost(facts);
                    }
                }
            }
            default -> {
                facts.put("status-code", 204);
                facts.put("status-description", "nothing to peek at");
            }
        }
    }

    private static void lost(Map<String, Object> facts) {
        facts.put("status-code", 410);
        facts.put("status-description", "The lock supplied is invalid.");
        facts.put("error-condition", Symbol.valueOf("com.microsoft:message-lock-lost"));
    }

    void settled(Delivery delivery) {
        ServiceBusEntity entity = fake.entity(AmqpParcels.address(delivery.getLink()));
        if (entity == null) {
            delivery.settle();
            return;
        }
        DeliveryState wish = delivery.getRemoteState();
        String status = wish instanceof Accepted
                ? "completed"
                : wish instanceof Rejected ? "suspended" : wish instanceof Modified ? "abandoned" : "released";
        Map<?, ?> info = wish instanceof Rejected rejected && rejected.getError() != null
                ? rejected.getError().getInfo()
                : Map.of();
        if (settle(entity, AmqpParcels.token(delivery.getTag()), status, info == null ? Map.of() : info)) {
            delivery.disposition(wish);
        } else {
            Rejected rejected = new Rejected();
            rejected.setError(
                    new ErrorCondition(Symbol.valueOf("com.microsoft:message-lock-lost"), "the lock is lost"));
            delivery.disposition(rejected);
        }
        delivery.settle();
    }

    private boolean settle(ServiceBusEntity entity, UUID token, String status, Map<?, ?> info) {
        ServiceBusEntity.Stored stored = entity.unlock(token);
        if (stored == null) {
            return false;
        }
        switch (status) {
            case "completed" -> {}
            case "suspended" -> {
                Map<String, Object> properties = new HashMap<>();
                if (stored.message.getApplicationProperties() != null) {
                    properties.putAll(stored.message.getApplicationProperties().getValue());
                }
                info.forEach((name, value) -> properties.put(name.toString(), value));
                stored.message.setApplicationProperties(new ApplicationProperties(properties));
                entity.dead.add(stored.message);
            }
            case "abandoned" -> entity.back(stored, true);
            default -> entity.back(stored, false);
        }
        fake.pumpAll();
        return true;
    }
}
