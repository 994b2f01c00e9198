package io.wasmpipes.adapter.aws;

import io.wasmpipes.Adapter;
import io.wasmpipes.Message;
import io.wasmpipes.Variables;
import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.contract.ProxyFaults;
import io.wasmpipes.support.FaultProxy;
import io.wasmpipes.support.Ports;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A topic of the fake, behind a proxy, and a queue that reads it raw. */
final class SnsCounterpart implements Counterpart.ForSink {
    private final FaultProxy proxy = FaultProxy.before(SnsFake.one().port());
    private final SqsCounterpart queue;
    private final String arn;

    SnsCounterpart(boolean fifo) {
        this.queue = new SqsCounterpart(fifo);
        String name = SqsServer.fresh(fifo);
        this.arn = SnsFake.one().topic(name, queue.url(), true);
    }

    @Override
    public Adapter adapter() {
        return new AwsAdapter();
    }

    @Override
    public String uri() {
        return "awssns:///" + arn;
    }

    @Override
    public Variables variables() {
        return variables(proxy.port());
    }

    private static Variables variables(int port) {
        Map<String, String> variables = new HashMap<>(SqsServer.LOGIN);
        variables.put("AWS_ENDPOINT_URL_SNS", "http://127.0.0.1:" + port);
        return Counterpart.variables(variables);
    }

    @Override
    public Optional<Absent> absent() {
        return Optional.of(new Absent(uri(), variables(Ports.free())));
    }

    @Override
    public String secret() {
        return "s3cr3t-word";
    }

    /** 256 KiB less 23 bytes for the attribute that says so, in base64. */
    @Override
    public long largest() {
        return ((256 << 10) - 23) / 4 * 3;
    }

    @Override
    public Set<String> cannotCarry() {
        return Set.of("x-empty");
    }

    @Override
    public Optional<Faults> faults() {
        return Optional.of(new ProxyFaults(proxy));
    }

    @Override
    public List<Message> arrived(int count) throws Exception {
        return queue.arrived(count);
    }

    @Override
    public void close() {
        proxy.heal();
        proxy.close();
        queue.close();
    }
}
