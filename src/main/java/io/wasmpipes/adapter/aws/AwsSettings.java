package io.wasmpipes.adapter.aws;

import io.wasmpipes.Endpoint;
import io.wasmpipes.Options;
import io.wasmpipes.Problems;
import io.wasmpipes.Variables;
import io.wasmpipes.aws.AwsAccess;
import io.wasmpipes.aws.AwsAccess.Login;
import io.wasmpipes.aws.AwsAccess.Variant;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an endpoint of scheme awssqs or awssns says.
 *
 * @param target the queue's URL or the topic's ARN
 * @param region empty to leave it to the profile or the machine
 * @param endpoint where to send requests, empty for AWS' own
 */
record AwsSettings(
        boolean topic,
        String target,
        String region,
        Optional<URI> endpoint,
        Login login,
        Variant variant,
        Reading reading,
        Variables variables) {
    /** Why AWS may be silent. */
    static final String HINT = "wrong host, region or proxy, or no credentials?";

    private static final Pattern QUEUE_HOST =
            Pattern.compile("(?:[^.]+\\.)*?sqs(?:-fips)?\\.([a-z0-9-]+)\\..*|([a-z0-9-]+)\\.queue\\.amazonaws\\.com");
    private static final Pattern TOPIC = Pattern.compile("arn:[^:]+:sns:([^:]+):[^:]*:[^:]+");
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(20);

    /** How a source reads. */
    record Reading(boolean raw, String snsTopicArn, boolean nackLazy, Duration waitTime) {}

    /** For people: {@code queue orders}, {@code topic orders}. */
    String shown() {
        return (topic ? "topic " : "queue ") + target.substring(target.lastIndexOf(topic ? ':' : '/') + 1);
    }

    AwsAccess access() {
        return new AwsAccess(shown(), region, endpoint, login, variant, variables);
    }

    boolean fifo() {
        return target.endsWith(".fifo");
    }

    /** Reads {@code endpoint}; what is wrong goes to the problems. */
    static AwsSettings parse(Endpoint endpoint, Problems problems) {
        return new Reader(endpoint, problems).read();
    }

    /** Reads one endpoint. */
    private static final class Reader {
        private final Endpoint endpoint;
        private final Variables variables;
        private final Options options;
        private final Problems problems;
        private final boolean topic;

        Reader(Endpoint endpoint, Problems problems) {
            this.endpoint = endpoint;
            this.variables = endpoint.variables();
            this.options = new Options(endpoint, problems);
            this.problems = problems;
            this.topic = endpoint.scheme().equals("awssns");
        }

        AwsSettings read() {
            String target = topic ? endpoint.name() : queueUrl();
            checkTarget(target);
            Optional<URI> override = override();
            Variant variant = variant(override);
            boolean _ = options.flag("hostname_immutable", false); // the host of an endpoint is never changed
            Login login = login();
            Reading reading = reading();
            String region = region(target);
            checkVariables();
            options.rejectUnknown();
            return new AwsSettings(topic, target, region, override, login, variant, reading, variables);
        }

        private String queueUrl() {
            String port = endpoint.port() < 0 ? "" : ":" + endpoint.port();
            return "https://" + endpoint.host() + port + endpoint.path().replaceAll("/+$", "");
        }

        private void checkTarget(String target) {
            boolean queue = !endpoint.host().isEmpty() && endpoint.path().matches("/+[^/]+(/+[^/]+)*/*");
            if (topic ? !TOPIC.matcher(target).matches() : !queue) {
                problems.add(
                        endpoint.variable(),
                        endpoint.toString(),
                        topic ? "must name a topic by its ARN" : "must name a queue by its URL",
                        topic
                                ? "for instance awssns:///arn:aws:sns:eu-west-1:123456789012:orders"
                                : "for instance awssqs://sqs.eu-west-1.amazonaws.com/123456789012/orders");
            } else if (!endpoint.userInfo().isEmpty()) {
                problems.add(
                        endpoint.variable(),
                        endpoint.toString(),
                        "must hold no user and password",
                        "credentials belong into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
            }
        }

        private Optional<URI> override() {
            Optional<String> option = options.text("endpoint");
            String[] names = {topic ? "AWS_ENDPOINT_URL_SNS" : "AWS_ENDPOINT_URL_SQS", "AWS_ENDPOINT_URL"};
            String name = variables.get(names[0]).isPresent() ? names[0] : names[1];
            Optional<String> text = option.isPresent() ? option : variables.get(name);
            Optional<URI> uri = text.flatMap(Reader::url);
            if (text.isPresent() && uri.isEmpty()) {
                String subject = option.isPresent() ? endpoint.variable() + " option endpoint" : variables.nameOf(name);
                problems.add(
                        subject,
                        Endpoint.redact(text.get()),
                        "must be a URL such as http://127.0.0.1:4566, without a user",
                        "");
            }
            return uri;
        }

        private static Optional<URI> url(String text) {
            try {
                URI uri = new URI(text);
                String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
                boolean http = scheme.equals("http") || scheme.equals("https");
                return http && uri.getHost() != null && uri.getRawUserInfo() == null
                        ? Optional.of(uri)
                        : Optional.empty();
            } catch (URISyntaxException e) {
                return Optional.empty();
            }
        }

        private Variant variant(Optional<URI> override) {
            Variant variant = new Variant(options.flag("dualstack", false), options.flag("fips", false));
            if (override.isPresent() && (variant.dualstack() || variant.fips())) {
                options.wrong(
                        variant.fips() ? "fips" : "dualstack",
                        "true",
                        "chooses among AWS' own endpoints, and " + override.get() + " is given");
            }
            return variant;
        }

        private Login login() {
            String role = options.text("role", "");
            if (!role.isEmpty() && !role.startsWith("arn:")) {
                options.wrong("role", role, "must be an ARN: arn:aws:iam::123456789012:role/name");
            }
            boolean anonymous = options.flag("anonymous", false);
            String profile = options.text("profile", "");
            if (anonymous && !role.isEmpty()) {
                options.wrong("anonymous", "true", "cannot go with role");
            }
            return new Login(anonymous, profile, role);
        }

        private Reading reading() {
            if (endpoint.role() != Endpoint.Role.SOURCE) {
                return new Reading(false, "", false, LONGEST_WAIT);
            }
            Duration wait = options.duration("waittime", LONGEST_WAIT);
            if (wait.compareTo(LONGEST_WAIT) > 0) {
                options.wrong("waittime", options.text("waittime", ""), "must be at most 20s");
            }
            return new Reading(
                    options.flag("raw", false), options.text("snstopicarn", ""), options.flag("nacklazy", false), wait);
        }

        /** The queue or topic says where it is; variables speak where it does not. */
        private String region(String target) {
            String given = options.text("region", "");
            if (!given.isEmpty()) {
                return given;
            }
            Matcher topicArn = TOPIC.matcher(target);
            Matcher host = QUEUE_HOST.matcher(endpoint.host());
            if (topicArn.matches()) {
                return topicArn.group(1);
            }
            if (host.matches()) {
                return host.group(1) == null ? host.group(2) : host.group(1);
            }
            return variables
                    .get("AWS_REGION")
                    .or(() -> variables.get("AWS_DEFAULT_REGION"))
                    .orElse("");
        }

        private void checkVariables() {
            boolean id = variables.get("AWS_ACCESS_KEY_ID").isPresent();
            boolean secret = variables.get("AWS_SECRET_ACCESS_KEY").isPresent();
            if (id != secret) {
                String present = id ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY";
                String missing = id ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID";
                problems.add(variables.nameOf(present), "", "needs " + missing + " beside it", "");
            }
            for (String file :
                    new String[] {"AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE", "AWS_WEB_IDENTITY_TOKEN_FILE"}) {
                Optional<String> path = variables.get(file);
                if (path.isPresent() && !Files.isReadable(Path.of(path.get()))) {
                    problems.add(variables.nameOf(file), path.get(), "must name a readable file", "");
                }
            }
        }
    }
}
