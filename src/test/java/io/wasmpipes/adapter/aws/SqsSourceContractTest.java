package io.wasmpipes.adapter.aws;

import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.contract.SourceContract;

class SqsSourceContractTest extends SourceContract {
    @Override
    protected String title() {
        return "sqs source";
    }

    @Override
    protected Counterpart.ForSource open() {
        return new SqsCounterpart(false);
    }
}
