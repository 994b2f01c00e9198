package io.wasmpipes.adapter.file;

import io.wasmpipes.Framing;
import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.contract.SinkContract;

class StdoutContractTest extends SinkContract {
    @Override
    protected String title() {
        return "stdout sink";
    }

    @Override
    protected Counterpart.ForSink open() throws Exception {
        return new FileCounterpart("stdout", Framing.LINES);
    }
}
