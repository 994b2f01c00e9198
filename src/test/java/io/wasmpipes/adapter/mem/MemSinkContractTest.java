package io.wasmpipes.adapter.mem;

import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.contract.SinkContract;

class MemSinkContractTest extends SinkContract {
    @Override
    protected String title() {
        return "mem sink";
    }

    @Override
    protected Counterpart.ForSink open() {
        return new MemCounterpart("");
    }
}
