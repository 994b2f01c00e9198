package io.wasmpipes.app;

import static io.wasmpipes.app.HttpRig.send;
import static java.net.http.HttpRequest.BodyPublishers.noBody;
import static java.net.http.HttpRequest.BodyPublishers.ofString;
import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Header;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Settlement;
import io.wasmpipes.TransientException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the original did on the wire, and what each settlement looks like there. */
class HttpSourceTest {
    @Test
    void a_post_is_answered_ok_after_it_is_settled() {
        try (HttpRig rig = HttpRig.open("").accepting()) {
            HttpResponse<String> answer = rig.post("hello");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("ok\n");
            assertThat(answer.headers().firstValue("content-type")).contains("text/plain; charset=utf-8");
            assertThat(rig.received.getFirst().body().utf8()).isEqualTo("hello");
        }
    }

    @Test
    void a_put_is_taken_like_a_post_and_an_empty_body_is_a_message() {
        try (HttpRig rig = HttpRig.open("").accepting()) {
            assertThat(send(rig.to("/events").PUT(ofString("x"))).statusCode()).isEqualTo(200);
            assertThat(send(rig.to("/events").POST(noBody())).statusCode()).isEqualTo(200);
            assertThat(rig.received).extracting(m -> m.body().utf8()).containsExactly("x", "");
        }
    }

    @Test
    void the_query_of_a_get_becomes_sorted_json_as_go_writes_it() {
        try (HttpRig rig = HttpRig.open("").accepting()) {
            assertThat(send(rig.to("/events?d&c=%3C%C3%A9%3E&a=1&a=x+y").GET()).statusCode())
                    .isEqualTo(200);
            assertThat(rig.received.getFirst().body().utf8())
                    .isEqualTo("{\"a\":[\"1\",\"x y\"],\"c\":[\"\\u003cé\\u003e\"],\"d\":[\"\"]}");
        }
    }

    @Test
    void other_methods_are_invalid_even_unheard_of_ones() {
        try (HttpRig rig = HttpRig.open("").accepting()) {
            for (String method : new String[] {"DELETE", "PATCH", "OPTIONS", "PURGE"}) {
                HttpResponse<String> answer = send(rig.to("/events").method(method, noBody()));
                assertThat(answer.statusCode()).as(method).isEqualTo(400);
                assertThat(answer.body()).isEqualTo("invalid method\n");
            }
            assertThat(rig.received).isEmpty();
        }
    }

    @Test
    void the_path_is_matched_exactly() {
        try (HttpRig rig = HttpRig.open("").accepting()) {
            for (String path : new String[] {"/", "/events/", "/event", "/events/x", "/metrics", "/info"}) {
                assertThat(send(rig.to(path).POST(ofString("x"))).statusCode())
                        .as(path)
                        .isEqualTo(404);
            }
            assertThat(rig.received).isEmpty();
        }
    }

    @Test
    void headers_arrive_in_canonical_case_joined_and_without_credentials() {
        try (HttpRig rig = HttpRig.open("").accepting()) {
            rig.post(
                    "x",
                    "content-TYPE",
                    "a/b",
                    "x-TWO",
                    "1",
                    "X-Two",
                    "2",
                    "authorization",
                    "Bearer s3cret",
                    "cookie",
                    "a=b",
                    "proxy-authorization",
                    "p",
                    "wasmpipes-hops",
                    "9");
            Map<String, String> headers = rig.received.getFirst().headers().list().stream()
                    .collect(java.util.stream.Collectors.toMap(Header::name, Header::text));
            assertThat(headers).containsEntry("Content-Type", "a/b").containsEntry("X-Two", "1,2");
            assertThat(headers).containsKey("User-Agent");
            assertThat(headers)
                    .doesNotContainKeys(
                            "Authorization",
                            "Cookie",
                            "Host",
                            "Proxy-Authorization",
                            "Content-Length",
                            "Wasmpipes-Hops");
        }
    }

    @Test
    void a_rejected_message_is_answered_422_with_the_reason() {
        try (HttpRig rig = HttpRig.open("")
                .settling(_ -> new Settlement.Reject(new PoisonException("hotter", "temp is not a number", null)))) {
            HttpResponse<String> answer = rig.post("{\"temp\":\"x\"}");
            assertThat(answer.statusCode()).isEqualTo(422);
            assertThat(answer.body()).isEqualTo("hotter: temp is not a number\n");
        }
    }

    @Test
    void a_message_handed_back_is_answered_503_with_the_time_to_wait() {
        try (HttpRig rig = HttpRig.open("")
                .settling(_ -> new Settlement.Retry(Duration.ofMillis(2500), TransientException.message("later")))) {
            HttpResponse<String> answer = rig.post("x");
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.headers().firstValue("retry-after")).contains("3");
        }
    }

    @Test
    void unconfirmed_answers_202_before_anybody_asks() {
        try (HttpRig rig = HttpRig.open("?reply=unconfirmed")) {
            assertThat(rig.post("x").statusCode()).isEqualTo(202);
        }
    }

    @Test
    void the_id_comes_from_the_header_that_is_named() {
        try (HttpRig rig = HttpRig.open("?id_header=X-Request-Id").accepting()) {
            rig.post("x", "X-Request-Id", "r-1");
            rig.post("y");
            assertThat(rig.received).extracting(m -> m.id().value()).containsExactly("r-1", "");
        }
    }

    @Test
    void the_port_answers_the_probes_of_the_original() {
        try (HttpRig rig = HttpRig.open("").accepting()) {
            for (String path : new String[] {"/healthz/liveness", "/health/liveness"}) {
                HttpResponse<String> answer = send(rig.to(path).GET());
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body().strip()).isEqualTo("ok");
            }
            assertThat(send(rig.to("/healthz/readiness").GET()).statusCode()).isEqualTo(500);
        }
    }
}
