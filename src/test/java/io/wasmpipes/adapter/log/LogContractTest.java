package io.wasmpipes.adapter.log;

import io.wasmpipes.Adapter;
import io.wasmpipes.Message;
import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.contract.SinkContract;
import java.util.List;
import java.util.Optional;

class LogContractTest extends SinkContract {
    @Override
    protected String title() {
        return "log sink";
    }

    @Override
    protected Counterpart.ForSink open() {
        return new Counterpart.ForSink() {
            @Override
            public Adapter adapter() {
                return new LogAdapter();
            }

            @Override
            public String uri() {
                return "log:";
            }

            @Override
            public Optional<String> invisible() {
                return Optional.of("the log holds no bodies; LogAdapterTest looks at the lines");
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
