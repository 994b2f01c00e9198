package io.wasmpipes.adapter.servicebus;

import com.azure.core.amqp.AmqpRetryOptions;
import com.azure.messaging.servicebus.ServiceBusClientBuilder;
import com.azure.messaging.servicebus.ServiceBusClientBuilder.ServiceBusReceiverClientBuilder;
import com.azure.messaging.servicebus.ServiceBusClientBuilder.ServiceBusSessionReceiverClientBuilder;
import com.azure.messaging.servicebus.ServiceBusReceiverAsyncClient;
import com.azure.messaging.servicebus.ServiceBusSenderAsyncClient;
import com.azure.messaging.servicebus.ServiceBusSessionReceiverAsyncClient;
import io.wasmpipes.TransientException;
import io.wasmpipes.azure.AzureLogin;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import reactor.core.publisher.Mono;

/**
 * Makes clients of one entity, each with a connection of its own and the login as it is then. They never retry by themselves:
 * the pipe does. Every wait has a bound of ours, because the client's own are long.
 */
record Clients(ServiceBusSettings settings) {
    /** For a connection, with the first answer of the entity. */
    static final Duration CONNECT = Duration.ofMillis(4500);

    /** For the look whether anybody listens, which is part of it. */
    private static final Duration KNOCK = Duration.ofSeconds(2);

    private static final Pattern ENDPOINT =
            Pattern.compile("Endpoint=\\w+://([^:/;]+)(?::(\\d{1,5}))?", Pattern.CASE_INSENSITIVE);
    private static final int TLS_PORT = 5671;
    private static final int EMULATOR_PORT = 5672;

    /** For any later answer. */
    static final Duration ANSWER = Duration.ofSeconds(8);

    private static final Duration TRY = Duration.ofSeconds(4);

    ServiceBusSenderAsyncClient sender() throws TransientException {
        return builder().sender().queueName(settings.entity()).buildAsyncClient(); // of a topic it is the same
    }

    /** Locks messages and leaves everything else to us: acknowledging, renewing, prefetching. */
    ServiceBusReceiverAsyncClient receiver() throws TransientException {
        ServiceBusReceiverClientBuilder receiver = builder()
                .receiver()
                .disableAutoComplete()
                .maxAutoLockRenewDuration(Duration.ZERO)
                .prefetchCount(0);
        return settings.subscription().isEmpty()
                ? receiver.queueName(settings.entity()).buildAsyncClient()
                : receiver.topicName(settings.entity())
                        .subscriptionName(settings.subscription())
                        .buildAsyncClient();
    }

    /** Accepts sessions; what they receive is left to us as well. */
    ServiceBusSessionReceiverAsyncClient sessions() throws TransientException {
        ServiceBusSessionReceiverClientBuilder receiver = builder()
                .sessionReceiver()
                .disableAutoComplete()
                .maxAutoLockRenewDuration(Duration.ZERO)
                .prefetchCount(0);
        return settings.subscription().isEmpty()
                ? receiver.queueName(settings.entity()).buildAsyncClient()
                : receiver.topicName(settings.entity())
                        .subscriptionName(settings.subscription())
                        .buildAsyncClient();
    }

    /**
     * Sees whether anybody listens there: the client would go on trying and not say why.
     *
     * @return what is left of {@link #CONNECT}
     */
    Duration knock() throws TransientException {
        long start = System.nanoTime();
        InetSocketAddress address = address();
        if (address.isUnresolved()) {
            throw TransientException.outage(settings + ": the host " + address.getHostString() + " is unknown");
        }
        try (Socket socket = new Socket()) {
            socket.connect(address, (int) KNOCK.toMillis());
        } catch (IOException e) {
            throw TransientException.outage(
                    settings + ": " + address.getHostString() + ":" + address.getPort() + " does not answer", e);
        }
        return CONNECT.minusNanos(System.nanoTime() - start);
    }

    private InetSocketAddress address() throws TransientException {
        Optional<String> connection = settings.variables().get(ServiceBusSettings.CONNECTION_STRING);
        if (connection.isEmpty()) {
            return new InetSocketAddress(
                    settings.variables().get(ServiceBusSettings.HOSTNAME).orElse(""), TLS_PORT);
        }
        Matcher endpoint = ENDPOINT.matcher(connection.get());
        if (!endpoint.find()) { // replaced meanwhile
            throw TransientException.outage("the login for " + settings + " cannot be used");
        }
        boolean emulator = connection.get().contains("UseDevelopmentEmulator=true");
        String port = endpoint.group(2);
        int usual = emulator ? EMULATOR_PORT : TLS_PORT;
        return new InetSocketAddress(endpoint.group(1), port == null ? usual : Integer.parseInt(port));
    }

    private ServiceBusClientBuilder builder() throws TransientException {
        ServiceBusClientBuilder builder = new ServiceBusClientBuilder()
                .retryOptions(new AmqpRetryOptions()
                        .setMaxRetries(0)
                        .setTryTimeout(TRY)
                        .setDelay(Duration.ofMillis(100))
                        .setMaxDelay(Duration.ofSeconds(5)));
        Optional<String> connection = settings.variables().get(ServiceBusSettings.CONNECTION_STRING);
        try {
            return connection.isPresent()
                    ? builder.connectionString(connection.get())
                    : builder.credential(
                            settings.variables()
                                    .get(ServiceBusSettings.HOSTNAME)
                                    .orElse(""),
                            AzureLogin.credential(settings.variables()));
        } catch (IllegalArgumentException e) { // replaced meanwhile; its text may hold the secret
            throw TransientException.outage("the login for " + settings + " cannot be used");
        }
    }

    /** Waits for an answer, at most {@code patience}. */
    <T> T await(Mono<T> answer, Duration patience) throws TransientException, InterruptedException {
        return await(answer.toFuture(), patience);
    }

    <T> T await(CompletableFuture<T> answer, Duration patience) throws TransientException, InterruptedException {
        try {
            return answer.get(Math.max(0, patience.toMillis()), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw TransientException.outage(settings + " does not answer in time", e);
        } catch (ExecutionException e) {
            throw Failures.outage(settings, e.getCause() == null ? e : e.getCause());
        }
    }
}
