package io.wasmpipes.adapter.kafka;

import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.contract.SourceContract;
import java.util.Map;

class KafkaConsumerProtocolSourceContractSoak extends SourceContract {
    @Override
    protected String title() {
        return "kafka source of a group of the new protocol";
    }

    @Override
    protected Counterpart.ForSource open() throws Exception {
        return new KafkaCounterpart(true, Map.of("KAFKA_OPT_GROUP_PROTOCOL", "consumer"));
    }
}
