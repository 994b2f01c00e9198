package io.wasmpipes.adapter.http;

import io.wasmpipes.Adapter;
import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Id;
import io.wasmpipes.Message;
import io.wasmpipes.Variables;
import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.contract.SinkContract;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.FaultProxy;
import io.wasmpipes.support.Ports;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The sink before the JDK's HTTP server, which shows what arrived. */
class HttpSinkContractTest extends SinkContract {
    private static final String SECRET = "s3cret-t0ken";

    @Override
    protected String title() {
        return "http sink";
    }

    @Override
    protected Counterpart.ForSink open() {
        return new Server();
    }

    private static final class Server implements Counterpart.ForSink {
        private final HttpTarget target = new HttpTarget(HttpTarget.status(200));
        private final FaultProxy proxy = FaultProxy.before(target.port());

        @Override
        public Adapter adapter() {
            return new HttpAdapter();
        }

        /** One request at a time, so that what arrives can be compared in order. */
        @Override
        public String uri() {
            return "http://127.0.0.1:" + proxy.port() + "/hook?concurrency=1&timeout=5s";
        }

        @Override
        public Variables variables() {
            return Counterpart.variables(Map.of("HTTP_TOKEN", SECRET));
        }

        @Override
        public String secret() {
            return SECRET;
        }

        @Override
        public Optional<Absent> absent() {
            return Optional.of(new Absent("http://127.0.0.1:" + Ports.free() + "/hook", variables()));
        }

        @Override
        public Set<String> cannotCarry() {
            return Set.of("x-lines", "x-blanks");
        }

        @Override
        public Optional<String> takesAnyOption() {
            return Optional.of("what is no option of ours belongs to the target");
        }

        @Override
        public List<Message> arrived(int count) throws Exception {
            Await.until(count + " requests", () -> target.seen.size() >= count);
            return target.seen.stream().map(Server::message).toList();
        }

        private static Message message(HttpTarget.Seen seen) {
            List<Header> headers = new ArrayList<>();
            seen.headers()
                    .forEach((name, values) ->
                            values.forEach(value -> headers.add(Header.of(name, HeaderText.decode(value)))));
            Bytes body = seen.body();
            return new Message(Id.NONE, body, Headers.of(headers), null, null, null);
        }

        @Override
        public Optional<Faults> faults() {
            return Optional.of(new Faults() {
                @Override
                public void cut() {
                    proxy.cut();
                }

                @Override
                public void stall() {
                    proxy.stall();
                }

                @Override
                public boolean stallShowsAtConnect() {
                    return false;
                }

                @Override
                public void heal() {
                    proxy.heal();
                }

                @Override
                public void restart() {
                    throw new UnsupportedOperationException("an HTTP target promises nothing about its own restart");
                }
            });
        }

        @Override
        public void close() {
            proxy.close();
            target.close();
        }
    }
}
