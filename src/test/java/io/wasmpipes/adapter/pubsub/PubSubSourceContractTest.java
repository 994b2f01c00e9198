package io.wasmpipes.adapter.pubsub;

import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.contract.SourceContract;

class PubSubSourceContractTest extends SourceContract {
    @Override
    protected String title() {
        return "gcppubsub source";
    }

    @Override
    protected Counterpart.ForSource open() {
        return new PubSubCounterpart(true);
    }
}
