package io.wasmpipes.adapter.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Endpoint;
import io.wasmpipes.HeaderRule;
import io.wasmpipes.Problems;
import io.wasmpipes.Promise;
import io.wasmpipes.aws.AwsAccess;
import io.wasmpipes.contract.Counterpart;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.exception.SdkClientException;

class AwsSettingsTest {
    private static final String QUEUE = "awssqs://sqs.eu-west-1.amazonaws.com/123456789012/orders";
    private static final String TOPIC = "awssns:///arn:aws:sns:us-east-2:123456789012:orders";

    private static Endpoint endpoint(Endpoint.Role role, String uri, Map<String, String> variables) {
        return Endpoint.parse(role, "THE_URI", uri, Counterpart.variables(variables), new Problems())
                .orElseThrow();
    }

    private static AwsSettings settings(String uri, Map<String, String> variables) {
        Problems problems = new Problems();
        AwsSettings settings = AwsSettings.parse(endpoint(Endpoint.Role.SOURCE, uri, variables), problems);
        assertThat(problems.list()).isEmpty();
        return settings;
    }

    private static String problems(Endpoint.Role role, String uri, Map<String, String> variables) {
        return new AwsAdapter().problems(endpoint(role, uri, variables)).toString();
    }

    @Test
    void every_parameter_of_go_cloud_is_read() {
        AwsSettings all = settings(
                QUEUE + "?region=eu-north-1&profile=p&role=arn:aws:iam::1:role/r&raw=true&snstopicarn=arn:t"
                        + "&nacklazy=1&waittime=3s&endpoint=http://127.0.0.1:1&hostname_immutable=true",
                Map.of());
        assertThat(all.target()).isEqualTo("https://sqs.eu-west-1.amazonaws.com/123456789012/orders");
        assertThat(all.region()).isEqualTo("eu-north-1");
        assertThat(all.login()).isEqualTo(new AwsAccess.Login(false, "p", "arn:aws:iam::1:role/r"));
        assertThat(all.reading()).isEqualTo(new AwsSettings.Reading(true, "arn:t", true, Duration.ofSeconds(3)));
        assertThat(all.endpoint()).contains(URI.create("http://127.0.0.1:1"));
        AwsSettings own = settings(QUEUE + "?anonymous=true&dualstack=true&fips=true", Map.of());
        assertThat(own.login().anonymous()).isTrue();
        assertThat(own.variant()).isEqualTo(new AwsAccess.Variant(true, true));
        assertThat(own.reading()).isEqualTo(new AwsSettings.Reading(false, "", false, Duration.ofSeconds(20)));
    }

    @ParameterizedTest
    @CsvSource({
        "awssqs://sqs.eu-west-1.amazonaws.com/1/q, eu-west-1",
        "awssqs://sqs-fips.us-gov-west-1.amazonaws.com/1/q, us-gov-west-1",
        "awssqs://vpce-0a.sqs.us-east-1.vpce.amazonaws.com/1/q, us-east-1",
        "awssqs://eu-west-2.queue.amazonaws.com/1/q, eu-west-2",
        "awssqs://localhost:9324/1/q, eu-central-1",
        "awssqs://sqs.eu-west-1.amazonaws.com/1/q?region=x-1, x-1",
    })
    void the_region_is_the_options_or_the_queues_or_the_variables(String uri, String region) {
        assertThat(settings(uri, Map.of("AWS_REGION", "eu-central-1")).region()).isEqualTo(region);
    }

    @Test
    void a_topic_is_named_by_its_arn() {
        AwsSettings topic =
                settings(TOPIC, Map.of("AWS_ENDPOINT_URL_SNS", "http://h:1", "AWS_ENDPOINT_URL", "http://h:2"));
        assertThat(topic.target()).isEqualTo("arn:aws:sns:us-east-2:123456789012:orders");
        assertThat(topic.region()).isEqualTo("us-east-2");
        assertThat(topic.shown()).isEqualTo("topic orders");
        assertThat(topic.endpoint()).contains(URI.create("http://h:1"));
    }

