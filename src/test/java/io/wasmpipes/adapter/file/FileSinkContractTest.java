package io.wasmpipes.adapter.file;

import io.wasmpipes.Framing;
import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.contract.SinkContract;

class FileSinkContractTest extends SinkContract {
    @Override
    protected String title() {
        return "file sink";
    }

    @Override
    protected Counterpart.ForSink open() throws Exception {
        return new FileCounterpart("file", Framing.LENGTH);
    }
}
