package io.wasmpipes.adapter.nats;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The vectors were written by Go's encoding/gob. */
class GobTest {
    private static final byte[] HELLO =
            HexFormat.of().parseHex("0eff81040102ff8200010c010c000008ff82000101610162080a000568656c6c6f");
    private static final byte[] JSON = HexFormat.of()
            .parseHex("0eff81040102ff8200010c010c000022ff8200010c436f6e74656e742d54797065106170706c69636174696f6e2f6a73"
                    + "6f6e0a0a00077b2278223a317d");

    private static Message message(String body, String name, String value) {
        return Message.of(Bytes.utf8(body)).withHeaders(Headers.of(List.of(Header.of(name, value))));
    }

    @Test
    void what_go_writes_is_written_byte_for_byte() {
        assertThat(Gob.encode(message("hello", "a", "b"))).isEqualTo(HELLO);
        assertThat(Gob.encode(message("{\"x\":1}", "Content-Type", "application/json")))
                .isEqualTo(JSON);
    }

    @Test
    void what_go_writes_is_read() {
        assertThat(Gob.maybe(HELLO)).isTrue();
        assertThat(Gob.decode(HELLO)).contains(message("hello", "a", "b"));
        assertThat(Gob.decode(JSON)).contains(message("{\"x\":1}", "Content-Type", "application/json"));
    }

    @Test
    void the_type_id_of_another_go_process_is_read() {
        byte[] later = HexFormat.of().parseHex("0eff83040102ff8400010c010c000008ff84000101610162080a000568656c6c6f");
        assertThat(Gob.decode(later)).contains(message("hello", "a", "b"));
    }

    @Test
    void long_values_have_long_lengths() {
        Message large = message("x".repeat(70_000), "name", "v".repeat(300));
        byte[] frame = Gob.encode(large);
        assertThat(HexFormat.of().formatHex(frame, 15, 18)).isEqualTo("fe0138"); // 312 = 0x0138 in two bytes
        assertThat(Gob.decode(frame)).contains(large);
    }

    @Test
    void whatever_is_no_frame_is_left_to_be_the_body() {
        assertThat(Gob.decode("hello".getBytes(StandardCharsets.UTF_8))).isEmpty();
        for (int i = 0; i < HELLO.length; i++) {
            byte[] broken = HELLO.clone();
            broken[i] ^= 0x40;
            Gob.decode(broken); // may still be one, must not throw
            assertThat(Gob.decode(java.util.Arrays.copyOf(HELLO, i))).isEmpty();
        }
    }
}
