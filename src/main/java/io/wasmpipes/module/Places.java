package io.wasmpipes.module;

import io.wasmpipes.Variables;
import java.nio.file.Path;
import java.util.List;

/**
 * What module stores need to know of the process.
 *
 * @param bucket the value of WASM_BLOB_URI
 * @param plainHttp registries that are asked over http: those OCI_PLAIN_HTTP names, {@code host:port} each
 * @param dockerConfig the folder of docker's {@code config.json}, where the logins of registries are
 * @param variables what says where and as whom buckets are asked, and HTTPS_PROXY, HTTP_PROXY and NO_PROXY
 */
public record Places(String bucket, List<String> plainHttp, Path dockerConfig, Variables variables) {
    public Places {
        plainHttp = List.copyOf(plainHttp);
    }
}
