package io.wasmpipes.adapter.aws;

import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.contract.SinkContract;

class SnsSinkContractTest extends SinkContract {
    @Override
    protected String title() {
        return "sns sink";
    }

    @Override
    protected Counterpart.ForSink open() {
        return new SnsCounterpart(false);
    }
}
