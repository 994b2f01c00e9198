package io.wasmpipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class HeadersTest {
    private final Headers headers = Headers.of(List.of(Header.of("A", "1"), Header.of("b", "2"), Header.of("a", "3")));

    @Test
    void names_are_found_in_any_case_and_the_first_counts() {
        assertThat(headers.first("a")).contains("1");
        assertThat(headers.first("B")).contains("2");
        assertThat(headers.first("c")).isEmpty();
    }

    @Test
    void replacing_and_removing_take_all_of_a_name_and_leave_the_original_alone() {
        assertThat(headers.with("a", "9").list()).containsExactly(Header.of("b", "2"), Header.of("a", "9"));
        assertThat(headers.without("A").list()).containsExactly(Header.of("b", "2"));
        assertThat(headers.list()).hasSize(3);
        assertThat(headers.keep(h -> true)).isSameAs(headers);
        assertThat(headers.keep(h -> false)).isSameAs(Headers.EMPTY);
    }

    @Test
    void values_are_read_as_text_or_bytes_whichever_they_came_as() {
        Header text = Header.of("k", "ü");
        Header bytes = Header.of("k", Bytes.utf8("ü"));
        Header binary = Header.of("k", Bytes.wrap(new byte[] {(byte) 0xff}));

        assertThat(text).isEqualTo(bytes).hasSameHashCodeAs(bytes);
        assertThat(bytes.text()).isEqualTo("ü");
        assertThat(text.bytes()).isEqualTo(Bytes.utf8("ü"));
        assertThat(bytes.isText()).isTrue();
        assertThat(binary.isText()).isFalse();
        assertThat(binary.text()).isEqualTo("\uFFFD");
    }

    @Test
    void lazy_headers_are_decoded_when_first_looked_at_by_whatever_threads() throws Exception {
        List<String> calls = new ArrayList<>();
        Headers untouched = Headers.lazy(() -> {
            calls.add("decoded");
            return List.of();
        });
        assertThat(calls).isEmpty();
        assertThat(untouched.isEmpty()).isTrue();
        untouched.list();
        assertThat(calls).containsExactly("decoded");

        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (int round = 0; round < 200; round++) {
                Headers lazy = Headers.lazy(() -> List.of(Header.of("a", "1")));
                List<Future<Integer>> sizes = new ArrayList<>();
                for (int t = 0; t < 8; t++) {
                    sizes.add(threads.submit(() -> lazy.list().size()));
                }
                for (Future<Integer> size : sizes) {
                    assertThat(size.get()).isEqualTo(1);
                }
            }
        }
    }

    @Test
    void values_are_never_shown() {
        assertThat(headers.toString()).isEqualTo("[A, b, a]");
        assertThat(Header.of("k", "secret").toString()).doesNotContain("secret");
    }

    @Test
    void what_was_given_cannot_be_changed() {
        List<Header> given = new ArrayList<>(List.of(Header.of("a", "1")));
        Headers taken = Headers.of(given);
        given.clear();

        assertThat(taken.list()).hasSize(1);
        assertThatThrownBy(() -> taken.list().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void the_size_counts_names_and_values() {
        assertThat(headers.size()).isEqualTo(6);
        assertThat(Headers.of(List.of(Header.of("k", Bytes.wrap(new byte[10])))).size())
                .isEqualTo(11);
    }
}
