package io.wasmpipes.adapter.servicebus;

import com.azure.messaging.servicebus.ServiceBusReceivedMessage;
import com.azure.messaging.servicebus.ServiceBusReceiverAsyncClient;
import java.util.function.Consumer;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/**
 * What one client receives: as many messages as are asked for, each handed on as it comes, on the client's thread. Asking is
 * for one thread.
 */
final class Inbox extends BaseSubscriber<ServiceBusReceivedMessage> {
    private final ServiceBusReceiverAsyncClient client;
    private final Consumer<ServiceBusReceivedMessage> arrived;
    private final Runnable ended;
    private long asked;
    private volatile long come;
    private volatile boolean over;

    Inbox(ServiceBusReceiverAsyncClient client, Consumer<ServiceBusReceivedMessage> arrived, Runnable ended) {
        this.client = client;
        this.arrived = arrived;
        this.ended = ended;
    }

    ServiceBusReceiverAsyncClient client() {
        return client;
    }

    void open() {
        client.receiveMessages().subscribe(this);
    }

    /** Sees to it that {@code count} messages, and no more than before, are asked for and have not come. */
    void ask(int count) {
        long missing = count - (asked - come);
        if (missing > 0) {
            asked += missing;
            request(missing);
        }
    }

    /** Whether it can still bring something. */
    boolean alive() {
        return !over;
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
        // nothing is asked for yet
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // the client's signals come one after the other
    protected void hookOnNext(ServiceBusReceivedMessage message) {
        come++;
        arrived.accept(message);
    }

    @Override
    protected void hookOnError(Throwable why) { // the next connection tells what is wrong, if it still is
        over = true;
        ended.run();
    }

    @Override
    protected void hookOnComplete() {
        over = true;
        ended.run();
    }

    /** Ends it without waiting for the client. */
    void end() {
        over = true;
        cancel();
        Thread.ofVirtual().name("service-bus-end").start(client::close);
    }
}
