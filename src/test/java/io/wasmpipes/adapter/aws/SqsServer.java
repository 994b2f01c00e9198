package io.wasmpipes.adapter.aws;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.wasmpipes.support.FaultProxy;
import java.net.URI;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.elasticmq.rest.sqs.SQSRestServer;
import org.elasticmq.rest.sqs.SQSRestServerBuilder;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** ElasticMQ in this process, one for all tests of the JVM, and the official client on it. It keeps nothing on disk. */
final class SqsServer {
    static final Map<String, String> LOGIN =
            Map.of("AWS_ACCESS_KEY_ID", "AKIATEST", "AWS_SECRET_ACCESS_KEY", "s3cr3t-word");
    static final String HOST = "sqs.eu-west-1.amazonaws.com";
    static final String ACCOUNT = "000000000000";

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final SqsServer ONE = new SqsServer();

    private final int port;
    private final SqsClient client;

    private SqsServer() {
        for (String chatty : new String[] {"org.elasticmq", "org.apache.pekko"}) {
            ((Logger) LoggerFactory.getLogger(chatty)).setLevel(Level.WARN);
        }
        SQSRestServer server = SQSRestServerBuilder.withInterface("127.0.0.1")
                .withDynamicPort()
                .start();
        this.port = server.waitUntilStarted().localAddress().getPort();
        this.client = SqsClient.builder()
                .endpointOverride(URI.create("http://127.0.0.1:" + port))
                .region(Region.EU_WEST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("raw", "raw")))
                .httpClientBuilder(Apache5HttpClient.builder())
                .build();
    }

    static SqsServer one() {
        return ONE;
    }

    int port() {
        return port;
    }

    SqsClient client() {
        return client;
    }

    FaultProxy proxy() {
        return FaultProxy.before(port);
    }

    /** A name that no other queue has. */
    static String fresh(boolean fifo) {
        return "q" + NUMBER.incrementAndGet() + (fifo ? ".fifo" : "");
    }

    /** Makes a queue with a visibility timeout of 2 s. */
    String create(String name, Map<QueueAttributeName, String> more) {
        EnumMap<QueueAttributeName, String> attributes = new EnumMap<>(QueueAttributeName.class);
        attributes.put(QueueAttributeName.VISIBILITY_TIMEOUT, "2");
        if (name.endsWith(".fifo")) {
            attributes.put(QueueAttributeName.FIFO_QUEUE, "true");
        }
        attributes.putAll(more);
        return client.createQueue(request -> request.queueName(name).attributes(attributes))
                .queueUrl();
    }

    static String uri(String name) {
        return "awssqs://" + HOST + "/" + ACCOUNT + "/" + name;
    }
}
