package io.wasmpipes.cli;

import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** A dead letter for people, and for programs. */
public final class LetterView {
    private LetterView() {}

    /** One line. */
    public static String line(Letter letter) {
        return letter.id() + "  " + letter.time() + "  " + letter.reason() + ", attempts " + letter.attempts() + ", "
                + letter.message().body().length() + " bytes";
    }

    /** What can be told of it without its content. */
    public static Map<String, Object> summary(Letter letter) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("id", letter.id());
        map.put("time", letter.time().toString());
        map.put("reason", letter.reason());
        map.put("attempts", letter.attempts());
        map.put("source", letter.source());
        map.put("bytes", letter.message().body().length());
        return map;
    }

    /** All of it: {@code body}, or {@code body_base64} if it is no text. */
    public static Map<String, Object> whole(Letter letter) {
        Map<String, Object> map = summary(letter);
        map.put(
                "headers",
                letter.message().headers().list().stream()
                        .map(header -> Map.of("name", header.name(), "value", header.text()))
                        .toList());
        Bytes body = letter.message().body();
        boolean text = Header.of("", body).isText();
        map.put(
                text ? "body" : "body_base64",
                text ? body.utf8() : Base64.getEncoder().encodeToString(body.toArray()));
        return map;
    }
}
