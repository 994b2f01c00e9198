package io.wasmpipes.config;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Where modules come from.
 *
 * @param blobUri WASM_BLOB_URI: where a reference that is a mere name is looked up
 * @param plainHttp OCI_PLAIN_HTTP: registries that are asked over http
 * @param dockerConfig DOCKER_CONFIG: the folder of the file with their logins
 * @param proxies HTTPS_PROXY, HTTP_PROXY and NO_PROXY, as far as they are set
 */
public record Origins(String blobUri, List<String> plainHttp, String dockerConfig, Map<String, String> proxies) {
    private static final List<String> PROXIES = List.of("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY");

    public Origins {
        plainHttp = List.copyOf(plainHttp);
        proxies = Map.copyOf(proxies);
    }

    /** As these variables say, and the defaults. */
    public static Origins of(Function<String, Optional<String>> variables) {
        Map<String, String> proxies = new HashMap<>();
        PROXIES.stream()
                .flatMap(name -> Stream.of(name, name.toLowerCase(Locale.ROOT)))
                .forEach(name -> {
                    variables.apply(name).ifPresent(value -> proxies.put(name, value));
                });
        return new Origins(
                text(variables, "WASM_BLOB_URI"),
                Arrays.stream(text(variables, "OCI_PLAIN_HTTP").split(","))
                        .map(String::strip)
                        .filter(registry -> !registry.isEmpty())
                        .toList(),
                variables.apply("DOCKER_CONFIG").orElseGet(() -> System.getProperty("user.home") + "/.docker"),
                proxies);
    }

    private static String text(Function<String, Optional<String>> variables, String name) {
        return variables.apply(name).orElse(KnownSettings.of(name).fallback());
    }
}
