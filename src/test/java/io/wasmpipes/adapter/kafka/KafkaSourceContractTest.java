package io.wasmpipes.adapter.kafka;

import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.contract.SourceContract;
import java.util.Map;

class KafkaSourceContractTest extends SourceContract {
    @Override
    protected String title() {
        return "kafka source";
    }

    @Override
    protected Counterpart.ForSource open() throws Exception {
        return new KafkaCounterpart(true, Map.of());
    }
}
