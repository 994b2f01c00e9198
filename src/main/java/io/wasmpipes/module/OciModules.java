package io.wasmpipes.module;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Endpoint;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/**
 * Modules in OCI registries: a layer of one of {@link #LAYERS}, as the CNCF's Wasm layout, camel-go and others write it.
 * Of several layers the reference's {@code #TITLE} chooses, by the title annotation. Manifest and layer must have the
 * digests they are asked for by.
 */
final class OciModules implements ModuleStore {
    /** The media type of modules that the CNCF's layout names. */
    static final String WASM = "application/wasm";
    /** The media type of manifests. */
    static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

    private static final Set<String> LAYERS = Set.of(
            WASM, "application/vnd.wasm.content.layer.v1+wasm", "application/vnd.module.wasm.content.layer.v1+wasm");
    private static final String TITLE = "org.opencontainers.image.title";
    private static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final String ACCEPT = String.join(
            ", ",
            MANIFEST,
            INDEX,
            "application/vnd.docker.distribution.manifest.v2+json",
            "application/vnd.docker.distribution.manifest.list.v2+json");
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");
    private static final int OK = 200;

    /** A layer that holds a module. */
    private record Layer(String digest, String title) {
        static Layer of(JsonNode layer) {
            return new Layer(
                    layer.path("digest").asText(),
                    layer.path("annotations").path(TITLE).asText(""));
        }

        /** The digest becomes part of a path. */
        Layer checked() throws Transfers.Final {
            if (!DIGEST.matcher(digest).matches()) {
                throw new Transfers.Final("the manifest names a layer by " + digest + ", which is no sha256");
            }
            return this;
        }
    }

    /** What was downloaded before. */
    @FunctionalInterface
    interface Kept {
        Optional<ModuleImage> find(String name, String digest);
    }

    private final Places places;
    private final Kept kept;

    /** @param kept a layer that is kept is not downloaded again, however often its tag is asked for */
    OciModules(Places places, Kept kept) {
        this.places = places;
        this.kept = kept;
    }

    @Override
    public ModuleImage load(String subject, String reference) throws ConfigException {
        OciReference parsed = OciReference.parse(subject, reference);
        String shown = Endpoint.redact(reference);
        try (OciRegistry registry = new OciRegistry(parsed, places)) {
            return pull(registry, parsed);
        } catch (IOException e) {
            throw new ConfigException(
                    subject, shown, "the module must be there to be pulled", String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConfigException(subject, shown, "the pull was interrupted", "");
        }
    }

    private ModuleImage pull(OciRegistry registry, OciReference reference) throws IOException, InterruptedException {
        Layer layer = layer(manifest(registry, reference.version()), reference);
        String repository = reference.repository();
        String name = layer.title.isEmpty() ? repository.substring(repository.lastIndexOf('/') + 1) : layer.title;
        Optional<ModuleImage> known = kept.find(name, layer.digest);
        return known.isPresent()
                ? new ModuleImage(name, known.get().bytes(), layer.digest)
                : download(registry, name, layer.digest);
    }

    private static ModuleImage download(OciRegistry registry, String name, String digest)
            throws IOException, InterruptedException {
        Transfers.Answer answer = registry.get("blobs/" + digest);
        if (answer.status() != OK) {
            throw new Transfers.Final("the registry answers " + answer.status() + " for layer " + digest);
        }
        ModuleImage image = ModuleImage.of(name, answer.body());
        if (!image.digest().equals(digest)) {
            throw new Transfers.Final("the registry gives " + image.digest() + " for layer " + digest);
        }
        return image;
    }

    /** The manifest of this tag or digest; of an index the one for Wasm, or the only one. */
    private static JsonNode manifest(OciRegistry registry, String version) throws IOException, InterruptedException {
        JsonNode found = document(registry, version);
        JsonNode all = found.path("manifests");
        if (!all.isArray()) {
            return found;
        }
        List<JsonNode> fitting = elements(all).stream()
                .filter(each -> all.size() == 1
                        || each.path("platform").path("architecture").asText().startsWith("wasm"))
                .toList();
        if (fitting.size() != 1) {
            throw new Transfers.Final(
                    "an index of " + all.size() + " manifests, " + fitting.size() + " of them for architecture wasm");
        }
        return document(registry, fitting.getFirst().path("digest").asText());
    }

    private static JsonNode document(OciRegistry registry, String version) throws IOException, InterruptedException {
        Transfers.Answer answer = registry.get("manifests/" + version, "Accept", ACCEPT);
        if (answer.status() != OK) {
            throw new Transfers.Final("the registry answers " + answer.status() + " for " + version);
        }
        String digest = ModuleImage.of("", answer.body()).digest();
        if (version.startsWith("sha256:") && !version.equals(digest)) {
            throw new Transfers.Final("the registry gives " + digest + " for manifest " + version);
        }
        try {
            return JSON.readTree(answer.body().toArray());
        } catch (JsonProcessingException e) {
            throw new Transfers.Final("the registry's manifest is no JSON");
        }
    }

    private static Layer layer(JsonNode manifest, OciReference reference) throws Transfers.Final {
        List<Layer> layers = elements(manifest.path("layers")).stream()
                .filter(each -> LAYERS.contains(each.path("mediaType").asText()))
                .map(Layer::of)
                .toList();
        List<Layer> chosen = layers.stream()
                .filter(each -> reference.title().map(each.title::equals).orElse(true))
                .toList();
        if (chosen.size() == 1) {
            return chosen.getFirst().checked();
        }
        List<String> there = layers.stream().map(Layer::title).toList();
        throw new Transfers.Final(
                layers.isEmpty()
                        ? "no layer of it is a module: a container image is none"
                        : "choose one of its modules with #TITLE: " + String.join(", ", there));
    }

    private static List<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }
}
