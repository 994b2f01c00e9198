package io.wasmpipes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IdTest {
    private final Id input = new Id("ORDERS-7");

    @Test
    void the_id_of_an_output_is_the_same_at_every_run() {
        assertThat(input.derive("pipe", "sha256:a", 0, ""))
                .isEqualTo(input.derive("pipe", "sha256:a", 0, ""))
                .isEqualTo(new Id(input.derive("pipe", "sha256:a", 0, "").value()));
        assertThat(input.derive("pipe", "sha256:a", 0, "").value()).matches("[0-9a-f]{32}");
    }

    @Test
    void pipe_input_chain_index_and_label_each_make_another_id() {
        Set<Id> ids = new HashSet<>();
        ids.add(input.derive("pipe", "chain", 0, ""));
        ids.add(input.derive("pipe2", "chain", 0, ""));
        ids.add(input.derive("pipe", "chain2", 0, ""));
        ids.add(input.derive("pipe", "chain", 1, ""));
        ids.add(input.derive("pipe", "chain", 0, "hot"));
        ids.add(new Id("ORDERS-8").derive("pipe", "chain", 0, ""));
        ids.add(input);

        assertThat(ids).hasSize(7);
    }

    @Test
    void what_has_no_id_makes_outputs_without() {
        assertThat(Id.NONE.derive("pipe", "chain", 3, "hot").isNone()).isTrue();
        assertThat(Id.NONE).hasToString("-");
    }
}
