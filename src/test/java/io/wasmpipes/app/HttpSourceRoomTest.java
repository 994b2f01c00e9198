package io.wasmpipes.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Bytes;
import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Limits;
import io.wasmpipes.Settled;
import io.wasmpipes.Settlement;
import io.wasmpipes.support.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The budget, the clock and the connection. */
class HttpSourceRoomTest {
    private static final Limits SMALL = new Limits(3, 10_000, 20_000, 10, Duration.ofMinutes(1));

    private static HttpRig small(String options) {
        return HttpRig.open(options, Map.of(), SMALL, null);
    }

    private static CompletableFuture<HttpResponse<String>> posting(HttpRig rig, String body) {
        return CompletableFuture.supplyAsync(
                () -> rig.post(body), task -> Thread.ofVirtual().start(task));
    }

    private static List<Delivery> take(HttpRig rig, int count) throws Exception {
        List<Delivery> taken = new ArrayList<>();
        Await.until(count + " deliveries", () -> {
            taken.addAll(rig.source.receive(HttpRig.demand(10)));
            return taken.size() >= count;
        });
        return taken;
    }

    @Test
    void above_the_budget_in_messages_a_sender_is_told_to_come_back() throws Exception {
        try (HttpRig rig = small("")) {
            List<CompletableFuture<HttpResponse<String>>> first = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                first.add(posting(rig, "m" + i));
            }
            List<Delivery> held = take(rig, 3);
            HttpResponse<String> refused = rig.post("one too many");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("retry-after")).contains("1");
            rig.source.settle(held.stream()
                    .map(d -> new Settled(d, Settlement.Done.SILENT))
                    .toList());
            for (CompletableFuture<HttpResponse<String>> answer : first) {
                assertThat(answer.get().statusCode()).isEqualTo(200);
            }
            rig.accepting();
            assertThat(rig.post("now there is room").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void above_the_budget_in_bytes_a_sender_is_told_to_come_back_and_one_that_is_larger_than_all_comes_alone()
            throws Exception {
        try (HttpRig rig = small("")) {
            CompletableFuture<HttpResponse<String>> large = posting(rig, "x".repeat(15_000));
            List<Delivery> held = take(rig, 1);
            assertThat(rig.post("x").statusCode()).isEqualTo(503);
            rig.source.settle(List.of(new Settled(held.getFirst(), Settlement.Done.SILENT)));
            assertThat(large.get().statusCode()).isEqualTo(200);
            assertThat(rig.post("x".repeat(20_001)).statusCode()).isEqualTo(413);
        }
    }

    @Test
    void a_message_not_done_in_time_is_dead_and_its_sender_told_so_and_its_room_comes_back() throws Exception {
        try (HttpRig rig = small("?timeout=300ms")) {
            for (int round = 0; round < 3; round++) {
                List<CompletableFuture<HttpResponse<String>>> posts = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    posts.add(posting(rig, "m" + i));
                }
                List<Delivery> held = take(rig, 3);
                for (CompletableFuture<HttpResponse<String>> post : posts) {
                    assertThat(post.get().statusCode()).isEqualTo(503);
                }
                assertThat(held).noneMatch(Delivery::live);
                rig.source.settle(held.stream()
                        .map(d -> new Settled(d, Settlement.Done.SILENT))
                        .toList());
            }
        }
    }

    @Test
    void a_message_that_nobody_takes_in_time_is_not_delivered_later() throws Exception {
        try (HttpRig rig = small("?timeout=200ms")) {
            assertThat(rig.post("unwanted").statusCode()).isEqualTo(503);
            assertThat(rig.source.receive(HttpRig.demand(10))).isEmpty();
        }
    }

