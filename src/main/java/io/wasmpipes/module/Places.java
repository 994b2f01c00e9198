package io.wasmpipes.module;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What module stores need to know of the process.
 *
 * @param bucket the value of WASM_BLOB_URI
 * @param plainHttp registries that are asked over http: those OCI_PLAIN_HTTP names, {@code host:port} each
 * @param dockerConfig the folder of docker's {@code config.json}, where the logins of registries are
 * @param variables HTTPS_PROXY, HTTP_PROXY and NO_PROXY, as far as they are set
 */
public record Places(String bucket, List<String> plainHttp, Path dockerConfig, Map<String, String> variables) {
    public Places {
        plainHttp = List.copyOf(plainHttp);
        variables = Map.copyOf(variables);
    }
}
