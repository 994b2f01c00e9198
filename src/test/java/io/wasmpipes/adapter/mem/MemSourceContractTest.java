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

    /** Leases of memory are not extended: what waits for a slow sink would come again and again. */
    @Override
    protected Counterpart openForPipe() {
        return new MemCounterpart("");
    }
}
