package io.wasmpipes.pipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Promise;
import io.wasmpipes.support.NoSink;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What a pipe adds beside the headers of the user: a trace, and the hop count. */
class OwnHeadersTest {
    private static final Headers TRACE = Headers.of(Map.of("traceparent", "00-new"));

    private static Headers through(Set<Promise> promises, UnaryOperator<Headers> rule, Headers users) {
        Outlet outlet = new Outlet("sink", "x:", new NoSink(), promises, rule);
        return OwnHeaders.of(outlet, users, TRACE, 3);
    }

    private static Headers users(int count) {
        List<Header> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(Header.of("x-" + i, "1"));
        }
        return Headers.of(all);
    }

    @Test
    void both_are_added_where_there_is_room() {
        Headers told = through(Set.of(Promise.HEADERS), headers -> headers, users(2));
        assertThat(told.first("traceparent")).contains("00-new");
        assertThat(told.first("wasmpipes")).contains("hops=3");
        assertThat(told.list()).hasSize(4);
    }

    @Test
    void a_trace_comes_before_the_count_and_no_header_of_the_user_gives_way() {
        assertThat(through(Set.of(Promise.HEADERS), headers -> headers, users(9))
                        .first("traceparent"))
                .contains("00-new");
        assertThat(through(Set.of(Promise.HEADERS), headers -> headers, users(9))
                        .first("wasmpipes"))
                .isEmpty();
        assertThat(through(Set.of(Promise.HEADERS), headers -> headers, users(10)))
                .isEqualTo(users(10));
    }

    @Test
    void the_trace_that_a_message_came_with_is_replaced_even_without_room() {
        Headers old = users(9).with("Traceparent", "00-old");
        Headers told = through(Set.of(Promise.HEADERS), headers -> headers, old);
        assertThat(told.first("traceparent")).contains("00-new");
        assertThat(told.list()).hasSize(10);
    }

    @Test
    void what_the_sink_does_not_let_through_or_cannot_carry_is_not_added() {
        UnaryOperator<Headers> none =
                headers -> headers.keep(header -> header.name().startsWith("x-"));
        assertThat(through(Set.of(Promise.HEADERS), none, users(1)).first("traceparent"))
                .isEmpty();
        assertThat(through(Set.of(), headers -> headers, users(1))).isEqualTo(users(1));
    }
}
