package io.wasmpipes.adapter.aws;

import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.contract.SinkContract;

class SqsFifoSinkContractSoak extends SinkContract {
    @Override
    protected String title() {
        return "sqs fifo sink";
    }

    @Override
    protected Counterpart.ForSink open() {
        return new SqsCounterpart(true);
    }
}
