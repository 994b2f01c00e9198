package io.wasmpipes.cases;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The schema for editors knows the keys that the reader knows, and no others anywhere. */
class SchemaTest {
    private static JsonNode schema() throws IOException {
        return new JsonMapper().readTree(Path.of("modules", "cases.schema.json").toFile());
    }

    private static List<String> keys(JsonNode object) {
        assertThat(object.path("additionalProperties").asBoolean(true)).isFalse();
        return object.path("properties").properties().stream()
                .map(java.util.Map.Entry::getKey)
                .toList();
    }

    @Test
    void every_place_of_a_file_has_the_same_keys_in_both() throws Exception {
        JsonNode root = schema();
        JsonNode each = root.path("properties").path("cases").path("items");
        JsonNode step = each.path("properties").path("steps").path("items");
        Set<String> whole = new HashSet<>(CaseReader.ONLY_CASE);
        whole.addAll(CaseReader.STEP);
        assertThat(keys(root)).containsExactlyInAnyOrderElementsOf(CaseFile.KEYS);
        assertThat(keys(each)).containsExactlyInAnyOrderElementsOf(whole);
        assertThat(keys(step)).containsExactlyInAnyOrderElementsOf(CaseReader.STEP);
        for (JsonNode place : List.of(each, step)) {
            JsonNode properties = place.path("properties");
            assertThat(keys(properties.path("input"))).containsExactlyInAnyOrderElementsOf(CaseReader.INPUT);
            assertThat(keys(properties.path("outputs").path("items")))
                    .containsExactlyInAnyOrderElementsOf(CaseReader.OUTPUT);
            List<String> verdicts = Stream.of(ModuleCase.Verdict.values())
                    .map(verdict -> verdict.name().toLowerCase(java.util.Locale.ROOT))
                    .toList();
            assertThat(properties.path("verdict").path("enum"))
                    .extracting(JsonNode::asText)
                    .containsExactlyElementsOf(verdicts);
        }
        assertThat(keys(each.path("properties").path("http").path("additionalProperties")))
                .containsExactlyInAnyOrderElementsOf(CaseReader.REPLY);
    }
}
