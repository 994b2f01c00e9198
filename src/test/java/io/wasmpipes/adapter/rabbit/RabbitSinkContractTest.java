package io.wasmpipes.adapter.rabbit;

import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.contract.SinkContract;
import io.wasmpipes.support.RabbitNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class RabbitSinkContractTest extends SinkContract {
    private static RabbitNode node;

    @BeforeAll
    static void startNode() {
        node = RabbitNode.start("max_message_size = " + RabbitCounterpart.LARGEST);
    }

    @AfterAll
    static void stopNode() {
        node.close();
    }

    @Override
    protected String title() {
        return "rabbit sink";
    }

    @Override
    protected Counterpart.ForSink open() throws Exception {
        return new RabbitCounterpart(node, "classic", "?max_message_size=1MiB");
    }
}
