package io.wasmpipes.contract;

import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.wasmpipes.Bytes;
import io.wasmpipes.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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

    @AfterAll
    static void stopServers() throws Exception {
        ContractEnd.stopAll();
    }

    static Stream<Arguments> systems() {
        return withMemory(ContractEnd.systems(SourceContract.class), ContractEnd.systems(SinkContract.class));
    }

    static Stream<Arguments> variants() {
        return withMemory(ContractEnd.variants(SourceContract.class), ContractEnd.variants(SinkContract.class));
    }

    private static Stream<Arguments> withMemory(List<Class<?>> sources, List<Class<?>> sinks) {
        Class<?> from = memory(ContractEnd.systems(SourceContract.class));
        Class<?> to = memory(ContractEnd.systems(SinkContract.class));
        return Stream.concat(
                sources.stream().map(source -> pair(source, to)), sinks.stream().map(sink -> pair(from, sink)));
    }

    private static Class<?> memory(List<Class<?>> tests) {
        return tests.stream()
                .filter(test -> name(test).equals("Mem"))
                .findFirst()
                .orElseThrow();
    }

    /** Each source with one sink, and each sink with one source: a ring. */
    static Stream<Arguments> ring() {
        List<Class<?>> sources = ContractEnd.systems(SourceContract.class);
        List<Class<?>> sinks = ContractEnd.systems(SinkContract.class);
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
        return test.getSimpleName().replaceAll("(Source|Sink)?Contract(Test|Soak)", "");
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
