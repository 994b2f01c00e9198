package io.wasmpipes.adapter.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.pubsub.v1.PubsubMessage;
import io.wasmpipes.Bytes;
import io.wasmpipes.Delivery;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Settlement;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The mapping, literally. */
class PubSubWireTest extends PubSubEnds {
    @Test
    void headers_are_attributes_and_the_key_is_the_ordering_key() throws Exception {
        put(List.of(
                text("é")
                        .withHeaders(Headers.of(
                                List.of(Header.of("Ä b", "Grüße\n"), Header.of("x", "1"), Header.of("x", "2"))))
                        .withKey("k 1"),
                Message.of(Bytes.EMPTY)));
        PubsubMessage first = sent("k 1");
        assertThat(first.getAttributesMap()).containsExactlyInAnyOrderEntriesOf(Map.of("Ä b", "Grüße\n", "x", "2"));
        assertThat(first.getData().toStringUtf8()).isEqualTo("é");
        PubsubMessage empty = sent("");
        assertThat(empty.getAttributesMap()).containsExactlyEntriesOf(Map.of("wasmpipes-empty", "true"));
        assertThat(empty.getData().isEmpty()).isTrue();
    }

    @Test
    void what_arrives_has_the_id_the_time_and_the_key_of_its_message() throws Exception {
        subscribe(true, 0);
        put(List.of(text("x").withKey("k"), Message.of(Bytes.EMPTY)));
        try (Source source = source("")) {
            List<Delivery> taken = take(source, 2);
            Delivery keyed = taken.stream()
                    .filter(d -> "k".equals(d.message().key()))
                    .findFirst()
                    .orElseThrow();
            Delivery empty = taken.stream()
                    .filter(d -> d.message().key() == null)
                    .findFirst()
                    .orElseThrow();
            assertThat(keyed.message().id().value()).isEqualTo(sent("k").getMessageId());
            assertThat(keyed.message().time()).isNotNull();
            assertThat(keyed.orderKey()).isEqualTo("k");
            assertThat(empty.message().headers().isEmpty()).isTrue();
            assertThat(empty.orderKey()).isEqualTo(empty.message().id().value());
            assertThat(taken).allMatch(d -> d.attempt() == 1);
            source.settle(all(taken, Settlement.Done.SILENT));
        }
    }

    @Test
    void what_cannot_be_carried_is_poison_that_names_the_rule() throws Exception {
        Map<String, String> many = IntStream.range(0, 101).boxed().collect(Collectors.toMap(i -> "h" + i, i -> "v"));
        List<Message> messages = List.of(
                text("x").withHeaders(Headers.of(many)),
                text("x").withHeaders(Headers.of(Map.of("n".repeat(257), "v"))),
                text("x").withHeaders(Headers.of(Map.of("n", "v".repeat(1025)))),
                text("x").withHeaders(Headers.of(Map.of("Googly", "v"))),
                text("x").withHeaders(Headers.of(List.of(Header.of("n", Bytes.wrap(new byte[] {(byte) 0xff}))))),
                text("x").withKey("k".repeat(1025)),
                text("fine"));
        String[] words = {
            "101 attributes is above the 100",
            "257 bytes is above the 256",
            "1025 bytes is above the 1024",
            "goog*",
            "is no text",
            "1025 bytes is above the 1024 that an ordering key"
        };
        try (Sink sink = sink("")) {
            List<Outcome> outcomes = sink.send(messages).await();
            for (int i = 0; i < words.length; i++) {
                assertThat(failure(outcomes.get(i)))
                        .isInstanceOf(PoisonException.class)
                        .hasMessageContaining(words[i]);
            }
            assertThat(outcomes.getLast()).isInstanceOf(Outcome.Confirmed.class);
        }
    }
}
