package io.wasmpipes.pipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Pipes count how many of them a message has passed. */
class HopsTest {
    private static Message passed(String text) {
        return Rig.message("a").withHeaders(Headers.EMPTY.with("X", "1").with("Wasmpipes", text));
    }

    private static String told(Rig rig) {
        return rig.sink.confirmed.getFirst().headers().first("wasmpipes").orElse("nothing");
    }

    private static Rig through(Message message) throws Exception {
        Rig rig = new Rig();
        rig.headers = true;
        rig.source.add(message);
        try (rig) {
            rig.start().untilDone("a");
        }
        return rig;
    }

    @Test
    void the_first_pipe_says_one_and_the_next_one_more() throws Exception {
        assertThat(told(through(Rig.message("a")))).isEqualTo("hops=1");
        Rig rig = through(passed("hops=7"));
        assertThat(told(rig)).isEqualTo("hops=8");
        assertThat(rig.sink.confirmed.getFirst().headers().first("X")).contains("1");
    }

    @Test
    void what_is_no_count_is_none() throws Exception {
        for (String text : List.of("hops=", "hops=-1", "hops=9999999999", "{\"reason\":\"dead before\"}", "")) {
            assertThat(told(through(passed(text)))).as(text).isEqualTo("hops=1");
        }
    }

    @Test
    void headers_of_the_user_come_first() throws Exception {
        List<Header> ten = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            ten.add(Header.of("x-" + i, "1"));
        }
        Rig rig = through(Rig.message("a").withHeaders(Headers.of(ten)));
        assertThat(rig.sink.confirmed.getFirst().headers().list()).isEqualTo(ten);
    }

    @Test
    void a_sink_without_headers_gets_none() throws Exception {
        Rig rig = new Rig();
        rig.source.add(Rig.message("a"));
        try (rig) {
            rig.start().untilDone("a");
            assertThat(rig.sink.confirmed.getFirst().headers()).isEqualTo(Headers.EMPTY);
        }
    }

    @Test
    void one_that_has_passed_more_than_the_limit_is_poison_and_many_are_told() throws Exception {
        Rig rig = new Rig();
        rig.hopLimit = OptionalInt.of(16);
        rig.source.add(passed("hops=16"));
        rig.source.add(passed("hops=17").withBody(io.wasmpipes.Bytes.utf8("b")));
        try (rig) {
            rig.start().untilDone("b");
            assertThat(rig.sink.bodies()).containsExactly("a");
            assertThat(rig.letters.bodies()).containsExactly("b");
            assertThat(rig.letters
                            .confirmed
                            .getFirst()
                            .headers()
                            .first("wasmpipes")
                            .orElseThrow())
                    .contains("has passed 17 pipes, HOP_LIMIT allows 16: is there a loop?");
            assertThat(rig.hops).containsExactly(16, 17);
        }
    }
}
