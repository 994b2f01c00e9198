package io.wasmpipes;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Endpoint.Param;
import io.wasmpipes.Endpoint.Role;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
    private final Problems problems = new Problems();

    private Endpoint parse(String uri) {
        return Endpoint.parse(Role.SINK, "SINK_URI", uri, Variables.NONE, problems)
                .orElseThrow(() -> new AssertionError(problems.list()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            nullValues = "-",
            value = {
                // uri scheme host port path name
                "http://:9000/events http - 9000 /events events",
                "http://:9000 http - 9000 - -",
                "https://example.org/a%20b/c https example.org -1 '/a b/c' 'example.org/a b/c'",
                "HTTP://Example.org:80/ http Example.org 80 / Example.org",
                "http://[::1]:9000/x http [::1] 9000 /x [::1]/x",
                "http://[2001:db8::7]/x http [2001:db8::7] -1 /x [2001:db8::7]/x",
                "kafka://my_topic kafka my_topic -1 - my_topic",
                "kafka://group?topic=t1&topic=t2 kafka group -1 - group",
                "nats://foo.>?queue=a nats foo.> -1 - foo.>",
                "nats://foo.*.Bar?natsv2 nats foo.*.Bar -1 - foo.*.Bar",
                "jetstream://ORDERS?subject=orders.>&durable=d jetstream ORDERS -1 - ORDERS",
                "stdout: stdout - -1 - -",
                "reply:?multi=ndjson reply - -1 - -",
                "file:dead.jsonl file - -1 dead.jsonl dead.jsonl",
                "file:./a/dead.jsonl file - -1 ./a/dead.jsonl ./a/dead.jsonl",
                "file:///abs/dead.jsonl file - -1 /abs/dead.jsonl abs/dead.jsonl",
                "file://./modules file . -1 /modules ./modules",
                "awssns:///arn:aws:sns:r:1:t?region=x awssns - -1 /arn:aws:sns:r:1:t arn:aws:sns:r:1:t",
                "awssqs://sqs.r.amazonaws.com/1/q?region=r awssqs sqs.r.amazonaws.com -1 /1/q sqs.r.amazonaws.com/1/q",
                "gcppubsub://projects/P/topics/T gcppubsub projects -1 /P/topics/T projects/P/topics/T",
                "redis://user:p%40ss@host:6379/0 redis host 6379 /0 host/0",
                "timer:?period=1s timer - -1 - -",
            })
    void every_documented_form_is_understood(
            String uri, String scheme, String host, int port, String path, String name) {
        Endpoint endpoint = parse(uri);

        assertThat(endpoint.scheme()).isEqualTo(scheme);
        assertThat(endpoint.host()).isEqualTo(host == null ? "" : host);
        assertThat(endpoint.port()).isEqualTo(port);
        assertThat(endpoint.path()).isEqualTo(path == null ? "" : path);
        assertThat(endpoint.name()).isEqualTo(name == null ? "" : name);
        assertThat(endpoint.uri()).isEqualTo(uri);
    }

    @Test
    void user_info_is_decoded() {
        assertThat(parse("redis://user:p%40ss+1@host/0").userInfo()).isEqualTo("user:p@ss+1");
        assertThat(parse("redis://:p@ss@host/0").userInfo())
                .as("the last @ ends it")
                .isEqualTo(":p@ss");
        assertThat(parse("redis://host/0").userInfo()).isEmpty();
    }

    @Test
    void parameters_keep_their_order_and_repetitions() {
        assertThat(parse("kafka://g?topic=a&&topic=b%26c&flag&empty=&text=a+b%2Bc=d")
                        .query())
                .containsExactly(
                        new Param("topic", "a"),
                        new Param("topic", "b&c"),
                        new Param("flag", ""),
                        new Param("empty", ""),
                        new Param("text", "a b+c=d"));
        assertThat(parse("stdout:?").query()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "stdout",
                "://host",
                "1x://host",
                "http://host:65536/",
                "http://host:123456/",
                "http://host:8o/",
                "http://[::1",
                "http://a:b:c/",
                "http://host/%zz",
                "http://host/?a=%4"
            })
    void what_is_no_uri_is_one_problem_that_names_the_variable(String uri) {
        assertThat(Endpoint.parse(Role.SINK, "SINK_URI", uri, Variables.NONE, problems))
                .isEmpty();
        assertThat(problems.list()).hasSize(1);
        assertThat(problems.list().getFirst().toString()).startsWith("SINK_URI: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://user:hunter2@host:6379/0",
                "redis://:hunter2@host",
                "redis://hunter2@host",
                "redis://u:p@hunter2@host",
                "redis://u:a/hunter2@host:1/0",
                "redis://u:a?hunter2@host:1/0",
                "redis://u:a:hunter2@host",
                "http://host/x?access_token=hunter2",
                "http://host/x?a=1&apiKey=hunter2&b=2",
                "http://host/x?SIG=hunter2",
                "nats://u:hunter2@host,nats://v:hunter2@other",
            })
    void secrets_are_never_shown(String uri) {
        assertThat(Endpoint.redact(uri)).doesNotContain("hunter2").contains("***");
        Endpoint.parse(Role.SINK, "SINK_URI", uri, Variables.NONE, problems)
                .ifPresent(endpoint -> assertThat(endpoint.toString()).doesNotContain("hunter2"));
        assertThat(problems.list().toString()).doesNotContain("hunter2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://:9000/events",
                "http://host:80/a@b",
                "nats://foo.>?queue=a",
                "file:dead.jsonl",
                "http://h/x?a=1&b=2",
                "mailto:a@b"
            })
    void what_is_no_secret_is_shown(String uri) {
        assertThat(Endpoint.redact(uri)).isEqualTo(uri);
    }

    @Test
    void a_list_of_parameters_may_be_empty() {
        assertThat(Param.list("")).isEqualTo(List.of());
    }
}
