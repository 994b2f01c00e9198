package io.wasmpipes.adapter.rabbit;

import com.rabbitmq.client.LongString;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Values of a headers table as text, as Go prints them: {@code 1.5}, {@code true}, {@code [a b]}, {@code map[k:v]}. */
final class GoText {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd HH:mm:ss Z 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final double LEAST = 1e-4;
    private static final double MOST = 1e21;

    private GoText() {}

    static String of(@Nullable Object value) {
        return switch (value) {
            case null -> "<nil>";
            case LongString text -> new String(text.getBytes(), StandardCharsets.UTF_8);
            case byte[] bytes -> new String(bytes, StandardCharsets.UTF_8);
            case Float number -> number(number.doubleValue(), number.toString());
            case Double number -> number(number, number.toString());
            case BigDecimal number -> number.toPlainString();
            case Date time -> TIME.format(time.toInstant());
            case List<?> list -> list.stream().map(GoText::of).collect(Collectors.joining(" ", "[", "]"));
            case Map<?, ?> map ->
                map.entrySet().stream()
                        .map(entry -> entry.getKey() + ":" + of(entry.getValue()))
                        .sorted()
                        .collect(Collectors.joining(" ", "map[", "]"));
            default -> value.toString();
        };
    }

    /** Without an exponent where Go writes none. */
    private static String number(double value, String text) {
        double size = Math.abs(value);
        boolean plain = value == 0 || (size >= LEAST && size < MOST);
        return plain ? new BigDecimal(text).stripTrailingZeros().toPlainString() : text;
    }
}
