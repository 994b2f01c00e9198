package io.wasmpipes.adapter.mem;

import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.contract.SourceContract;

class MemSourceContractTest extends SourceContract {
    @Override
    protected String title() {
        return "mem source";
    }

    @Override
    protected Counterpart.ForSource open() {
        return new MemCounterpart("?ackdeadline=300ms");
    }
}
