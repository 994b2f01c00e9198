package io.wasmpipes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Adapter;
import io.wasmpipes.config.Machine;
import io.wasmpipes.config.Settings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopologyTest {
    private static final List<Adapter> ADAPTERS = ServiceLoader.load(Adapter.class).stream()
            .map(ServiceLoader.Provider::get)
            .toList();

    private final Map<String, Settings> pipes = new LinkedHashMap<>();

    private void pipe(String name, String source, String sink, String... more) throws Exception {
        Map<String, String> variables = new LinkedHashMap<>(Map.of("SOURCE_URI", source, "SINK_URI", sink));
        for (String each : more) {
            variables.put(each.substring(0, each.indexOf('=')), each.substring(each.indexOf('=') + 1));
        }
        pipes.put(name, Settings.from(variables, ADAPTERS, Machine.current()));
    }

    private Topology topology() {
        return Topology.of(pipes, ADAPTERS);
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:9100/hook, http://:9100/hook, true",
        "http://localhost:9100/hook, http://:9100/other, false",
        "http://localhost:9100/hook, http://:9101/hook, false",
        "http://localhost/hook/, http://:80/hook, true",
        "nats://orders.new, nats://orders.*, true",
        "nats://orders.new.eu, nats://orders.*, false",
        "nats://orders.new.eu, nats://orders.>, true",
        "nats://orders, nats://orders.>, false",
        "nats://a, nats://b, false",
        "jetstream://ORDERS?subject=orders.new, jetstream://ORDERS?subject=orders.>, true",
        "jetstream://ORDERS?subject=orders.new, jetstream://ORDERS, true",
        "jetstream://ORDERS?subject=orders.new, jetstream://ORDERS?subject=paid, false",
        "jetstream://ORDERS?subject=orders.new, nats://orders.new, false",
        "kafka://words, kafka://counters?topic=words&topic=more, true",
        "kafka://words, kafka://words?topic=more, false",
        "mqtt://h/rooms/1/temp, mqtt://h/rooms/+/temp, true",
        "mqtt://h/rooms/1/temp, mqtt://h/rooms/#, true",
        "mqtt://h/rooms/1/temp, mqtt://h/rooms/+, false",
        "tcp://host:9001, tcp://:9001, true",
        "tcp://host:9001, tcp://host:9001, false",
        "mem://a, mem://a, true",
        "file:x.txt, file:x.txt, true",
        "stdout:, stdin:, false",
        "awssqs://sqs.us-east-1.amazonaws.com/1/q, awssqs://sqs.us-east-1.amazonaws.com/1/q, true",
        "log:, timer:?period=1s, false"
    })
    void a_sink_and_a_source_meet_where_their_uris_say_so(String sink, String source, boolean meet) throws Exception {
        pipe("a", "timer:?period=1s", sink);
        pipe("b", source, "log:");
        assertThat(topology().edges()).isEqualTo(meet ? List.of(new Topology.Edge("a", "sink", "b")) : List.of());
    }

    @Test
    void a_topology_is_drawn_with_every_sink_and_its_loops() throws Exception {
        pipe("in", "http://:9000/events", "nats://one", "SINK_HOT_URI=nats://hot", "DEAD_LETTER_URI=file:dead.jsonl");
        pipe("round", "nats://one", "nats://two", "WASM_MODULES=uppercase.wasm | tag.wasm");
        pipe("and", "nats://two", "nats://one");
        pipe("hot", "nats://hot", "log:");
        assertThat(topology().loops()).containsExactly(List.of("round", "and", "round"));
        assertThat(Picture.text(topology())).isEqualTo("""
                in     http://:9000/events → nats://one ⇒ round
                       sink:hot → nats://hot ⇒ hot
                       dead-letter → file:dead.jsonl
                       at least once, if the sender repeats what was not answered with success. It ends at the sink, whose confirmation does not promise to outlive its own crash
                round  nats://one → uppercase → tag → nats://two ⇒ and
                       at most once when the process is killed: the source takes nothing back, and up to 1000 messages are in hand; other failures lose nothing. It ends at the sink, whose confirmation does not promise to outlive its own crash
                and    nats://two → nats://one ⇒ round
                       at most once when the process is killed: the source takes nothing back, and up to 1000 messages are in hand; other failures lose nothing. It ends at the sink, whose confirmation does not promise to outlive its own crash
                hot    nats://hot → log:
                       at most once when the process is killed: the source takes nothing back, and up to 1000 messages are in hand; other failures lose nothing. It ends at the sink, whose confirmation does not promise to outlive its own crash
                LOOP: round → and → round
                """);
        assertThat(Picture.mermaid(topology())).isEqualTo("""
                flowchart LR
                  p0["in"]
                  s0(["http://:9000/events"]) --> p0
                  p0 -- "nats://one" --> p1
                  p0 -- "hot nats://hot" --> p3
                  p0 -- "dead-letter" --> e0_2(["file:dead.jsonl"])
                  p1["round<br/>uppercase → tag"]
                  p1 -- "nats://two" --> p2
                  p2["and"]
                  p2 -- "nats://one" --> p1
                  p3["hot"]
                  p3 --> e3_0(["log:"])
                """);
    }

    @Test
    void a_pipe_that_feeds_itself_is_a_loop_and_a_pipe_alone_is_none() throws Exception {
        pipe("self", "nats://a.>", "nats://a.b");
        assertThat(topology().loops()).containsExactly(List.of("self", "self"));
        pipes.clear();
        pipe("alone", "stdin:", "stdout:");
        assertThat(Picture.text(topology())).contains("no loop");
    }

    @Test
    void secrets_are_not_drawn() throws Exception {
        pipe("a", "timer:?period=1s", "http://me:s3cr3t@h/x");
        assertThat(Picture.text(topology()) + Picture.mermaid(topology())).doesNotContain("s3cr3t");
    }
}
