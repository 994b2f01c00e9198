package io.wasmpipes.module;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wasmpipes.Bytes;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Endpoint;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Puts modules into OCI registries in the CNCF's Wasm layout: a config, one layer, a manifest. Pushed twice, a module gets
 * the same digest.
 */
public final class OciPush {
    private static final String CONFIG = "application/vnd.wasm.config.v0+json";
    private static final String BYTES = "application/octet-stream";
    private static final JsonMapper JSON = new JsonMapper();

    private final Places places;

    public OciPush(Places places) {
        this.places = places;
    }

    /**
     * Uploads a module; what is there already is not sent again. Blocks.
     *
     * @param reference {@code oci://REGISTRY/REPOSITORY[:TAG]}
     * @return the reference with the digest of what was pushed
     * @throws ConfigException if the reference is none, or the registry does not take it
     */
    public String push(ModuleImage image, String reference) throws ConfigException {
        OciReference parsed = OciReference.parse("push", reference);
        String shown = Endpoint.redact(reference);
        if (parsed.digest().isPresent() || parsed.title().isPresent()) {
            throw new ConfigException("push", shown, "takes a tag, no digest and no title", "");
        }
        try (OciRegistry registry = new OciRegistry(parsed, places)) {
            return push(registry, image, parsed);
        } catch (IOException e) {
            throw new ConfigException(
                    "push", shown, "the registry must take the module", String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConfigException("push", shown, "the push was interrupted", "");
        }
    }

    private static String push(OciRegistry registry, ModuleImage image, OciReference reference)
            throws IOException, InterruptedException {
        ObjectNode config = JSON.createObjectNode();
        config.put("architecture", "wasm").put("os", "wasip1");
        config.putArray("layerDigests").add(image.digest());
        ModuleImage configuration = document(config);
        blob(registry, configuration);
        blob(registry, image);
        ObjectNode manifest = JSON.createObjectNode();
        manifest.put("schemaVersion", 2).put("mediaType", OciModules.MANIFEST);
        manifest.set("config", described(CONFIG, configuration));
        ObjectNode layer = described(OciModules.WASM, image);
        layer.putObject("annotations").put("org.opencontainers.image.title", image.name());
        manifest.putArray("layers").add(layer);
        ModuleImage document = document(manifest);
        expect(
                registry.send(
                        "PUT",
                        "manifests/" + reference.tag(),
                        document.bytes().toArray(),
                        "Content-Type",
                        OciModules.MANIFEST),
                "the manifest");
        return reference.pinned(document.digest());
    }

    private static ModuleImage document(ObjectNode node) {
        return ModuleImage.of("", Bytes.utf8(node.toString()));
    }

    private static ObjectNode described(String mediaType, ModuleImage blob) {
        return JSON.createObjectNode()
                .put("mediaType", mediaType)
                .put("digest", blob.digest())
                .put("size", blob.bytes().length());
    }

    private static void blob(OciRegistry registry, ModuleImage blob) throws IOException, InterruptedException {
        if (registry.send("HEAD", "blobs/" + blob.digest(), new byte[0]).status() == 200) {
            return;
        }
        Transfers.Answer begun = registry.send("POST", "blobs/uploads/", new byte[0]);
        expect(begun, "an upload");
        Optional<String> location = begun.header("Location");
        if (location.isEmpty()) {
            throw new Transfers.Final("the registry does not say where uploads go");
        }
        String digest = URLEncoder.encode(blob.digest(), StandardCharsets.UTF_8);
        String target = location.get() + (location.get().contains("?") ? "&" : "?") + "digest=" + digest;
        expect(registry.send("PUT", target, blob.bytes().toArray(), "Content-Type", BYTES), "a blob");
    }

    private static void expect(Transfers.Answer answer, String what) throws Transfers.Final {
        if (answer.status() < 200 || answer.status() > 299) {
            throw new Transfers.Final("the registry answers " + answer.status() + " to " + what + ": "
                    + answer.body().utf8().strip().lines().findFirst().orElse(""));
        }
    }
}
