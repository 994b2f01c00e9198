package io.wasmpipes.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Bytes;
import io.wasmpipes.Context;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Limits;
import io.wasmpipes.Message;
import io.wasmpipes.Problem;
import io.wasmpipes.Problems;
import io.wasmpipes.Promise;
import io.wasmpipes.Variables;
import io.wasmpipes.support.Folders;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The clauses that every end of every adapter keeps. What a clause needs and the end does not promise makes it not apply,
 * with the reason; {@link ContractTable} compares all results with the checked-in table.
 *
 * <p>To add an adapter: subclass {@link SourceContract} and {@link SinkContract}, each naming itself and opening a
 * {@link Counterpart}; run both with {@code -Dcontract.update=true}; commit the section of docs/adapter-contract.md. Another
 * setting of a system that has its test is a {@code ContractSoak}.
 */
@ExtendWith(ContractTable.class)
@Timeout(180)
abstract class AdapterContract {
    static final int MIB = 1 << 20;

    private @Nullable String whyNot;
    private @Nullable Counterpart counterpart;

    /** The name of the end in the table, such as {@code jetstream source}. */
    protected abstract String title();

    /** Whether the end is a source or a sink. */
    abstract Endpoint.Role role();

    abstract Counterpart open() throws Exception;

    /** A counterpart for a whole pipe: as {@link #open}, unless that is set up for the clauses about time. */
    protected Counterpart openForPipe() throws Exception {
        return open();
    }

    /** Opens the counterpart of a whole pipe. */
    final void joinPipe() throws Exception {
        counterpart = openForPipe();
    }

    @BeforeEach
    final void openCounterpart() throws Exception {
        counterpart = open();
    }

    @AfterEach
    final void closeCounterpart() throws Exception {
        if (counterpart != null) {
            counterpart.close();
        }
    }

    Counterpart counterpart() {
        return java.util.Objects.requireNonNull(counterpart);
    }

    final Optional<String> whyNot() {
        return Optional.ofNullable(whyNot);
    }

    /** True, and the clause does not apply, unless the end promises {@code promise}. */
    final boolean lacks(Promise promise) {
        return without(
                !counterpart().adapter().promises(endpoint()).contains(promise), "it does not promise " + promise);
    }

    /** True, and the clause does not apply for the reason {@code why}, if {@code holds}. */
    final boolean without(boolean holds, String why) {
        if (holds) {
            whyNot = why;
        }
        return holds;
    }

    final boolean without(Optional<String> why) {
        return without(why.isPresent(), why.orElse(""));
    }

    final boolean faultless() {
        return without(counterpart().faults().isEmpty(), counterpart().noFaults());
    }

    final Endpoint endpoint() {
        return endpoint(counterpart().uri(), counterpart().variables());
    }

    final Endpoint endpoint(String uri, Variables variables) {
        Problems problems = new Problems();
        Optional<Endpoint> endpoint = Endpoint.parse(role(), role() + "_URI", uri, variables, problems);
        assertThat(problems.list()).isEmpty();
        return endpoint.orElseThrow();
    }

    static Context context() {
        return new Context("contract", Limits.DEFAULT, Folders.fresh("contract"), InstantSource.system());
    }

    static List<Message> numbered(int count) {
        return numbered(0, count);
    }

    static List<Message> numbered(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> Message.of(Bytes.utf8("message " + i)))
                .toList();
    }

    static List<String> texts(List<Message> messages) {
        return messages.stream().map(m -> m.body().utf8()).toList();
    }

    /** Bodies of every byte, of protocol words, of nothing. */
    final List<Message> awkwardBodies() {
        List<Message> bodies = new ArrayList<>();
        bodies.add(Message.of(Bytes.EMPTY));
        bodies.add(Message.of(Bytes.utf8("äöü €  \t")));
        if (counterpart().onlyText().isEmpty()) {
            byte[] all = new byte[256];
            for (int i = 0; i < all.length; i++) {
                all[i] = (byte) i;
            }
            bodies.add(Message.of(Bytes.wrap(all)));
            bodies.add(Message.of(Bytes.utf8("line\r\nPUB a 1\r\n\r\n")));
        }
        return bodies;
    }

    /** The same bodies, and in the same order where the end promises {@code order}. */
    final void assertBodies(List<Message> arrived, List<Message> sent, Promise order) {
        List<Bytes> actual = arrived.stream().map(Message::body).toList();
        List<Bytes> wanted = sent.stream().map(Message::body).toList();
        if (counterpart().adapter().promises(endpoint()).contains(order)) {
            assertThat(actual).containsExactlyElementsOf(wanted);
        } else {
            assertThat(actual).containsExactlyInAnyOrderElementsOf(wanted);
        }
    }

    final Message ofSize(long size) {
        byte[] body = new byte[Math.toIntExact(size)];
        new Random(1).nextBytes(body);
        if (counterpart().onlyText().isPresent()) {
            for (int i = 0; i < body.length; i++) {
                body[i] = (byte) ('a' + (body[i] & 15));
            }
        }
        return Message.of(Bytes.wrap(body));
    }

    static final Headers TEXT_HEADERS = Headers.of(List.of(
            Header.of("Content-Type", "application/json; charset=utf-8"),
            Header.of("x-empty", ""),
            Header.of("x-unicode", "Grüße, 世界 €"),
            Header.of("x-blanks", " a  b "),
            Header.of("x-lines", "one\r\ntwo"),
            Header.of("x-percent", "100%25+1")));

    /** {@link #TEXT_HEADERS} but for those that the system cannot carry. */
    final Headers textHeaders() {
        return TEXT_HEADERS.keep(header -> !counterpart().cannotCarry().contains(header.name()));
    }

    /** Without regard to order, which few systems keep between names. */
    static void assertHeaders(Headers actual, Headers expected) {
        for (Header header : expected) {
            List<Header> wanted = expected.list().stream()
                    .filter(h -> h.name().equalsIgnoreCase(header.name()))
                    .toList();
            assertThat(actual.list().stream()
                            .filter(h -> h.name().equalsIgnoreCase(header.name()))
                            .map(Header::bytes))
                    .as(header.name())
                    .containsExactlyElementsOf(
                            wanted.stream().map(Header::bytes).toList());
        }
    }

    static void assertWithin(Duration most, long startNanos) {
        assertThat(Duration.ofNanos(System.nanoTime() - startNanos)).isLessThan(most);
    }

    @Test
    void an_unknown_option_is_a_problem_that_lists_the_accepted_ones() {
        if (without(counterpart().takesAnyOption())) {
            return;
        }
        String uri = counterpart().uri();
        Endpoint wrong = endpoint(
                uri + (uri.contains("?") ? "&" : "?") + "colour=blue",
                counterpart().variables());
        List<Problem> problems = counterpart().adapter().problems(wrong);
        assertThat(problems).singleElement().satisfies(problem -> {
            assertThat(problem.toString())
                    .contains("colour")
                    .contains("accepted: ")
                    .contains("headers");
            assertThat(problem.subject()).startsWith(role() + "_URI");
        });
    }

    @Test
    void a_right_endpoint_has_no_problems() {
        assertThat(counterpart().adapter().problems(endpoint())).isEmpty();
        assertThat(counterpart().adapter().serves(role())).isTrue();
        assertThat(counterpart().adapter().schemes()).contains(endpoint().scheme());
    }
}
