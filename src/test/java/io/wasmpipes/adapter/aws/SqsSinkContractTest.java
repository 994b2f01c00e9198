package io.wasmpipes.adapter.aws;

import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.contract.SinkContract;

class SqsSinkContractTest extends SinkContract {
    @Override
    protected String title() {
        return "sqs sink";
    }

    @Override
    protected Counterpart.ForSink open() {
        return new SqsCounterpart(false);
    }
}
