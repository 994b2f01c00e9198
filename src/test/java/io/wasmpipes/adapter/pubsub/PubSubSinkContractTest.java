package io.wasmpipes.adapter.pubsub;

import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.contract.SinkContract;

class PubSubSinkContractTest extends SinkContract {
    @Override
    protected String title() {
        return "gcppubsub sink";
    }

    @Override
    protected Counterpart.ForSink open() {
        return new PubSubCounterpart(false);
    }
}
