package io.wasmpipes.adapter.nats;

import io.nats.client.api.DeliverPolicy;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Headers;
import io.wasmpipes.Options;
import io.wasmpipes.Problems;
import io.wasmpipes.Units;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an endpoint of scheme nats or jetstream says. Names of options are found without regard to case, as in go-cloud.
 *
 * @param queue the queue group, empty for none
 * @param subject of a JetStream source: the filter, empty for all
 * @param jetStream null for core NATS
 */
record NatsSettings(
        Servers servers,
        String subject,
        String queue,
        Wire wire,
        @Nullable JetStream jetStream) {
    private static final Pattern NAME = Pattern.compile("[^\\s.*>/\\\\]+");
    private static final Pattern SUBJECT = Pattern.compile("[^\\s.]+(\\.[^\\s.]+)*");

    /** Which messages a new consumer starts with, by the words of {@code deliver_policy}. */
    private static final Map<String, DeliverPolicy> STARTS = Map.of(
            "all",
            DeliverPolicy.All,
            "last",
            DeliverPolicy.Last,
            "new",
            DeliverPolicy.New,
            "last_per_subject",
            DeliverPolicy.LastPerSubject);

    /** A stream and, for a source, its consumer; what is empty is left as the server has it. */
    record JetStream(
            String stream,
            String durable,
            boolean create,
            Optional<Duration> ackWait,
            OptionalInt maxDeliver,
            Optional<DeliverPolicy> start,
            List<Duration> backoff,
            OptionalInt maxAckPending) {
        JetStream {
            backoff = List.copyOf(backoff);
        }
    }

    /** Reads {@code endpoint}; what is wrong goes to the problems. {@code pipe} names the durable consumer by default. */
    static NatsSettings parse(Endpoint endpoint, String pipe, Problems problems) {
        return new Reader(endpoint, problems).read(pipe);
    }

    /** Reads one endpoint. */
    private static final class Reader {
        private final Endpoint endpoint;
        private final Options options;
        private final Problems problems;
        private final boolean source;

        Reader(Endpoint given, Problems problems) {
            List<Endpoint.Param> folded = given.query().stream()
                    .map(p -> new Endpoint.Param(Headers.fold(p.name()), p.value()))
                    .toList();
            this.endpoint = new Endpoint(
                    given.role(),
                    given.variable(),
                    given.uri(),
                    given.scheme(),
                    given.userInfo(),
                    given.host(),
                    given.port(),
                    given.path(),
                    folded,
                    given.variables());
            this.options = new Options(endpoint, problems);
            this.problems = problems;
            this.source = given.role() == Endpoint.Role.SOURCE;
        }

        NatsSettings read(String pipe) {
            boolean scheme = endpoint.scheme().equals("jetstream");
            boolean jetStream = scheme || options.flag("jetstream", false);
            Wire wire = options.flag("natsv2", false) ? Wire.NATSV2 : options.choice("encoding", Wire.NATIVE);
            NatsSettings settings = jetStream ? jetStream(scheme, pipe, wire) : core(wire);
            options.rejectUnknown();
            return settings;
        }

        private NatsSettings core(Wire wire) {
            if (endpoint.port() >= 0 || !endpoint.userInfo().isEmpty()) {
                problems.add(
                        endpoint.variable(),
                        endpoint.toString(),
                        "names a subject, not a server",
                        "servers belong into NATS_SERVER_URL");
            }
            String queue = source ? options.text("queue", "") : "";
            String subject = endpoint.name();
            checkSubject(subject, true);
            return new NatsSettings(Servers.parse(endpoint, "", problems), subject, queue, wire, null);
        }

        private NatsSettings jetStream(boolean scheme, String pipe, Wire wire) {
            String named = options.text("stream_name", "");
            String stream = scheme && named.isEmpty() ? endpoint.name() : named;
            Optional<String> given = options.text("subject");
            String subject = given.orElse(scheme ? "" : endpoint.name());
            boolean server = !scheme && given.isPresent() && !endpoint.host().isEmpty();
            String url = server ? url() : "";
            if (!NAME.matcher(stream).matches()) {
                problems.add(
                        endpoint.variable(),
                        endpoint.toString(),
                        "must name a stream, without . * > and blanks",
                        "for instance jetstream://ORDERS?subject=orders.new");
            }
            checkSubject(subject, !source);
            boolean create = options.flag("create", false);
            JetStream consumer = source
                    ? consumer(stream, pipe, create)
                    : new JetStream(
                            stream,
                            "",
                            create,
                            Optional.empty(),
                            OptionalInt.empty(),
                            Optional.empty(),
                            List.of(),
                            OptionalInt.empty());
            return new NatsSettings(Servers.parse(endpoint, url, problems), subject, "", wire, consumer);
        }

        private String url() {
            String login = endpoint.userInfo().isEmpty() ? "" : endpoint.userInfo() + "@";
            return "nats://" + login + endpoint.host() + (endpoint.port() < 0 ? "" : ":" + endpoint.port());
        }

        private JetStream consumer(String stream, String pipe, boolean create) {
            String alias = options.text("consumer_durable", "");
            String durable = options.text("durable", alias.isEmpty() ? pipe.replaceAll("[\\s.*>/\\\\]", "_") : alias);
            if (!NAME.matcher(durable).matches()) {
                options.wrong("durable", durable, "must be a name without . * > / and blanks");
            }
            Optional<Duration> ackWait = options.text("ack_wait").isEmpty()
                    ? Optional.empty()
                    : Optional.of(options.duration("ack_wait", Duration.ZERO));
            if (ackWait.isPresent() && ackWait.get().toMillis() < 100) {
                options.wrong("ack_wait", options.text("ack_wait", ""), "must be at least 100ms");
            }
            Optional<DeliverPolicy> start = options.text("deliver_policy").map(STARTS::get);
            if (start.isEmpty() && options.text("deliver_policy").isPresent()) {
                options.wrong(
                        "deliver_policy",
                        options.text("deliver_policy", ""),
                        "must be one of all, last, new, last_per_subject");
            }
            return new JetStream(
                    stream, durable, create, ackWait, count("max_deliver"), start, backoff(), count("max_ack_pending"));
        }

        private OptionalInt count(String name) {
            return options.text(name).isEmpty()
                    ? OptionalInt.empty()
                    : OptionalInt.of(options.integer(name, -1, -1, Integer.MAX_VALUE));
        }

        private List<Duration> backoff() {
            List<Duration> steps = new ArrayList<>();
            for (String step : options.text("backoff", "").split(",", -1)) {
                if (!step.isEmpty()) {
                    Units.duration(step)
                            .ifPresentOrElse(
                                    steps::add,
                                    () -> options.wrong("backoff", step, "must be durations, parted by commas"));
                }
            }
            return steps;
        }

        private void checkSubject(String subject, boolean required) {
            boolean wild = subject.contains("*") || subject.contains(">");
            if (subject.isEmpty() ? required : !SUBJECT.matcher(subject).matches()) {
                problems.add(
                        endpoint.variable(),
                        endpoint.toString(),
                        "must name a subject: words parted by dots, without blanks",
                        "for instance nats://orders.new");
            } else if (wild && !source) {
                problems.add(endpoint.variable(), endpoint.toString(), "must name one subject, without * and >", "");
            }
        }
    }
}
