package io.wasmpipes.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Id;
import io.wasmpipes.Message;
import io.wasmpipes.pipe.DeadMessage;
import io.wasmpipes.pipe.DeadMessage.Fate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RecentDeathsTest {
    private final RecentDeaths deaths = new RecentDeaths();

    private void add(String id, Bytes body, Fate fate) {
        Headers headers = Headers.of(List.of(Header.of("k", "one"), Header.of("k", "two")));
        Message message = new Message(new Id(id), body, headers, null, null, null);
        deaths.add(new DeadMessage(id, Instant.EPOCH, message, "keep", "no", 1, fate));
    }

    private Map<String, Object> found(String id) {
        return deaths.find(id).orElseThrow();
    }

    @Test
    void the_size_is_that_of_the_whole_and_the_head_is_whole_characters() {
        add("a", Bytes.utf8("x" + "ä".repeat(Trip.BODY_MAX)), Fate.KEPT);
        assertThat(found("a"))
                .containsEntry("bytes", 1 + 2 * Trip.BODY_MAX)
                .containsEntry("truncated", true)
                .containsEntry("headers", Map.of("k", "one, two"))
                .containsEntry("body", "x" + "ä".repeat(Trip.BODY_MAX / 2 - 1));
        assertThat(deaths.list().getFirst())
                .containsEntry("bytes", 1 + 2 * Trip.BODY_MAX)
                .containsEntry("reason", "keep: no")
                .doesNotContainKeys("body", "headers");
    }

    @Test
    void the_latest_stay_and_their_state_is_told() {
        for (int i = 0; i <= RecentDeaths.MOST; i++) {
            add("m" + i, Bytes.EMPTY, Fate.REFUSED);
        }
        add("kept", Bytes.EMPTY, Fate.KEPT);
        add("skipped", Bytes.EMPTY, Fate.SKIPPED);
        deaths.redriven(Set.of("kept"));
        assertThat(deaths.list()).hasSize(RecentDeaths.MOST);
        assertThat(deaths.list()).extracting(each -> each.get("state")).startsWith("skipped", "redriven", "rejected");
        assertThat(deaths.find("m0")).isEmpty();
    }
}
