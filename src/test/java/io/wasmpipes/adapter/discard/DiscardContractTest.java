package io.wasmpipes.adapter.discard;

import io.wasmpipes.Adapter;
import io.wasmpipes.Message;
import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.contract.SinkContract;
import java.util.List;
import java.util.Optional;

class DiscardContractTest extends SinkContract {
    @Override
    protected String title() {
        return "discard sink";
    }

    @Override
    protected Counterpart.ForSink open() {
        return new Counterpart.ForSink() {
            @Override
            public Adapter adapter() {
                return new DiscardAdapter();
            }

            @Override
            public String uri() {
                return "discard:";
            }

            @Override
            public Optional<String> invisible() {
                return Optional.of("nothing arrives anywhere");
            }

            @Override
            public List<Message> arrived(int count) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void close() {
                // nothing to release
            }
        };
    }
}
