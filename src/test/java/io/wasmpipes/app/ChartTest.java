package io.wasmpipes.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Ingress;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V2HorizontalPodAutoscaler;
import io.wasmpipes.config.Machine;
import io.wasmpipes.config.Settings;
import io.wasmpipes.support.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/**
 * The chart: linted, and rendered for each of some values files to what stands beside it, which Kubernetes' own models accept.
 * {@code -Dupdate=true} renders anew, for people to look at.
 */
class ChartTest {
    private static final Path CHART = Path.of("charts/wasm-pipes");
    private static final Path CASES = Path.of("src/test/resources/charts");

    /** What the secrets of the cases would hold. */
    private static final Map<String, String> SECRETS = Map.of(
            "RABBIT_SERVER_URL", "amqp://rabbit:5672",
            "SERVICEBUS_CONNECTION_STRING",
                    "Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=a;SharedAccessKey=Yg==");

    private static String render(Path values) {
        return new Helm(CHART)
                .template()
                .withName("shop")
                .withNamespace("pipes")
                .withKubeVersion("1.33.0")
                .withValuesFile(values)
                .call();
    }

    private static List<Map<String, Object>> objects(String rendered) {
        List<Map<String, Object>> objects = new ArrayList<>();
        for (Object document : new Yaml().loadAll(rendered)) {
            if (document instanceof Map<?, ?> map) {
                Map<String, Object> object = new LinkedHashMap<>();
                map.forEach((key, value) -> object.put(String.valueOf(key), value));
                objects.add(object);
            }
        }
        return objects;
    }

    @Test
    void it_passes_the_strict_lint() {
        LintResult result = new Helm(CHART).lint().strict().call();
        assertThat(result.isFailed()).as("%s", result.getMessages()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"default", "hot-cold", "kafka", "sqs", "rabbit", "jetstream", "clouds", "web", "modules"})
    void values_render_to_valid_objects(String name) throws IOException {
        String rendered = render(CASES.resolve(name + ".yaml"));
        Path golden = CASES.resolve("rendered/" + name + ".yaml");
        if (Boolean.getBoolean("update")) {
            Files.createDirectories(golden.getParent());
            Files.writeString(golden, rendered);
        }
        assertThat(rendered).as("differs: -Dupdate=true renders anew").isEqualTo(Files.readString(golden));
        List<Map<String, Object>> objects = objects(rendered);
        assertThat(objects).isNotEmpty();
        for (Map<String, Object> object : objects) {
            validate(object);
        }
        for (Map<String, Object> deployment : objects) {
            if (deployment.get("kind").equals("Deployment")) {
                runnable(deployment);
            }
        }
    }

    /** Unknown members are errors. */
    private static void validate(Map<String, Object> object) throws IOException {
        JsonElement json = JsonParser.parseString(new ObjectMapper().writeValueAsString(object));
        switch (String.valueOf(object.get("kind"))) {
            case "Deployment" -> V1Deployment.validateJsonElement(json);
            case "Service" -> V1Service.validateJsonElement(json);
            case "ServiceAccount" -> V1ServiceAccount.validateJsonElement(json);
            case "Ingress" -> V1Ingress.validateJsonElement(json);
            case "NetworkPolicy" -> V1NetworkPolicy.validateJsonElement(json);
            case "PodDisruptionBudget" -> V1PodDisruptionBudget.validateJsonElement(json);
            case "HorizontalPodAutoscaler" -> V2HorizontalPodAutoscaler.validateJsonElement(json);
            case "ScaledObject" -> {
                assertThat(object.get("apiVersion")).isEqualTo("keda.sh/v1alpha1");
                List<?> triggers = (List<?>) ((Map<?, ?>) object.get("spec")).get("triggers");
                Map<?, ?> metadata = (Map<?, ?>) ((Map<?, ?>) triggers.getFirst()).get("metadata");
                assertThat(metadata.values())
                        .allSatisfy(value -> assertThat(value).isInstanceOf(String.class));
            }
            case "ServiceMonitor" -> assertThat(object.get("apiVersion")).isEqualTo("monitoring.coreos.com/v1");
            default -> throw new AssertionError("unknown object " + object);
        }
    }

