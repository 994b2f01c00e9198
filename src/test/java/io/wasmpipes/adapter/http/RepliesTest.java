package io.wasmpipes.adapter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Bytes;
import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import io.wasmpipes.adapter.http.HttpIngress.Answer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RepliesTest {
    private static final Replies PLAIN = new Replies(Replies.Multi.NONE);

    private static Message output(String body) {
        return Message.of(Bytes.utf8(body));
    }

    @Test
    void no_output_is_204() {
        assertThat(PLAIN.answer(List.of()).status()).isEqualTo(204);
    }

    @Test
    void one_output_is_the_answer_with_its_type_and_status() {
        Message made =
                output("{}").withHeaders(Headers.of(Map.of("content-type", "application/json", "status", "201")));
        Answer answer = PLAIN.answer(List.of(made));
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.headers().first("Content-Type")).contains("application/json");
        assertThat(answer.body().utf8()).isEqualTo("{}");
    }

    @Test
    void a_status_that_is_none_is_the_modules_mistake() {
        Message made = output("x").withHeaders(Headers.EMPTY.with("status", "teapot"));
        assertThat(PLAIN.answer(List.of(made)).status()).isEqualTo(500);
    }

    @Test
    void several_outputs_need_to_be_told_how_to_be_joined() {
        List<Message> two = List.of(output("{\"a\":1}"), output("[\n2]"));
        assertThat(PLAIN.answer(two).status()).isEqualTo(500);
        assertThat(new Replies(Replies.Multi.JSON_ARRAY).answer(two).body().utf8())
                .isEqualTo("[{\"a\":1},[\n2]]");
        assertThat(new Replies(Replies.Multi.NDJSON).answer(two).body().utf8()).isEqualTo("{\"a\":1}\n[ 2]\n");
    }
}
