package io.wasmpipes.adapter.kafka;

import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Id;
import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** How a message lies in a record. */
final class Wire {
    private static final int BATCH_OVERHEAD = 61;

    private Wire() {}

    static Message message(ConsumerRecord<byte[], byte[]> record) {
        byte[] value = record.value();
        byte[] key = record.key();
        boolean timeless = record.timestampType() == TimestampType.NO_TIMESTAMP_TYPE || record.timestamp() < 0;
        return new Message(
                new Id(record.topic() + "-" + record.partition() + "-" + record.offset()),
                value == null ? Bytes.NULL : Bytes.wrap(value),
                headers(record.headers()),
                key == null ? null : Keys.decode(key),
                null,
                timeless ? null : Instant.ofEpochMilli(record.timestamp()));
    }

    private static Headers headers(org.apache.kafka.common.header.Headers headers) {
        List<Header> list = new ArrayList<>(0);
        for (org.apache.kafka.common.header.Header header : headers) {
            byte[] value = header.value();
            list.add(Header.of(header.key(), value == null ? Bytes.NULL : Bytes.wrap(value)));
        }
        return Headers.of(list);
    }

    /**
     * The record of {@code message}.
     *
     * @param largest the largest batch the topic takes; a record that would be larger even alone is poison
     */
    static ProducerRecord<byte[], byte[]> record(KafkaSettings settings, Message message, int largest)
            throws PoisonException {
        String text = message.key();
        byte[] key = text == null ? null : Keys.encode(text);
        Headers headers = message.headers();
        if (!settings.keyName().isEmpty()) {
            for (Header header : headers) {
                if (header.name().equals(settings.keyName())) {
                    key = header.bytes().toArray();
                }
            }
            headers = headers.keep(header -> !header.name().equals(settings.keyName()));
        }
        boolean timed = settings.timestamp() == KafkaSettings.Timestamp.MESSAGE;
        Instant time = timed ? message.time() : null;
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                settings.name(),
                null,
                time == null ? null : Math.max(0, time.toEpochMilli()),
                key,
                message.body().isNull() ? null : message.body().readOnlyArray());
        for (Header header : headers) {
            Bytes value = header.bytes();
            record.headers().add(header.name(), value.isNull() ? null : value.readOnlyArray());
        }
        checkSize(settings.name(), record, largest);
        return record;
    }

    private static void checkSize(String topic, ProducerRecord<byte[], byte[]> record, int largest)
            throws PoisonException {
        if (atMost(record) <= largest) {
            return;
        }
        long size = size(record);
        if (size > largest) {
            int body = record.value() == null ? 0 : record.value().length;
            throw new PoisonException(
                    "a body of " + body + " bytes is above the " + Math.max(0, largest - (size - body))
                            + " bytes that max.message.bytes=" + largest + " of topic " + topic
                            + " leaves beside key and headers");
        }
    }

    /** A quick look that is enough for nearly all. */
    private static long atMost(ProducerRecord<byte[], byte[]> record) {
        long size = 2L * BATCH_OVERHEAD
                + (record.key() == null ? 0 : record.key().length)
                + (record.value() == null ? 0 : record.value().length);
        for (org.apache.kafka.common.header.Header header : record.headers()) {
            size += 10 + 3L * header.key().length() + (header.value() == null ? 0 : header.value().length);
        }
        return size;
    }

    /** The bytes of a batch of this record alone, without compression. */
    private static long size(ProducerRecord<byte[], byte[]> record) {
        long size = 3 + sized(record.key()) + sized(record.value());
        int count = 0;
        for (org.apache.kafka.common.header.Header header : record.headers()) {
            size += sized(header.key().getBytes(StandardCharsets.UTF_8)) + sized(header.value());
            count++;
        }
        size += varint(count);
        return BATCH_OVERHEAD + varint(size) + size;
    }

    private static long sized(byte @Nullable [] bytes) {
        return bytes == null ? 1 : varint(bytes.length) + bytes.length;
    }

    /** How many bytes a number of at least 0 takes: seven bits each, one of them for the sign. */
    private static int varint(long number) {
        int bits = 64 - Long.numberOfLeadingZeros(number << 1 | 1);
        return (bits + 6) / 7;
    }
}
