package io.wasmpipes.adapter.tcp;

import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.contract.SourceContract;

class TcpSourceContractTest extends SourceContract {
    @Override
    protected String title() {
        return "tcp source";
    }

    @Override
    protected Counterpart.ForSource open() throws Exception {
        return new TcpSourceCounterpart();
    }
}
