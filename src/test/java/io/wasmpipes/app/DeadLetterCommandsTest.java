package io.wasmpipes.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** What {@code dlq} does with letters in a file. */
class DeadLetterCommandsTest extends Typed {
    private static final String LETTERS = """
            {"time":"2026-01-31T12:00:00Z","id":"d1","key":"k","wasmpipes":{"reason":"not JSON at byte 0","stage":"keep","digest":"","pipe":"p","source":"SOURCE","attempts":1,"time":"2026-01-31T12:00:00Z","id":"m1"},"headers":[{"name":"a","value":"b"}],"body":"oops"}
            {"time":"2026-01-31T12:00:01Z","id":"d2","wasmpipes":{"reason":"too \\"deep\\"","stage":"","digest":"","pipe":"p","source":"SOURCE","attempts":3,"time":"2026-01-31T12:00:01Z","id":"m2"},"headers":[],"body_base64":"/w=="}
            {"time":"2026-01-31T12:00:02Z","id":"d3","wasmpipes":{"reason":"big","stage":"keep","digest":"","pipe":"p","source":"SOURCE","attempts":1,"time":"2026-01-31T12:00:02Z","id":"m3","truncated_from":9},"headers":[],"body":"head"}
            """;

    private String letters(String source) throws IOException {
        return "file:" + file("dead.jsonl", LETTERS.replace("SOURCE", source) + "{\"half a line");
    }

    @Test
    void dead_letters_are_listed_and_shown_and_stay() throws Exception {
        String box = letters("stdin:");
        for (int i = 0; i < 2; i++) {
            assertThat(run("dlq", "list", box)).isZero();
            assertThat(out())
                    .contains("m1  2026-01-31T12:00:00Z  keep: not JSON at byte 0, attempts 1, 4 bytes")
                    .contains("m2  2026-01-31T12:00:01Z  too \"deep\", attempts 3, 1 bytes")
                    .endsWith("3 entries\n");
        }
        assertThat(run("dlq", "list", box, "--max", "1", "--json")).isZero();
        assertThat(new ObjectMapper().readTree(out()).path("source").asText()).isEqualTo("stdin:");
        assertThat(run("dlq", "show", box, "m1")).isZero();
        assertThat(out()).contains("\"body\":\"oops\"").contains("\"name\":\"a\"");
        assertThat(run("dlq", "show", box, "m9")).isEqualTo(1);
        assertThat(run("dlq", "list", "file:" + folder.resolve("none"))).isEqualTo(1);
        assertThat(err()).contains("cannot be read");
    }

    @Test
    void redriven_letters_are_gone_and_the_others_are_not() throws Exception {
        String target = "file:" + folder.resolve("again.txt");
        String box = letters(target);
        assertThat(run("dlq", "redrive", box, "--id", "m1")).isZero();
        assertThat(out()).isEqualTo("1 redriven\n");
        assertThat(folder.resolve("again.txt")).hasContent("oops");
        assertThat(run("dlq", "redrive", box)).isZero();
        assertThat(out()).isEqualTo("1 redriven\n");
        assertThat(err()).contains("m3 stays: only the head of its body is there");
        assertThat(run("dlq", "list", box)).isZero();
        assertThat(out()).contains("m3").doesNotContain("m1").endsWith("1 entry\n");
        assertThat(run("dlq", "discard", box, "--id", "m3")).isZero();
        assertThat(out()).isEqualTo("1 discarded\n");
        Files.writeString(
                folder.resolve("dead.jsonl"),
                "\n" + LETTERS.lines().findFirst().orElseThrow().replace("m1", "m4") + "\n",
                java.nio.file.StandardOpenOption.APPEND); // as a pipe goes on writing
        assertThat(run("dlq", "list", box)).isZero();
        assertThat(out()).contains("m4").endsWith("1 entry\n");
    }

    @Test
    void what_cannot_be_redriven_stays() throws Exception {
        String box = letters("stdin:");
        assertThat(run("dlq", "redrive", box)).isEqualTo(78);
        assertThat(err()).contains("say --to URI");
        assertThat(run("dlq", "redrive", box, "--to", "http://127.0.0.1:1/x")).isEqualTo(1);
        assertThat(out()).isEqualTo("0 redriven, 2 failed\n");
        assertThat(run("dlq", "redrive", box, "--to", "kafka:")).isEqualTo(78);
        assertThat(run("dlq", "list", box)).isZero();
        assertThat(out()).endsWith("3 entries\n");
    }
}
