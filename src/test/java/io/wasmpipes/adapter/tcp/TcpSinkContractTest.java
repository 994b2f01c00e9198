package io.wasmpipes.adapter.tcp;

import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.contract.SinkContract;

class TcpSinkContractTest extends SinkContract {
    @Override
    protected String title() {
        return "tcp sink";
    }

    @Override
    protected Counterpart.ForSink open() throws Exception {
        return new TcpSinkCounterpart();
    }
}
