package io.wasmpipes.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/** What happened to one message, for people: a line for it, one for each module, one for how it ended. */
public final class TripView {
    private TripView() {}

    /** @param trip a record of {@code GET /tap} */
    public static String text(JsonNode trip) {
        StringBuilder text = new StringBuilder(trip.path("time").asText());
        String id = trip.path("id").asText();
        text.append("  ").append(id.isEmpty() ? "-" : id).append("  ");
        text.append(count(trip.path("input").path("bytes").asInt(), "byte"));
        int attempt = trip.path("attempt").asInt();
        text.append(attempt > 1 ? ", attempt " + attempt : "").append('\n');
        body(trip.path("input"), text);
        trip.path("steps").forEach(step -> step(step, text));
        int steps = trip.path("step_count").asInt();
        if (steps > trip.path("steps").size()) {
            text.append("  … ").append(count(steps, "step")).append(" in all\n");
        }
        trip.path("sent")
                .forEach(leg -> text.append("  → ")
                        .append(leg.path("sink").asText())
                        .append(' ')
                        .append(leg.path("uri").asText())
                        .append('\n'));
        String reason = trip.path("reason").asText();
        text.append("  ")
                .append(trip.path("ending").asText().replace('_', ' '))
                .append(reason.isEmpty() ? "" : ": " + reason);
        return text.append(", ").append(millis(trip)).toString();
    }

    private static void step(JsonNode step, StringBuilder text) {
        text.append("  ").append(step.path("module").asText()).append("  ").append(millis(step));
        if (step.has("error")) {
            text.append("  failed: ").append(step.path("error").asText()).append('\n');
        } else {
            text.append("  ")
                    .append(count(step.path("output_count").asInt(), "output"))
                    .append('\n');
            step.path("outputs").forEach(output -> body(output, text));
        }
    }

    private static void body(JsonNode message, StringBuilder text) {
        message.path("headers")
                .properties()
                .forEach(header -> text.append("      ")
                        .append(header.getKey())
                        .append(": ")
                        .append(header.getValue().asText())
                        .append('\n'));
        String base64 = message.path("body_base64").asText();
        String body = base64.isEmpty() ? message.path("body").asText() : "base64 " + base64;
        body.lines().forEach(line -> text.append("    ").append(line).append('\n'));
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private static String millis(JsonNode of) {
        return String.format(Locale.ROOT, "%.2f ms", of.path("ms").asDouble());
    }
}
