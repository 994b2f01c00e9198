package io.wasmpipes.adapter.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.wasmpipes.Context;
import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Limits;
import io.wasmpipes.PipeException;
import io.wasmpipes.Problems;
import io.wasmpipes.Settled;
import io.wasmpipes.Settlement;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.support.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What tests of Redis streams share. */
final class Streams {
    static final Demand TEN = new Demand(10, 1 << 20, true, Duration.ofMillis(300));

    private Streams() {}

    static Endpoint endpoint(Endpoint.Role role, String uri, Map<String, String> variables) {
        return Endpoint.parse(role, role + "_URI", uri, Counterpart.variables(variables), new Problems())
                .orElseThrow();
    }

    private static Context context(Duration leaseMax) {
        Limits limits = new Limits(1000, 1 << 20, 1 << 20, 100, leaseMax);
        return new Context("p", limits, Path.of("."), InstantSource.system());
    }

    static Source source(String uri) throws PipeException {
        return source(uri, Duration.ofHours(1));
    }

    static Source source(String uri, Duration leaseMax) throws PipeException {
        return new RedisAdapter().source(endpoint(Endpoint.Role.SOURCE, uri, Map.of()), context(leaseMax));
    }

    static Sink sink(String uri, Map<String, String> variables) throws PipeException {
        return new RedisAdapter().sink(endpoint(Endpoint.Role.SINK, uri, variables), context(Duration.ofHours(1)));
    }

    static List<Delivery> take(Source source, int count) throws Exception {
        List<Delivery> taken = new ArrayList<>();
        Await.until(count + " deliveries", () -> {
            taken.addAll(source.receive(TEN));
            return taken.size() >= count;
        });
        return taken;
    }

    static List<String> bodies(List<Delivery> deliveries) {
        return deliveries.stream().map(d -> d.message().body().utf8()).toList();
    }

    static void settle(Source source, Delivery delivery, Settlement how) throws Exception {
        source.settle(List.of(new Settled(delivery, how)));
    }

    static Settlement.Retry retry(long millis) {
        return new Settlement.Retry(Duration.ofMillis(millis), new IllegalStateException("again"));
    }

    /** Lettuce itself, with text for names and values. */
    record Raw(RedisClient client, RedisCommands<String, String> commands) implements AutoCloseable {
        static Raw on(int port) {
            RedisClient client = RedisClient.create("redis://127.0.0.1:" + port);
            return new Raw(client, client.connect().sync());
        }

        List<Object> call(ProtocolKeyword command, String... words) {
            CommandArgs<String, String> args = new CommandArgs<>(StringCodec.UTF8);
            for (String word : words) {
                args.add(word);
            }
            return commands.dispatch(command, new NestedMultiOutput<>(StringCodec.UTF8), args);
        }

        String add(String stream, String... fields) {
            List<String> words = new ArrayList<>(List.of(stream, "*"));
            words.addAll(List.of(fields));
            return (String) call(CommandType.XADD, words.toArray(String[]::new)).getFirst();
        }

        /** How many entries the group has been given and has not acknowledged. */
        long pending(String stream, String group) {
            return (Long) call(CommandType.XPENDING, stream, group).getFirst();
        }

        @Override
        public void close() {
            client.shutdown();
        }
    }
}
