package io.wasmpipes.adapter.file;

import io.wasmpipes.Framing;
import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.contract.SourceContract;

class FileSourceContractTest extends SourceContract {
    @Override
    protected String title() {
        return "file source";
    }

    @Override
    protected Counterpart.ForSource open() throws Exception {
        return new FileCounterpart("file", Framing.LINES).following();
    }
}
