package io.wasmpipes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FramesTest {
    private static List<String> cut(Frames frames, byte[] bytes, int piece) {
        List<String> found = new ArrayList<>();
        for (int at = 0; at < bytes.length; at += piece) {
            int count = Math.min(piece, bytes.length - at);
            frames.feed(java.util.Arrays.copyOfRange(bytes, at, at + count), count);
            for (Bytes body = frames.next(); body != null; body = frames.next()) {
                found.add(body.utf8());
            }
        }
        Bytes last = frames.lastLine();
        if (last != null) {
            found.add(last.utf8());
        }
        return found;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void lines_are_cut_at_line_feeds_however_the_bytes_come() {
        for (int piece = 1; piece < 12; piece++) {
            assertThat(cut(new Frames(Framing.LINES, 100), ascii("one\n\ntwo\r\nlast"), piece))
                    .containsExactly("one", "", "two\r", "last");
        }
    }

    @Test
    void a_line_above_the_limit_is_kept_up_to_one_byte_more_and_the_next_line_is_whole() {
        for (int piece = 1; piece < 12; piece++) {
            assertThat(cut(new Frames(Framing.LINES, 4), ascii("1234\n12345\n1234567890\nabc\n12345678"), piece))
                    .containsExactly("1234", "12345", "12345", "abc", "12345");
        }
    }

    @Test
    void bodies_with_lengths_may_hold_anything() {
        byte[] stream = {0, 0, 0, 2, 'a', '\n', 0, 0, 0, 0, 0, 0, 0, 6, '1', '2', '3', '4', '5', '6', 0, 0, 0, 1, 'z'};
        for (int piece = 1; piece < 12; piece++) {
            Frames frames = new Frames(Framing.LENGTH, 4);
            assertThat(cut(frames, stream, piece)).containsExactly("a\n", "", "12345", "z");
            assertThat(frames.left()).isZero();
        }
    }

    @Test
    void what_is_written_is_read_again() {
        Random random = new Random(7);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        List<Bytes> bodies = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            byte[] body = new byte[random.nextInt(2000)];
            random.nextBytes(body);
            bodies.add(Bytes.wrap(body));
            Framing.LENGTH.write(bodies.getLast(), out);
        }
        Frames frames = new Frames(Framing.LENGTH, 1 << 20);
        frames.feed(out.toByteArray(), out.size());
        for (Bytes body : bodies) {
            assertThat(frames.next()).isEqualTo(body);
        }
    }

    @Test
    void an_unfinished_body_is_told() {
        Frames frames = new Frames(Framing.LENGTH, 100);
        assertThat(cut(frames, new byte[] {0, 0, 0, 9, 'a', 'b'}, 6)).isEmpty();
        assertThat(frames.left()).isEqualTo(6);
    }
}
