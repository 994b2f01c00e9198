package io.wasmpipes.adapter.file;

import io.wasmpipes.Framing;
import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.contract.SourceContract;

class StdinContractTest extends SourceContract {
    @Override
    protected String title() {
        return "stdin source";
    }

    @Override
    protected Counterpart.ForSource open() throws Exception {
        return new FileCounterpart("stdin", Framing.LENGTH);
    }
}
