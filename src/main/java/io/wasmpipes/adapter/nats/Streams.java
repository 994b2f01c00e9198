package io.wasmpipes.adapter.nats;

import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamOptions;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.ConsumerInfo;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.wasmpipes.TransientException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sees to it that the stream and the consumer of an endpoint are there. What is missing is an outage with a hint. */
final class Streams {
    private static final Duration REQUEST = Duration.ofMillis(1500);
    private static final int STREAM_NOT_FOUND = 10059;
    private static final int CONSUMER_NOT_FOUND = 10014;
    private static final int SUBJECTS_OVERLAP = 10065;

    private final NatsSettings.JetStream spec;
    private final String subject;

    Streams(NatsSettings.JetStream spec, String subject) {
        this.spec = spec;
        this.subject = subject;
    }

    /** The stream's configuration; made or widened to hold the subject if {@code create=true}. */
    StreamConfiguration stream(Session session) throws TransientException {
        try {
            JetStreamManagement management = management(session);
            StreamConfiguration found = find(management);
            if (found == null) {
                return create(management);
            }
            boolean holds = subject.isEmpty() || found.getSubjects().stream().anyMatch(s -> covers(s, subject));
            if (holds || !spec.create()) {
                return found;
            }
            List<String> subjects = new ArrayList<>(found.getSubjects());
            subjects.add(subject);
            return management
                    .updateStream(StreamConfiguration.builder(found)
                            .subjects(subjects)
                            .build())
                    .getConfiguration();
        } catch (IOException e) {
            throw TransientException.outage("JetStream does not answer; is it switched on?", e);
        } catch (JetStreamApiException e) {
            throw refused("stream " + spec.stream(), e);
        }
    }

    private @Nullable StreamConfiguration find(JetStreamManagement management)
            throws IOException, JetStreamApiException {
        try {
            return management.getStreamInfo(spec.stream()).getConfiguration();
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() == STREAM_NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }

    /** Holds {@code a.>} for a subject {@code a.b}, so that readers may filter widely; just the subject if that overlaps. */
    private StreamConfiguration create(JetStreamManagement management)
            throws IOException, JetStreamApiException, TransientException {
        if (!spec.create()) {
            throw TransientException.outage(
                    "stream " + spec.stream() + " is missing: create it, or add create=true to the URI");
        }
        String exact = subject.isEmpty() ? spec.stream() + ".>" : subject;
        int dot = exact.indexOf('.');
        String wide = dot < 0 ? exact : exact.substring(0, dot) + ".>";
        try {
            return add(management, wide);
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() == SUBJECTS_OVERLAP && !wide.equals(exact)) {
                return add(management, exact);
            }
            throw e;
        }
    }

    private StreamConfiguration add(JetStreamManagement management, String held)
            throws IOException, JetStreamApiException {
        return management
                .addStream(StreamConfiguration.builder()
                        .name(spec.stream())
                        .subjects(held)
                        .storageType(StorageType.File)
                        .build())
                .getConfiguration();
    }

    /** The durable pull consumer as the server has it, made if absent, changed where the URI says otherwise. */
    ConsumerConfiguration consumer(Session session) throws TransientException {
        stream(session);
        try {
            JetStreamManagement management = management(session);
            ConsumerConfiguration found = findConsumer(management);
            if (found != null && found.getDeliverSubject() != null) {
                throw TransientException.outage("consumer " + spec.durable() + " of stream " + spec.stream()
                        + " pushes; a pull consumer is needed");
            }
            ConsumerConfiguration wanted = wanted(found);
            if (found != null && same(found, wanted)) {
                return found;
            }
            return management.addOrUpdateConsumer(spec.stream(), wanted).getConsumerConfiguration();
        } catch (IOException e) {
            throw TransientException.outage("JetStream does not answer", e);
        } catch (JetStreamApiException e) {
            throw refused("consumer " + spec.durable() + " of stream " + spec.stream(), e);
        }
    }

    private @Nullable ConsumerConfiguration findConsumer(JetStreamManagement management)
            throws IOException, JetStreamApiException {
        try {
            ConsumerInfo info = management.getConsumerInfo(spec.stream(), spec.durable());
            return info.getConsumerConfiguration();
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() == CONSUMER_NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }

    private ConsumerConfiguration wanted(@Nullable ConsumerConfiguration found) {
        ConsumerConfiguration.Builder builder = found == null
                ? ConsumerConfiguration.builder()
                        .durable(spec.durable())
                        .ackPolicy(AckPolicy.Explicit)
                        .ackWait(Duration.ofSeconds(30))
                        .maxDeliver(-1)
                        .maxAckPending(-1) // the demand bounds what is pulled; several pods share the consumer
                : ConsumerConfiguration.builder(found);
        if (!subject.isEmpty()) {
            builder.filterSubject(subject);
        }
        spec.ackWait().ifPresent(builder::ackWait);
        spec.maxDeliver().ifPresent(builder::maxDeliver);
        spec.maxAckPending().ifPresent(builder::maxAckPending);
        spec.start().ifPresent(builder::deliverPolicy);
        if (!spec.backoff().isEmpty()) {
            builder.backoff(spec.backoff().toArray(Duration[]::new));
        }
        return builder.build();
    }

    private static boolean same(ConsumerConfiguration a, ConsumerConfiguration b) {
        return a.toJson().equals(b.toJson());
    }

    private static JetStreamManagement management(Session session) throws IOException {
        return session.connection()
                .jetStreamManagement(
                        JetStreamOptions.builder().requestTimeout(REQUEST).build());
    }

    private static TransientException refused(String what, JetStreamApiException e) {
        return TransientException.outage("JetStream refuses " + what + ": " + e.getErrorDescription(), e);
    }

    /** Whether the subject {@code pattern}, which may hold wildcards, covers every subject that {@code subject} does. */
    static boolean covers(String pattern, String subject) {
        String[] wide = pattern.split("\\.", -1);
        String[] narrow = subject.split("\\.", -1);
        for (int i = 0; i < wide.length; i++) {
            if (wide[i].equals(">")) {
                return i < narrow.length;
            }
            boolean matches =
                    i < narrow.length && !narrow[i].equals(">") && (wide[i].equals("*") || wide[i].equals(narrow[i]));
            if (!matches) {
                return false;
            }
        }
        return wide.length == narrow.length;
    }
}