    /** The variables of each pipe are those of a pipe that starts: names, values, ends. */
    private static void runnable(Map<String, Object> deployment) {
        Map<?, ?> pod = (Map<?, ?>) ((Map<?, ?>) ((Map<?, ?>) deployment.get("spec")).get("template")).get("spec");
        Map<?, ?> container = (Map<?, ?>) ((List<?>) pod.get("containers")).getFirst();
        assertThat(pod.get("enableServiceLinks")).isEqualTo(false);
        if (!"pipe".equals(container.get("name"))) {
            return;
        }
        Map<String, String> variables = new LinkedHashMap<>();
        for (Object each : (List<?>) container.get("env")) {
            Map<?, ?> variable = (Map<?, ?>) each;
            Object value =
                    variable.containsKey("valueFrom") ? SECRETS.get(variable.get("name")) : variable.get("value");
            if (value != null && !variable.get("name").toString().endsWith("_FILE")) {
                variables.put(variable.get("name").toString(), value.toString());
            }
        }
        variables.putIfAbsent("SINK_URI", "stdout:");
        try {
            Settings settings = Settings.from(variables, Wiring.adapters(), Machine.current());
            assertThat(settings.warnings()).isEmpty();
            long drain = settings.service()
                    .shutdown()
                    .delay()
                    .plus(settings.service().shutdown().timeout())
                    .toSeconds();
            assertThat(((Number) pod.get("terminationGracePeriodSeconds")).longValue())
                    .isGreaterThan(drain);
        } catch (io.wasmpipes.ConfigException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pipe: {ingress: {enabled: true}, env: {SOURCE_URI: nats://a}} # an ingress needs an HTTP source",
                "pipe: {autoscaling: {enabled: true}, env: {SOURCE_URI: jetstream://A}} # needs autoscaling.natsMonitoring",
                "pipe: {autoscaling: {enabled: true}, env: {SOURCE_URI: 'mqtt://h/t'}} # nothing is known to scale a mqtt source by",
                "pipe: {repliccas: 2} # additional properties 'repliccas' not allowed",
                "pipes: {a: {env: {WORKERS: [1]}}} # got array",
                "{cache: {enabled: true}, pipes: {cache: {}}} # the cache of the release has this name, choose another",
                "pipes: {Upper: {}} # additional properties 'Upper' not allowed",
            })
    void what_cannot_be_is_told(String line) throws IOException {
        Path folder = Folders.fresh("chart");
        try {
            Path values = Files.writeString(folder.resolve("values.yaml"), line);
            assertThatThrownBy(() -> render(values)).hasMessageContaining(line.substring(line.indexOf('#') + 2));
        } finally {
            Folders.delete(folder);
        }
    }

    @Test
    void every_value_is_in_the_schema_and_explained() throws IOException {
        Object schema =
                new ObjectMapper().readValue(Files.readString(CHART.resolve("values.schema.json")), Object.class);
        Object values = new Yaml().load(Files.readString(CHART.resolve("values.yaml")));
        List<String> missing = new ArrayList<>();
        compare("", (Map<?, ?>) values, (Map<?, ?>) schema, (Map<?, ?>) schema, missing);
        assertThat(missing).isEmpty();
        try (Stream<Path> cases = Files.list(CASES)) {
            assertThat(cases.filter(file -> file.toString().endsWith(".yaml"))).hasSize(9);
        }
    }

    private static void compare(String path, Map<?, ?> values, Map<?, ?> schema, Map<?, ?> root, List<String> missing) {
        Map<?, ?> properties = (Map<?, ?>) schema.get("properties");
        values.forEach((name, value) -> {
            Object found = properties == null ? null : properties.get(name);
            if (!(found instanceof Map<?, ?> known)) {
                missing.add(path + name);
                return;
            }
            Map<?, ?> resolved = known.get("$ref") instanceof String ref
                    ? (Map<?, ?>) ((Map<?, ?>) root.get("$defs")).get(ref.substring(ref.lastIndexOf('/') + 1))
                    : known;
            if (value instanceof Map<?, ?> inner && !inner.isEmpty() && resolved.get("properties") != null) {
                compare(path + name + ".", inner, resolved, root, missing);
            }
        });
    }
}
