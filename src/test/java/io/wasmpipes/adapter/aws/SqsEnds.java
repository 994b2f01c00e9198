package io.wasmpipes.adapter.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Bytes;
import io.wasmpipes.Context;
import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Limits;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.PipeException;
import io.wasmpipes.Problems;
import io.wasmpipes.Settled;
import io.wasmpipes.Settlement;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.Folders;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** A source and a sink behind a front that can refuse, and what tests do with them. */
@Timeout(180)
abstract class SqsEnds {
    static final Settlement RETRY = new Settlement.Retry(Duration.ZERO, new IllegalStateException("again"));
    final SqsFront front = new SqsFront();
    final Map<String, String> variables = new HashMap<>(SqsServer.LOGIN);

    SqsEnds() {
        variables.put("AWS_ENDPOINT_URL_SQS", front.url());
        variables.put("AWS_ENDPOINT_URL_STS", front.url());
    }

    @AfterEach
    void close() {
        front.close();
    }

    static String queue(boolean fifo, Map<QueueAttributeName, String> more) {
        String name = SqsServer.fresh(fifo);
        SqsServer.one().create(name, more);
        return SqsServer.uri(name);
    }

    Endpoint endpoint(Endpoint.Role role, String uri) {
        return Endpoint.parse(role, "THE_URI", uri, Counterpart.variables(variables), new Problems())
                .orElseThrow();
    }

    static Context context() {
        return new Context("p", Limits.DEFAULT, Folders.fresh("aws"), InstantSource.system());
    }

    Sink sink(String uri) throws PipeException {
        return new AwsAdapter().sink(endpoint(Endpoint.Role.SINK, uri), context());
    }

    Source source(String uri) throws PipeException {
        return new AwsAdapter().source(endpoint(Endpoint.Role.SOURCE, uri), context());
    }

    static List<Message> numbered(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Message.of(Bytes.utf8("m" + i)))
                .toList();
    }

    void put(String uri, List<Message> messages) throws Exception {
        try (Sink sink = sink(uri)) {
            assertThat(sink.send(messages).await()).allMatch(o -> o instanceof Outcome.Confirmed);
        }
    }

    static List<Delivery> take(Source source, int count) throws Exception {
        List<Delivery> taken = new ArrayList<>();
        Await.until(count + " deliveries", () -> {
            taken.addAll(source.receive(new Demand(100, 32L << 20, true, Duration.ofMillis(300))));
            return taken.size() >= count;
        });
        return taken;
    }

    static List<String> texts(List<Delivery> deliveries) {
        return deliveries.stream().map(d -> d.message().body().utf8()).toList();
    }

    static List<Settled> all(List<Delivery> deliveries, Settlement how) {
        return deliveries.stream().map(d -> new Settled(d, how)).toList();
    }

    static void assertOutage(PipeException why, String... words) {
        assertThat(why)
                .isInstanceOfSatisfying(
                        TransientException.class,
                        e -> assertThat(e.scope()).isEqualTo(TransientException.Scope.OUTAGE));
        assertThat(why).hasMessageContainingAll(words);
    }
}
