package io.wasmpipes.support;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.codec.AMQPDefinedTypes;
import org.apache.qpid.proton.codec.DecoderImpl;
import org.apache.qpid.proton.codec.EncoderImpl;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Receiver;
import org.apache.qpid.proton.engine.Sender;
import org.apache.qpid.proton.message.Message;

/** Messages, batches and lock tokens as Service Bus writes them in AMQP. */
final class AmqpParcels {
    private AmqpParcels() {}

    static void send(Sender sender, byte[] tag, Message message) {
        byte[] buffer = new byte[4 << 20];
        int size = message.encode(buffer, 0, buffer.length);
        sender.delivery(tag);
        sender.send(buffer, 0, size);
        sender.advance();
    }

    /** A token as the bytes of a .NET GUID: its first three groups are little-endian. */
    static byte[] tag(UUID token) {
        byte[] bytes = ByteBuffer.allocate(16)
                .putLong(token.getMostSignificantBits())
                .putLong(token.getLeastSignificantBits())
                .array();
        return swapped(bytes);
    }

    static UUID token(byte[] tag) {
        ByteBuffer bytes = ByteBuffer.wrap(swapped(tag));
        return new UUID(bytes.getLong(), bytes.getLong());
    }

    private static byte[] swapped(byte[] guid) {
        int[] order = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
        byte[] out = new byte[16];
        for (int i = 0; i < 16; i++) {
            out[i] = guid[order[i]];
        }
        return out;
    }

    static Message message(byte[] data, int from, int size) {
        Message message = Proton.message();
        message.decode(data, from, size);
        return message;
    }

    /** A batch is one data section per message. */
    static List<byte[]> parts(byte[] data, int size) {
        DecoderImpl decoder = new DecoderImpl();
        AMQPDefinedTypes.registerAllTypes(decoder, new EncoderImpl(decoder));
        ByteBuffer buffer = ByteBuffer.wrap(data, 0, size);
        decoder.setByteBuffer(buffer);
        List<byte[]> parts = new ArrayList<>();
        while (buffer.hasRemaining()) {
            if (decoder.readObject() instanceof Data section) {
                Binary value = section.getValue();
                parts.add(Arrays.copyOfRange(
                        value.getArray(), value.getArrayOffset(), value.getArrayOffset() + value.getLength()));
            }
        }
        return parts;
    }

    /** The entity that a link is about. */
    static String address(Link link) {
        Object end = link instanceof Receiver ? link.getRemoteTarget() : link.getRemoteSource();
        String address = end instanceof Target target ? target.getAddress() : ((Source) end).getAddress();
        return address.replaceFirst("^amqps?://[^/]*/", "").replace("/Subscriptions/", "/subscriptions/");
    }
}
