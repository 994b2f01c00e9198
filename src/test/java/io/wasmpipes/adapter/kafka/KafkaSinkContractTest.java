package io.wasmpipes.adapter.kafka;

import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.contract.SinkContract;
import java.util.Map;

class KafkaSinkContractTest extends SinkContract {
    @Override
    protected String title() {
        return "kafka sink";
    }

    @Override
    protected Counterpart.ForSink open() throws Exception {
        return new KafkaCounterpart(false, Map.of());
    }
}
