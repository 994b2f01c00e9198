package io.wasmpipes.adapter.http;

import io.wasmpipes.Bytes;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import io.wasmpipes.Options;
import io.wasmpipes.Problems;
import io.wasmpipes.adapter.http.HttpIngress.Answer;
import java.io.ByteArrayOutputStream;
import java.util.List;

/**
 * How a pipe with {@code SINK_URI=reply:} answers: no output 204, one output 200 with its Content-Type and the status of
 * its {@code status} header if it has one, several 500 unless {@code multi} says how to join them.
 */
record Replies(Multi multi) {
    /** What to do with several outputs. */
    enum Multi {
        NONE,
        /** A JSON array of them; each must be JSON. */
        JSON_ARRAY,
        /** One line each; each must be JSON. */
        NDJSON
    }

    static Replies read(Endpoint endpoint, Problems problems) {
        Options options = new Options(endpoint, problems);
        Replies replies = new Replies(options.choice("multi", Multi.NONE));
        options.rejectUnknown();
        if (!endpoint.name().isEmpty()) {
            problems.add(endpoint.variable(), endpoint.toString(), "has nothing after reply: but options", "");
        }
        return replies;
    }

    Answer answer(List<Message> outputs) {
        return switch (outputs.size()) {
            case 0 -> new Answer(204, Headers.EMPTY, Bytes.EMPTY, false);
            case 1 -> single(outputs.getFirst());
            default -> several(outputs);
        };
    }

    private static Answer single(Message output) {
        String type = output.headers().first("Content-Type").orElse("application/octet-stream");
        int status = output.headers().first("Status").map(Replies::status).orElse(200);
        return new Answer(status, Headers.EMPTY.with("Content-Type", type), output.body(), false);
    }

    /** A status that an answer with a body can have; any other text is a mistake of the module's. */
    private static int status(String text) {
        return text.matches("[2-5]\\d\\d") ? Integer.parseInt(text) : 500;
    }

    private Answer several(List<Message> outputs) {
        return switch (multi) {
            case NONE ->
                Answer.text(
                        500, "the pipe made " + outputs.size() + " outputs where a reply is one; see the option multi");
            case JSON_ARRAY -> joined(outputs, "application/json", "[", ",", "]");
            case NDJSON -> joined(outputs, "application/x-ndjson", "", "\n", "\n");
        };
    }

    private Answer joined(List<Message> outputs, String type, String open, String between, String close) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(Bytes.utf8(open).toArray());
        for (int i = 0; i < outputs.size(); i++) {
            body.writeBytes(Bytes.utf8(i == 0 ? "" : between).toArray());
            byte[] output = outputs.get(i).body().toArray();
            for (int at = 0; multi == Multi.NDJSON && at < output.length; at++) {
                if (output[at] == '\n' || output[at] == '\r') {
                    output[at] = ' '; // in JSON a line feed can only stand where a blank can
                }
            }
            body.writeBytes(output);
        }
        body.writeBytes(Bytes.utf8(close).toArray());
        return new Answer(200, Headers.EMPTY.with("Content-Type", type), Bytes.wrap(body.toByteArray()), false);
    }
}
