package io.wasmpipes;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One end of a pipe as its URI names it. {@link java.net.URI} cannot carry {@code http://:9000/events},
 * {@code kafka://my_topic} or {@code nats://foo.>}, hence this parser.
 *
 * @param variable the variable it came from, such as {@code SINK_HOT_URI}
 * @param uri the text as given; may hold a secret: use {@link #toString()} to show it
 * @param userInfo what stands before {@code @}, percent-decoded; empty if nothing does
 * @param host as written, case kept; empty if there is none
 * @param port -1 if there is none
 * @param path percent-decoded, with its leading slash if it has one; the whole rest for URIs without {@code //}
 */
public record Endpoint(
        Role role,
        String variable,
        String uri,
        String scheme,
        String userInfo,
        String host,
        int port,
        String path,
        List<Param> query,
        Variables variables) {
    /** Which end. */
    public enum Role {
        SOURCE,
        SINK,
        DEAD_LETTER,
        CACHE
    }

    /** One query parameter, percent-decoded; {@code value} is empty for {@code ?flag}. */
    public record Param(String name, String value) {
        /**
         * Reads {@code a=1&b}, with percent escapes and {@code +} for a blank.
         *
         * @throws IllegalArgumentException if an escape is malformed
         */
        public static List<Param> list(String query) {
            List<Param> params = new ArrayList<>();
            for (String part : query.split("&", -1)) {
                if (!part.isEmpty()) {
                    int equals = part.indexOf('=');
                    String name = equals < 0 ? part : part.substring(0, equals);
                    params.add(
                            new Param(decode(name, true), equals < 0 ? "" : decode(part.substring(equals + 1), true)));
                }
            }
            return params;
        }
    }

    private static final Pattern FORM = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):(?://([^/?]*))?([^?]*)(?:\\?(.*))?");
    private static final Pattern AUTHORITY = Pattern.compile("(?:(.*)@)?(\\[[^]]*]|[^:]*)(?::(\\d*))?");

    private static final String SECRET = "pass|pwd|secret|token|key|sig|credential|auth|jwt";
    private static final Pattern SECRET_NAME = Pattern.compile(SECRET, Pattern.CASE_INSENSITIVE);
    private static final Pattern SECRET_OPTION =
            Pattern.compile("([?&][^=&]*(?:" + SECRET + ")[^=&]*=)[^&]*", Pattern.CASE_INSENSITIVE);
    private static final Pattern CREDENTIALS = Pattern.compile("(?<=//)(?:[^/?]*@|[^/?:]*:(?!\\d*(?:[/?]|$)).*@)");

    public Endpoint {
        query = List.copyOf(query);
    }

    /** Parses {@code uri}; empty after adding to {@code problems} what is wrong with it. */
    public static Optional<Endpoint> parse(
            Role role, String variable, String uri, Variables variables, Problems problems) {
        Matcher form = FORM.matcher(uri);
        if (!form.matches()) {
            String example = "for instance http://:9000/events or stdout:";
            return wrong(problems, variable, uri, "must be a URI, scheme:rest", example);
        }
        Matcher parts = AUTHORITY.matcher(form.group(2) == null ? "" : form.group(2));
        int port = parts.matches() ? port(parts.group(3)) : -2;
        if (port < -1) {
            return wrong(
                    problems, variable, uri, "the host must be name or name:port, with a port from 0 to 65535", "");
        }
        try {
            return Optional.of(new Endpoint(
                    role,
                    variable,
                    uri,
                    Headers.fold(form.group(1)),
                    decode(parts.group(1) == null ? "" : parts.group(1), false),
                    decode(parts.group(2), false),
                    port,
                    decode(form.group(3), false),
                    Param.list(form.group(4) == null ? "" : form.group(4)),
                    variables));
        } catch (IllegalArgumentException e) {
            String rule = "percent signs must start an escape such as %20";
            return wrong(problems, variable, uri, rule, "write %25 for a percent sign");
        }
    }

    private static Optional<Endpoint> wrong(Problems problems, String variable, String uri, String rule, String hint) {
        problems.add(variable, redact(uri), rule, hint);
        return Optional.empty();
    }

    private static int port(String digits) {
        if (digits == null || digits.isEmpty()) {
            return -1;
        }
        return digits.length() <= 5 && Integer.parseInt(digits) <= 65535 ? Integer.parseInt(digits) : -2;
    }

    private static String decode(String text, boolean query) {
        String plain = query ? text : text.replace("+", "%2B");
        return URLDecoder.decode(plain, StandardCharsets.UTF_8);
    }

    /** Host and path as one name without outer slashes: {@code kafka://a/b} is {@code a/b}, {@code file:x} is {@code x}. */
    public String name() {
        String joined = path.isEmpty() ? host : host.isEmpty() ? path : host + (path.startsWith("/") ? "" : "/") + path;
        return joined.replaceAll("^/+|/+$", "");
    }

    /**
     * The URI with passwords and secret-looking options hidden. Where a password holds a raw {@code /} or {@code ?}, so that
     * what follows a colon is no port, all up to the last {@code @} is hidden.
     */
    public static String redact(String uri) {
        String shown = CREDENTIALS.matcher(uri).replaceAll("***@");
        return SECRET_OPTION.matcher(shown).replaceAll("$1***");
    }

    /** Whether a name says that its value is a secret: {@code password}, {@code api_key}, {@code sig}. */
    public static boolean isSecret(String name) {
        return SECRET_NAME.matcher(name).find();
    }

    @Override
    public String toString() {
        return redact(uri);
    }
}
