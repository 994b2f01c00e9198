package io.wasmpipes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Adapter;
import io.wasmpipes.config.Machine;
import io.wasmpipes.config.ProblemReport;
import io.wasmpipes.config.Settings;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class ExplanationTest {
    private static final List<Adapter> ADAPTERS = ServiceLoader.load(Adapter.class).stream()
            .map(ServiceLoader.Provider::get)
            .toList();

    private static Settings settings(Map<String, String> variables) throws Exception {
        return Settings.from(variables, ADAPTERS, Machine.current());
    }

    private static String explained(Map<String, String> variables) throws Exception {
        return Explanation.text(Explanation.of(settings(variables), ADAPTERS));
    }

    @Test
    void http_to_a_stream_hangs_on_the_sender_and_repeats() throws Exception {
        assertThat(explained(Map.of("SOURCE_URI", "http://:9000/e", "SINK_URI", "jetstream://S?subject=s")))
                .contains(
                        "at least once, if the sender repeats what was not answered with success",
                        "the source answers 200 ok once the sink has confirmed",
                        "confirmed means: the stream has acknowledged",
                        "duplicates: possible after a crash or a lost answer, as the source has no stable ids",
                        "none, the source promises none",
                        "no DEAD_LETTER_URI, so the source answers 422 with the reason");
    }

    @Test
    void stream_to_stream_is_at_least_once_in_order_and_without_duplicates() throws Exception {
        assertThat(explained(Map.of("SOURCE_URI", "jetstream://A", "SINK_URI", "jetstream://B?subject=b")))
                .contains(
                        "guarantee   at least once: what is not settled comes again",
                        "duplicates: the sink drops what is sent twice",
                        "all messages in the order of the source: one lane")
                .doesNotContain("one message of a key at a time");
    }

    @Test
    void a_source_that_takes_nothing_back_is_at_most_once_across_a_kill() throws Exception {
        assertThat(explained(Map.of("SOURCE_URI", "stdin:", "SINK_URI", "stdout:")))
                .contains(
                        "at most once when the process is killed",
                        "It ends at the sink",
                        "so the pipe STOPS: set one, or on_reject=skip");
    }

    @Test
    void a_sink_that_does_not_stop_behind_a_failure_slows_an_ordered_source() throws Exception {
        assertThat(explained(Map.of("SOURCE_URI", "jetstream://A", "SINK_URI", "http://h/hook", "SINK_X_URI", "log:")))
                .contains("one message of a key at a time is under way: a failure at sink does not stop");
    }

    @Test
    void a_source_that_gives_up_without_dead_letters_is_told_at_the_start_and_here() throws Exception {
        Map<String, String> alone = Map.of("SOURCE_URI", "jetstream://A?max_deliver=5", "SINK_URI", "stdout:");
        assertThat(explained(alone)).contains("after 5 deliveries").contains("WITHOUT DEAD_LETTER_URI");
        assertThat(settings(alone).warnings().stream().map(ProblemReport::line))
                .anyMatch(line -> line.contains("after 5 deliveries") && line.contains("DEAD_LETTER_URI"));

        Map<String, String> kept = Map.of(
                "SOURCE_URI", "jetstream://A?max_deliver=5", "SINK_URI", "stdout:", "DEAD_LETTER_URI", "file:dead");
        assertThat(explained(kept)).doesNotContain("WITHOUT").contains("poison: goes to file:dead");
        assertThat(settings(kept).warnings()).isEmpty();
    }

    @Test
    void what_the_cache_is_good_for_depends_on_ids_and_on_who_shares_it() throws Exception {
        assertThat(explained(Map.of("SOURCE_URI", "jetstream://A", "SINK_URI", "stdout:", "WASM_MODULES", "hot")))
                .contains("gone when the process ends", "writes count once", "while this process lives");
        assertThat(explained(Map.of(
                        "SOURCE_URI",
                        "http://:1/",
                        "SINK_URI",
                        "stdout:",
                        "WASM_MODULES",
                        "hot",
                        "CACHE_URI",
                        "redis://h",
                        "PIPE_NAME",
                        "p")))
                .contains("shared with other processes", "count again: the source has no stable ids");
        assertThat(explained(Map.of("SOURCE_URI", "stdin:", "SINK_URI", "stdout:")))
                .contains("not used: there are no modules");
    }

    @Test
    void kafka_to_kafka_can_be_exactly_once() throws Exception {
        Map<String, String> pair = Map.of(
                "SOURCE_URI",
                "kafka://g?topic=a&exactly_once=true",
                "SINK_URI",
                "kafka://b",
                "KAFKA_BROKERS",
                "h:9092");
        assertThat(explained(pair))
                .contains(
                        "exactly once, for readers that read only what is committed",
                        "the source commits its offset and its outputs in one transaction",
                        "duplicates: none among what is committed",
                        "messages of one key in order");
    }

    @Test
    void no_secret_of_a_uri_is_explained() throws Exception {
        assertThat(explained(Map.of("SOURCE_URI", "stdin:", "SINK_URI", "http://u:hunter2@h/hook?token=hunter3")))
                .doesNotContain("hunter");
    }
}
