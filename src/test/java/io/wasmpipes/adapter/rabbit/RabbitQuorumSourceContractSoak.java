package io.wasmpipes.adapter.rabbit;

import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.contract.SourceContract;
import io.wasmpipes.support.RabbitNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class RabbitQuorumSourceContractSoak extends SourceContract {
    private static RabbitNode node;

    @BeforeAll
    static void startNode() {
        node = RabbitNode.start();
    }

    @AfterAll
    static void stopNode() {
        node.close();
    }

    @Override
    protected String title() {
        return "rabbit source, quorum queue";
    }

    @Override
    protected Counterpart.ForSource open() throws Exception {
        return new RabbitCounterpart(node, "quorum", "?delivery_limit=-1&id=message_id");
    }
}