    @Test
    void wrong_options_are_problems() {
        assertThat(problems(Endpoint.Role.SOURCE, TOPIC, Map.of())).contains("cannot be read");
        assertThat(problems(Endpoint.Role.SINK, "awssns://orders", Map.of())).contains("by its ARN");
        assertThat(problems(Endpoint.Role.SINK, "awssqs://sqs.eu-west-1.amazonaws.com", Map.of()))
                .contains("by its URL");
        assertThat(problems(Endpoint.Role.SINK, QUEUE + "?raw=true", Map.of())).contains("option raw", "unknown");
        assertThat(problems(
                        Endpoint.Role.SOURCE,
                        QUEUE + "?waittime=21s&role=admin&endpoint=somewhere&raw=yes&anonymous=true",
                        Map.of()))
                .contains(
                        "waittime: must be at most 20s",
                        "role: must be an ARN",
                        "endpoint: must be a URL",
                        "raw: must be true or false",
                        "anonymous: cannot go with role");
        assertThat(problems(Endpoint.Role.SINK, QUEUE + "?hostname_immutable=maybe", Map.of()))
                .contains("hostname_immutable: must be true or false");
        assertThat(problems(Endpoint.Role.SINK, QUEUE + "?fips=true&endpoint=http://h", Map.of()))
                .contains("AWS' own endpoints");
    }

    @Test
    void wrong_variables_are_problems_without_their_secrets() {
        String told = problems(
                Endpoint.Role.SINK,
                QUEUE,
                Map.of(
                        "AWS_SECRET_ACCESS_KEY", "hidden",
                        "AWS_CONFIG_FILE", "/nowhere",
                        "AWS_ENDPOINT_URL", "http://me:hidden@h"));
        assertThat(told)
                .contains(
                        "AWS_SECRET_ACCESS_KEY: needs AWS_ACCESS_KEY_ID",
                        "AWS_CONFIG_FILE: must name a readable file",
                        "AWS_ENDPOINT_URL: must be a URL")
                .doesNotContain("hidden");
    }

    @Test
    void what_the_machine_does_not_tell_is_asked_for() {
        SdkClientException region = SdkClientException.create("Unable to load region from any of the providers");
        assertThat(Refusal.outage("queue q", region)).hasMessage("no region for queue q: set region= or AWS_REGION");
        SdkClientException login = SdkClientException.create("Unable to load credentials from any of [many words]");
        assertThat(Refusal.outage("queue q", login))
                .hasMessageStartingWith("no credentials for queue q: set AWS_ACCESS_KEY_ID");
        SdkClientException host = SdkClientException.create("x", new UnknownHostException("sqs.nowhere"));
        assertThat(Refusal.outage("queue q", host)).hasMessage("queue q cannot be reached: unknown host sqs.nowhere");
    }

    @Test
    void promises_go_by_the_name() {
        AwsAdapter adapter = new AwsAdapter();
        assertThat(adapter.promises(endpoint(Endpoint.Role.SOURCE, QUEUE, Map.of())))
                .contains(Promise.REDELIVERS, Promise.REJECTS)
                .doesNotContain(Promise.ORDERED_BY_KEY, Promise.KEY);
        assertThat(adapter.promises(endpoint(Endpoint.Role.SOURCE, QUEUE + ".fifo?on_reject=skip", Map.of())))
                .contains(Promise.ORDERED_BY_KEY, Promise.KEY)
                .doesNotContain(Promise.REJECTS);
        assertThat(adapter.promises(endpoint(Endpoint.Role.SINK, TOPIC + ".fifo", Map.of())))
                .contains(Promise.SENDS_IN_ORDER, Promise.DEDUPLICATES);
    }

    @Test
    void a_sink_keeps_few_headers_unless_told() {
        HeaderRule rule = new AwsAdapter().defaultHeaders(endpoint(Endpoint.Role.SINK, QUEUE, Map.of()));
        assertThat(rule.allows("Content-Type")).isTrue();
        assertThat(rule.allows("ce-id")).isTrue();
        assertThat(rule.allows("MessageGroupId")).isTrue();
        assertThat(rule.allows("User-Agent")).isFalse();
        assertThat(new AwsAdapter().defaultHeaders(endpoint(Endpoint.Role.SOURCE, QUEUE, Map.of())))
                .isEqualTo(HeaderRule.ALL);
    }
}
