package io.wasmpipes.contract;

import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.wasmpipes.Bytes;
import io.wasmpipes.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Any two systems are joined by two URIs: every source to memory, memory to every sink, and real ones with real ones. */
@Timeout(180)
class MatrixTest {
    private static final int[] LADDER = {0, 1, 1023, 1025, 64 << 10, 256 << 10};
    private static final int STEP = 3;
    /** Other settings of systems that are here anyway: their thousand messages are part of the soak. */
    private static final Set<String> VARIANTS =
            Set.of("KafkaConsumerProtocol", "RabbitQuorum", "SqsFifo", "ServiceBusSession", "Mqtt3");

    @AfterAll
    static void stopServers() throws Exception {
        ContractEnd.stopAll();
    }

    static List<Class<?>> sources() {
        return ContractEnd.all(SourceContract.class);
    }

    static List<Class<?>> sinks() {
        return ContractEnd.all(SinkContract.class);
    }

    private static Class<?> named(List<Class<?>> tests, String name) {
        return tests.stream()
                .filter(test -> test.getSimpleName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    static Stream<Arguments> systems() {
        return withMemory(test -> !VARIANTS.contains(name(test)));
    }

    static Stream<Arguments> variants() {
        return withMemory(test -> VARIANTS.contains(name(test)));
    }

    private static Stream<Arguments> withMemory(Predicate<Class<?>> wanted) {
        Class<?> from = named(sources(), "MemSourceContractTest");
        Class<?> to = named(sinks(), "MemSinkContractTest");
        return Stream.concat(
                sources().stream().filter(wanted).map(source -> pair(source, to)),
                sinks().stream().filter(wanted).map(sink -> pair(from, sink)));
    }

    /** Each source with one sink, and each sink with one source: a ring. */
    static Stream<Arguments> ring() {
        List<Class<?>> sources = sources();
        List<Class<?>> sinks = sinks();
        List<Arguments> pairs = new ArrayList<>();
        for (int i = 0; i < Math.max(sources.size(), sinks.size()); i++) {
            pairs.add(pair(sources.get(i % sources.size()), sinks.get((i + STEP) % sinks.size())));
        }
        return pairs.stream();
    }

    static Arguments pair(Class<?> source, Class<?> sink) {
        return argumentSet(name(source) + " to " + name(sink), source, sink);
    }

    private static String name(Class<?> test) {
        return test.getSimpleName().replaceAll("(Source|Sink)?ContractTest", "");
    }

    @ParameterizedTest
    @MethodSource("systems")
    void a_thousand_messages_up_to_four_kibibytes_pass(Class<?> source, Class<?> sink) throws Exception {
        try (ContractEnd in = ContractEnd.open(source);
                ContractEnd out = ContractEnd.open(sink)) {
            if (speaks(in, out)) {
                thousand(in, out);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("ring")
    void bodies_of_every_size_pass_with_headers_and_keys(Class<?> source, Class<?> sink) throws Exception {
        try (ContractEnd in = ContractEnd.open(source);
                ContractEnd out = ContractEnd.open(sink)) {
            if (speaks(in, out)) {
                ladder(in, out);
            }
        }
    }

    /** Timers cannot be fed, and a log cannot be read. */
    static boolean speaks(ContractEnd in, ContractEnd out) {
        return ((Counterpart.ForSource) in.counterpart()).feedsItself().isEmpty()
                && ((Counterpart.ForSink) out.counterpart()).invisible().isEmpty();
    }

    static void thousand(ContractEnd in, ContractEnd out) throws Exception {
        try (Joined pipe = new Joined(in, out)) {
            Random random = new Random(1);
            List<Message> messages = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                String body = "%06d:".formatted(i) + "x".repeat(random.nextInt(4089));
                messages.add(Message.of(Bytes.utf8(body))
                        .withHeaders(Joined.with(pipe.headers(), Integer.toString(i)))
                        .withKey("key-" + i % 7));
            }
            pipe.carry(messages);
        }
    }

    static void ladder(ContractEnd in, ContractEnd out) throws Exception {
        try (Joined pipe = new Joined(in, out)) {
            Random random = new Random(2);
            List<Message> messages = new ArrayList<>();
            for (int size : LADDER) {
                if (size <= pipe.largest()) {
                    messages.add(Message.of(body(size, random, pipe.onlyText()))
                            .withHeaders(pipe.headers())
                            .withKey("schlüssel-" + size));
                }
            }
            pipe.carry(messages);
        }
    }

    private static Bytes body(int size, Random random, boolean text) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        for (int i = 0; text && i < size; i++) {
            bytes[i] = (byte) ('a' + (bytes[i] & 15));
        }
        return Bytes.wrap(bytes);
    }
}
