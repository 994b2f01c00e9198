package io.wasmpipes.bucket;

import io.wasmpipes.Endpoint;
import io.wasmpipes.Options;
import io.wasmpipes.TransientException;
import io.wasmpipes.Variables;
import io.wasmpipes.aws.AwsAccess;
import io.wasmpipes.aws.AwsAccount;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;

/** A bucket of S3, or of what speaks like it. */
record S3Place(AwsAccess access, String bucket, boolean pathStyle, boolean plain) implements BlobPlace {
    private static final String SERVICE = "s3";
    private static final String ELSEWHERE = "us-east-1";

    static S3Place read(Endpoint endpoint, Options options) {
        Variables variables = endpoint.variables();
        Optional<URI> server = options.text("endpoint")
                .or(() -> variables.get("AWS_ENDPOINT_URL_S3"))
                .or(() -> variables.get("AWS_ENDPOINT_URL"))
                .map(text -> uri(text.contains("://") ? text : "https://" + text, options));
        String region = options.text("region")
                .or(() -> variables.get("AWS_REGION"))
                .or(() -> variables.get("AWS_DEFAULT_REGION"))
                .orElse("");
        AwsAccess access = new AwsAccess(
                endpoint.toString(),
                region,
                server,
                new AwsAccess.Login(
                        options.flag("anonymous", false), options.text("profile", ""), options.text("role", "")),
                new AwsAccess.Variant(options.flag("dualstack", false), options.flag("fips", false)),
                variables);
        boolean asked = options.flag("use_path_style", options.flag("s3ForcePathStyle", false));
        boolean plain = options.flag("disable_https", false);
        return new S3Place(access, endpoint.host(), asked || numbered(server), plain);
    }

    private static URI uri(String text, Options options) {
        try {
            URI uri = URI.create(text);
            if (uri.getHost() != null) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        options.wrong("endpoint", text, "must be a URL such as https://minio:9000");
        return URI.create("https://invalid");
    }

    /** An address has no subdomains. */
    private static boolean numbered(Optional<URI> server) {
        return server.map(URI::getHost)
                .filter(host -> host.matches("localhost|[0-9.]+|\\[.*"))
                .isPresent();
    }

    @Override
    public HttpRequest.Builder request(String key) throws TransientException {
        String region = region();
        URI uri = URI.create(base(region) + BlobPlace.path(key));
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        if (!access.login().anonymous()) {
            sign(uri, region, request);
        }
        return request;
    }

    private String base(String region) {
        String scheme = plain ? "http" : "https";
        String host = SERVICE + (access.variant().fips() ? "-fips" : "")
                + (access.variant().dualstack() ? ".dualstack." : ".") + region + ".amazonaws.com";
        if (access.endpoint().isPresent()) {
            URI server = access.endpoint().get();
            scheme = plain ? scheme : server.getScheme();
            host = server.getAuthority();
        }
        boolean inPath = pathStyle || (bucket.contains(".") && scheme.equals("https")); // no certificate has two levels
        return inPath ? scheme + "://" + host + "/" + bucket + "/" : scheme + "://" + bucket + "." + host + "/";
    }

    private String region() throws TransientException {
        if (!access.region().isEmpty()) {
            return access.region();
        }
        if (access.endpoint().isPresent() || access.login().anonymous()) {
            return ELSEWHERE;
        }
        String profile = access.login().profile();
        try {
            return DefaultAwsRegionProviderChain.builder()
                    .profileName(
                            profile.isEmpty()
                                    ? access.variables().get("AWS_PROFILE").orElse(null)
                                    : profile)
                    .build()
                    .getRegion()
                    .id();
        } catch (SdkException e) {
            throw TransientException.outage("no region for " + access.shown() + ": set AWS_REGION, or region=");
        }
    }

    private void sign(URI uri, String region, HttpRequest.Builder request) throws TransientException {
        SdkHttpRequest plainRequest =
                SdkHttpRequest.builder().method(SdkHttpMethod.GET).uri(uri).build();
        AwsCredentials credentials = credentials();
        SdkHttpRequest signed = AwsV4HttpSigner.create()
                .sign(sign -> sign.identity(credentials)
                        .request(plainRequest)
                        .putProperty(AwsV4FamilyHttpSigner.SERVICE_SIGNING_NAME, SERVICE)
                        .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                        .putProperty(AwsV4FamilyHttpSigner.DOUBLE_URL_ENCODE, false)
                        .putProperty(AwsV4FamilyHttpSigner.NORMALIZE_PATH, false))
                .request();
        signed.forEachHeader((name, values) -> {
            if (!name.equalsIgnoreCase("Host")) { // the client writes it itself, as it was signed
                values.forEach(value -> request.header(name, value));
            }
        });
    }

    private AwsCredentials credentials() throws TransientException {
        try (AwsAccount account = new AwsAccount(access, "modules")) {
            return account.credentials().resolveCredentials();
        } catch (SdkException e) {
            throw TransientException.outage("no credentials for " + access.shown() + ": " + e.getMessage());
        }
    }
}
