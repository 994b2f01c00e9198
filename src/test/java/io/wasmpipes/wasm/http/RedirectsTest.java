package io.wasmpipes.wasm.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.wasm.http.HttpCalls.Call;
import io.wasmpipes.wasm.http.HttpCalls.Reply;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedirectsTest {
    private static @Nullable Call next(String method, int status, String location) {
        Call call = new Call(
                method,
                URI.create("https://a.test/dir/x?q"),
                List.of(Header.of("Authorization", "own"), Header.of("x", "y")),
                Bytes.utf8("body"));
        return Redirects.next(call, new Reply(status, List.of(Header.of("location", location)), Bytes.EMPTY));
    }

    @ParameterizedTest
    @CsvSource({
        "POST,301,GET",
        "POST,302,GET",
        "PUT,302,PUT",
        "PUT,303,GET",
        "HEAD,303,HEAD",
        "POST,307,POST",
        "POST,308,POST"
    })
    void methods_change_as_the_status_says(String method, int status, String then) {
        Call to = Objects.requireNonNull(next(method, status, "../y"));
        assertThat(to.method()).isEqualTo(then);
        assertThat(to.uri()).hasToString("https://a.test/y");
        assertThat(to.body().isEmpty()).isEqualTo(then.equals("GET"));
    }

    @Test
    void a_login_stays_with_its_origin() {
        assertThat(Objects.requireNonNull(next("GET", 302, "/z")).headers()).hasSize(2);
        assertThat(Objects.requireNonNull(next("GET", 302, "https://b.test/")).headers())
                .containsExactly(Header.of("x", "y"));
        assertThat(Objects.requireNonNull(next("GET", 302, "https://a.test:8443/"))
                        .headers())
                .containsExactly(Header.of("x", "y"));
    }

    @Test
    void what_leads_nowhere_or_from_https_to_http_is_no_redirect() {
        assertThat(next("GET", 302, "http://a.test/")).isNull();
        assertThat(next("GET", 302, "ht tp://a b")).isNull();
        assertThat(next("GET", 200, "/z")).isNull();
        assertThat(next("GET", 304, "/z")).isNull();
    }
}
