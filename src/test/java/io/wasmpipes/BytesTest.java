package io.wasmpipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import org.junit.jupiter.api.Test;

class BytesTest {
    private static final byte[] DIGITS = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};

    @Test
    void slices_of_different_arrays_are_equal_by_value() {
        Bytes slice = Bytes.wrap(DIGITS, 3, 4);
        Bytes copy = Bytes.copyOf(new byte[] {3, 4, 5, 6});

        assertThat(slice).isEqualTo(copy).hasSameHashCodeAs(copy).isNotEqualTo(Bytes.wrap(DIGITS, 4, 4));
        assertThat(slice.slice(1, 2)).isEqualTo(Bytes.copyOf(new byte[] {4, 5}));
    }

    @Test
    void nothing_and_the_absent_body_differ_though_both_have_no_length() {
        assertThat(Bytes.NULL).isNotEqualTo(Bytes.EMPTY);
        assertThat(Bytes.NULL.isNull()).isTrue();
        assertThat(Bytes.EMPTY.isNull()).isFalse();
        assertThat(Bytes.wrap(new byte[0])).isEqualTo(Bytes.EMPTY);
        assertThat(Bytes.NULL.length()).isZero();
    }

    @Test
    void a_slice_stays_within_its_array() {
        assertThatThrownBy(() -> Bytes.wrap(DIGITS, 8, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Bytes.wrap(DIGITS, Integer.MAX_VALUE, Integer.MAX_VALUE))
                .isInstanceOf(IndexOutOfBoundsException.class);
        Bytes slice = Bytes.wrap(DIGITS, 2, 3);
        assertThatThrownBy(() -> slice.at(3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> slice.slice(2, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> slice.copyInto(2, new byte[9], 0, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void copies_are_of_the_slice_and_stand_alone() {
        byte[] own = DIGITS.clone();
        Bytes copy = Bytes.copyOf(own);
        own[0] = 99;
        assertThat(copy.at(0)).isZero();

        byte[] target = new byte[5];
        Bytes.wrap(DIGITS, 2, 3).copyInto(target, 1);
        Bytes.wrap(DIGITS, 2, 3).copyInto(2, target, 4, 1);
        assertThat(target).containsExactly(0, 2, 3, 4, 4);
        assertThat(Bytes.wrap(DIGITS, 2, 3).toArray()).containsExactly(2, 3, 4);
        assertThat(Bytes.wrap(DIGITS, 2, 3).readOnlyArray()).containsExactly(2, 3, 4);
        assertThat(Bytes.wrap(DIGITS).readOnlyArray()).isSameAs(DIGITS);
    }

    @Test
    void a_buffer_shows_the_slice_and_takes_no_writes() {
        ByteBuffer buffer = Bytes.wrap(DIGITS, 2, 3).asBuffer();

        assertThat(buffer.remaining()).isEqualTo(3);
        assertThat(buffer.get(0)).isEqualTo((byte) 2);
        assertThatThrownBy(() -> buffer.put(0, (byte) 1)).isInstanceOf(ReadOnlyBufferException.class);
    }

    @Test
    void text_is_utf_8_and_never_in_to_string() {
        assertThat(Bytes.utf8("grüße").utf8()).isEqualTo("grüße");
        assertThat(Bytes.utf8("secret")).hasToString("6 bytes");
        assertThat(Bytes.NULL).hasToString("no bytes");
    }
}
