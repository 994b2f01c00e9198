package io.wasmpipes.support;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/**
 * Topics that take records from the moment they are made. A broker that knows a topic before it has its logs can refuse
 * the first batch of a producer and take the second, after which the first never gets in (KAFKA-15591).
 */
public final class KafkaTopics {

    private KafkaTopics() {}

    /** Makes a topic with these settings, and returns when each partition has its log. */
    public static void create(Admin admin, String topic, int partitions, Map<String, String> settings)
            throws Exception {
        NewTopic wanted = new NewTopic(topic, Optional.of(partitions), Optional.<Short>empty()).configs(settings);
        Await.until("topic " + topic + " is made", () -> {
            Map<String, KafkaFuture<TopicDescription>> known =
                    admin.describeTopics(List.of(topic)).topicNameValues();
            try {
                return known.get(topic).get().partitions().size() == partitions;
            } catch (ExecutionException e) { // it is not there yet; a starved broker may refuse for a while
                admin.createTopics(List.of(wanted)).all().get();
                return false;
            }
        });
        Await.until("topic " + topic + " takes records", () -> hasLogs(admin, topic, partitions));
    }

    private static boolean hasLogs(Admin admin, String topic, int partitions) throws InterruptedException {
        try {
            ends(admin, topic, partitions);
            return true;
        } catch (ExecutionException e) { // a partition is not there, or has no leader
            return false;
        }
    }

    private static Map<TopicPartition, ListOffsetsResultInfo> ends(Admin admin, String topic, int partitions)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> latest = IntStream.range(0, partitions)
                .boxed()
                .collect(Collectors.toMap(each -> new TopicPartition(topic, each), _ -> OffsetSpec.latest()));
        return admin.listOffsets(latest).all().get();
    }

    /** How many records of the topic the group has not settled. */
    public static long unsettled(Admin admin, String group, String topic, int partitions) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> settled = admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get();
        long unsettled = 0;
        for (var end : ends(admin, topic, partitions).entrySet()) {
            OffsetAndMetadata offset = settled.get(end.getKey());
            unsettled += end.getValue().offset() - (offset == null ? 0 : offset.offset());
        }
        return unsettled;
    }
}
