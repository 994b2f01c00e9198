package io.wasmpipes.config;

import io.wasmpipes.Variables;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Where modules come from.
 *
 * @param blobUri WASM_BLOB_URI: where a reference that is a mere name is looked up
 * @param plainHttp OCI_PLAIN_HTTP: registries that are asked over http
 * @param dockerConfig DOCKER_CONFIG: the folder of the file with their logins
 * @param variables what says where and as whom buckets are asked, and through which proxies
 */
public record Origins(String blobUri, List<String> plainHttp, String dockerConfig, Variables variables) {
    public Origins {
        plainHttp = List.copyOf(plainHttp);
    }

    /** As these variables say, and the defaults. */
    public static Origins of(Map<String, String> variables) {
        return of(new Env(variables));
    }

    static Origins of(Env env) {
        Variables variables = new EndpointVariables(env, "");
        return new Origins(
                text(variables, "WASM_BLOB_URI"),
                Arrays.stream(text(variables, "OCI_PLAIN_HTTP").split(","))
                        .map(String::strip)
                        .filter(registry -> !registry.isEmpty())
                        .toList(),
                variables.get("DOCKER_CONFIG").orElseGet(() -> System.getProperty("user.home") + "/.docker"),
                variables);
    }

    private static String text(Variables variables, String name) {
        return variables.get(name).orElse(KnownSettings.of(name).fallback());
    }
}
