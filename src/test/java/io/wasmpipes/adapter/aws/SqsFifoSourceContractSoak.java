package io.wasmpipes.adapter.aws;

import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.contract.SourceContract;

class SqsFifoSourceContractSoak extends SourceContract {
    @Override
    protected String title() {
        return "sqs fifo source";
    }

    @Override
    protected Counterpart.ForSource open() {
        return new SqsCounterpart(true);
    }
}