    @Test
    void what_was_not_asked_for_is_not_delivered() throws Exception {
        try (HttpRig rig = small("")) {
            CompletableFuture<HttpResponse<String>> one = posting(rig, "a".repeat(4000));
            CompletableFuture<HttpResponse<String>> two = posting(rig, "b".repeat(4000));
            Demand tight = new Demand(10, 5000, false, Duration.ofMillis(50));
            List<Delivery> first = new ArrayList<>();
            Await.until("the first", () -> {
                List<Delivery> some = rig.source.receive(tight);
                assertThat(some.size()).isLessThanOrEqualTo(1);
                first.addAll(some);
                return !first.isEmpty();
            });
            rig.accepting();
            rig.source.settle(List.of(new Settled(first.getFirst(), Settlement.Done.SILENT)));
            assertThat(one.get().statusCode()).isEqualTo(200);
            assertThat(two.get().statusCode()).isEqualTo(200);
        }
    }

    @Test
    void closing_answers_those_who_wait() throws Exception {
        HttpRig rig = small("");
        CompletableFuture<HttpResponse<String>> waiting = posting(rig, "x");
        take(rig, 1);
        rig.close();
        assertThat(waiting.get().statusCode()).isEqualTo(503);
        rig.close();
    }

    @Test
    void a_body_that_does_not_come_is_given_up_and_takes_no_room() throws Exception {
        try (HttpRig rig = small("?timeout=300ms").accepting();
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), rig.port)) {
            write(socket, "POST /events HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\nhalf");
            assertThat(line(socket)).startsWith("HTTP/1.1 408");
            assertThat(rig.post("x".repeat(9000)).statusCode()).isEqualTo(200);
            assertThat(rig.received).hasSize(1);
        }
    }

    @Test
    void a_body_that_breaks_off_is_no_message() throws Exception {
        try (HttpRig rig = small("").accepting()) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), rig.port)) {
                write(socket, "POST /events HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\nhalf");
            }
            Await.until("room again", () -> rig.post("x".repeat(9000)).statusCode() == 200);
            assertThat(rig.received).extracting(m -> m.body().length()).containsOnly(9000);
        }
    }

    @Test
    void a_connection_is_kept_and_a_slow_body_is_put_together() throws Exception {
        try (HttpRig rig = small("").accepting();
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), rig.port)) {
            for (int i = 0; i < 3; i++) {
                write(socket, "POST /events HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345");
                Thread.sleep(30);
                write(socket, "67890");
                assertThat(answer(socket)).startsWith("HTTP/1.1 200").endsWith("ok\n");
            }
            assertThat(rig.received).extracting(m -> m.body()).containsOnly(Bytes.utf8("1234567890"));
        }
    }

    @Test
    void a_sender_that_asks_first_is_told_to_continue() throws Exception {
        try (HttpRig rig = small("").accepting();
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), rig.port)) {
            write(socket, "POST /events HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
            assertThat(line(socket)).startsWith("HTTP/1.1 100");
            assertThat(line(socket)).isEmpty();
            write(socket, "hello");
            assertThat(answer(socket)).startsWith("HTTP/1.1 200");
            assertThat(rig.received.getFirst().body().utf8()).isEqualTo("hello");
        }
    }

    @Test
    void header_values_are_utf8() throws Exception {
        try (HttpRig rig = small("").accepting();
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), rig.port)) {
            write(socket, "POST /events HTTP/1.1\r\nHost: x\r\nX-Name: Zoë\r\nContent-Length: 0\r\n\r\n");
            assertThat(answer(socket)).startsWith("HTTP/1.1 200");
            assertThat(rig.received.getFirst().headers().first("X-Name")).contains("Zoë");
        }
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }

    private static String line(Socket socket) throws IOException {
        socket.setSoTimeout(10_000);
        StringBuilder line = new StringBuilder();
        for (int c = socket.getInputStream().read();
                c != '\n' && c >= 0;
                c = socket.getInputStream().read()) {
            line.append((char) c);
        }
        return line.toString().strip();
    }

    private static String answer(Socket socket) throws IOException {
        StringBuilder answer = new StringBuilder();
        int length = 0;
        for (String line = line(socket); !line.isEmpty(); line = line(socket)) {
            answer.append(line).append('\n');
            if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(line.substring(15).strip());
            }
        }
        return answer.append(new String(socket.getInputStream().readNBytes(length), StandardCharsets.UTF_8))
                .toString();
    }
}
