package io.wasmpipes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderRuleTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Authorization",
                "authorization",
                "COOKIE",
                "Set-Cookie",
                "Proxy-Authorization",
                "Proxy-Connection",
                "Connection",
                "Keep-Alive",
                "TE",
                "Trailer",
                "Transfer-Encoding",
                "Upgrade",
                "Host",
                "Content-Length",
                "wasmpipes",
                "WasmPipes-Hops"
            })
    void what_must_not_travel_never_does(String name) {
        assertThat(HeaderRule.ALL.allows(name)).isFalse();
        assertThat(HeaderRule.parse(name).orElseThrow().allows(name)).isFalse();
    }

    @Test
    void a_list_names_headers_and_beginnings_of_headers() {
        HeaderRule rule = HeaderRule.parse("Content-Type, x-*").orElseThrow();

        assertThat(rule.allows("content-type")).isTrue();
        assertThat(rule.allows("X-Anything")).isTrue();
        assertThat(rule.allows("content-type-2")).isFalse();
        assertThat(rule.allows("traceparent")).isFalse();
    }

    @Test
    void all_lets_everything_else_through_and_the_empty_list_nothing() {
        assertThat(HeaderRule.ALL.allows("traceparent")).isTrue();
        assertThat(HeaderRule.parse("*")).contains(HeaderRule.ALL);
        assertThat(HeaderRule.parse("").orElseThrow().allows("traceparent")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a,,b", ",", "a b", "a*b", "**", "a:b"})
    void a_malformed_list_is_none(String list) {
        assertThat(HeaderRule.parse(list)).isEmpty();
    }

    @Test
    void headers_are_kept_in_order_with_their_repetitions() {
        Headers headers = Headers.of(
                List.of(Header.of("a", "1"), Header.of("Cookie", "c"), Header.of("b", "2"), Header.of("a", "3")));

        assertThat(HeaderRule.parse("a").orElseThrow().apply(headers).list())
                .containsExactly(Header.of("a", "1"), Header.of("a", "3"));
        assertThat(HeaderRule.ALL.apply(headers).list())
                .extracting(Header::name)
                .containsExactly("a", "b", "a");
    }
}
