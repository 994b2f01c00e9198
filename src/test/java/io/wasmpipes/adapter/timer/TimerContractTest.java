package io.wasmpipes.adapter.timer;

import io.wasmpipes.Adapter;
import io.wasmpipes.Message;
import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.contract.SourceContract;
import java.util.List;
import java.util.Optional;

class TimerContractTest extends SourceContract {
    @Override
    protected String title() {
        return "timer source";
    }

    @Override
    protected Counterpart.ForSource open() {
        return new Counterpart.ForSource() {
            @Override
            public Adapter adapter() {
                return new TimerAdapter();
            }

            @Override
            public String uri() {
                return "timer:?period=10ms";
            }

            @Override
            public Optional<String> feedsItself() {
                return Optional.of("it makes its messages itself; TimerAdapterTest looks at them");
            }

            @Override
            public void put(List<Message> messages) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void close() {
                // nothing to release
            }
        };
    }
}
