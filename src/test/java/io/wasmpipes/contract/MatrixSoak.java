package io.wasmpipes.contract;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every source with every sink. */
@Timeout(180)
class MatrixSoak {
    @AfterAll
    static void stopServers() throws Exception {
        ContractEnd.stopAll();
    }

    static Stream<Arguments> all() {
        List<Class<?>> sinks = every(SinkContract.class);
        return every(SourceContract.class).stream()
                .flatMap(source -> sinks.stream().map(sink -> MatrixTest.pair(source, sink)));
    }

    private static List<Class<?>> every(Class<? extends AdapterContract> kind) {
        return Stream.concat(ContractEnd.systems(kind).stream(), ContractEnd.variants(kind).stream())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("all")
    void bodies_of_every_size_pass_with_headers_and_keys(Class<?> source, Class<?> sink) throws Exception {
        try (ContractEnd in = ContractEnd.open(source);
                ContractEnd out = ContractEnd.open(sink)) {
            if (MatrixTest.speaks(in, out)) {
                MatrixTest.ladder(in, out);
            }
        }
    }

    static Stream<Arguments> variants() {
        return MatrixTest.variants();
    }

    @ParameterizedTest
    @MethodSource("variants")
    void a_thousand_messages_up_to_four_kibibytes_pass(Class<?> source, Class<?> sink) throws Exception {
        try (ContractEnd in = ContractEnd.open(source);
                ContractEnd out = ContractEnd.open(sink)) {
            MatrixTest.thousand(in, out);
        }
    }
}
