package io.wasmpipes.aws;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Tls;
import io.wasmpipes.TransientException;
import io.wasmpipes.Variables;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.StsClientBuilder;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;
import software.amazon.awssdk.services.sts.auth.StsWebIdentityTokenFileCredentialsProvider;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * Makes the clients of one endpoint and closes them. Variables and files are read when a client is made, so that a
 * replaced secret is seen at the next connect. A client repeats a request once, for connections that a server has just
 * closed; everything else is the pipe's to repeat.
 */
public final class AwsAccount implements AutoCloseable {
    /** How long one request may take; a long poll sets its own. */
    public static final Duration REQUEST = Duration.ofSeconds(10);

    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration SILENCE = Duration.ofSeconds(25);
    private static final int MAX_CONNECTIONS = 64;

    private final AwsAccess access;
    private final Variables variables;
    private final String session;
    private final Deque<SdkAutoCloseable> made = new ArrayDeque<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    /** {@code pipe} names the session of an assumed role. */
    public AwsAccount(AwsAccess access, String pipe) {
        this.access = access;
        this.variables = access.variables();
        this.session = ("wasm-pipes-" + pipe).replaceAll("[^\\w+=,.@-]", "-");
    }

    /**
     * A client of one of AWS' services, closed with this.
     *
     * @throws TransientException if a file of TLS_… cannot be read
     */
    public <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C extends SdkAutoCloseable> C client(
            B builder) throws TransientException {
        access.endpoint().ifPresent(builder::endpointOverride);
        if (access.variant().dualstack()) {
            builder.dualstackEnabled(true);
        }
        if (access.variant().fips()) {
            builder.fipsEnabled(true);
        }
        return build(builder, credentials());
    }

    private <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C extends SdkAutoCloseable> C build(
            B builder, AwsCredentialsProvider credentials) throws TransientException {
        if (!access.region().isEmpty()) {
            builder.region(Region.of(access.region()));
        }
        C client = builder.credentialsProvider(credentials)
                .overrideConfiguration(configuration())
                .httpClientBuilder(http())
                .build();
        return keep(client);
    }

    private <T extends SdkAutoCloseable> T keep(T closeable) {
        made.push(closeable);
        return closeable;
    }

    private ClientOverrideConfiguration configuration() {
        ClientOverrideConfiguration.Builder configuration = ClientOverrideConfiguration.builder()
                .apiCallTimeout(REQUEST)
                .retryStrategy(StandardRetryStrategy.builder()
                        .maxAttempts(2)
                        .backoffStrategy(BackoffStrategy.retryImmediately())
                        .throttlingBackoffStrategy(BackoffStrategy.fixedDelay(Duration.ofMillis(200)))
                        .retryOnExceptionOrCauseInstanceOf(IOException.class)
                        .build());
        profiles().ifPresent(configuration::defaultProfileFile);
        String profile = profile();
        if (!profile.isEmpty()) {
            configuration.defaultProfileName(profile);
        }
        return configuration.build();
    }

    private Apache5HttpClient.Builder http() throws TransientException {
        Apache5HttpClient.Builder http = Apache5HttpClient.builder()
                .maxConnections(MAX_CONNECTIONS)
                .connectionTimeout(CONNECT)
                .connectionAcquisitionTimeout(REQUEST)
                .socketTimeout(SILENCE);
        try {
            Optional<Tls> tls = Tls.read(variables);
            TrustManagerFactory trust = tls.map(Tls::trust).orElse(null);
            KeyManagerFactory keys = tls.map(Tls::keys).orElse(null);
            if (trust != null) {
                http.tlsTrustManagersProvider(trust::getTrustManagers);
            }
            if (keys != null) {
                http.tlsKeyManagersProvider(keys::getKeyManagers);
            }
            return http;
        } catch (ConfigException e) { // a file that has become unreadable: it may be on its way
            throw TransientException.outage("no TLS for " + access.shown(), e);
        }
    }

    /** Who we are: a role that is assumed, else what the variables say, a profile or the machine. */
    public AwsCredentialsProvider credentials() throws TransientException {
        if (access.login().anonymous()) {
            return AnonymousCredentialsProvider.create();
        }
        AwsCredentialsProvider own = own();
        String role = access.login().role();
        return role.isEmpty()
                ? own
                : keep(StsAssumeRoleCredentialsProvider.builder()
                        .stsClient(build(sts(), own))
                        .refreshRequest(request -> request.roleArn(role).roleSessionName(session))
                        .build());
    }

    private AwsCredentialsProvider own() throws TransientException {
        Optional<String> id = variables.get("AWS_ACCESS_KEY_ID");
        Optional<String> secret = variables.get("AWS_SECRET_ACCESS_KEY");
        Optional<String> tokenFile = variables.get("AWS_WEB_IDENTITY_TOKEN_FILE");
        Optional<String> role = variables.get("AWS_ROLE_ARN");
        if (access.login().profile().isEmpty()) {
            if (id.isPresent() && secret.isPresent()) {
                return keys(id.get().strip(), secret.get().strip());
            }
            if (tokenFile.isPresent() && role.isPresent()) {
                return keep(StsWebIdentityTokenFileCredentialsProvider.builder()
                        .stsClient(build(sts(), AnonymousCredentialsProvider.create()))
                        .webIdentityTokenFile(Path.of(tokenFile.get()))
                        .roleArn(role.get())
                        .roleSessionName(variables.get("AWS_ROLE_SESSION_NAME").orElse(session))
                        .build());
            }
        }
        return profile().isEmpty() ? machine() : keep(profile(profile()));
    }

    private AwsCredentialsProvider keys(String id, String secret) {
        Optional<String> token = variables.get("AWS_SESSION_TOKEN");
        return StaticCredentialsProvider.create(
                token.isPresent()
                        ? AwsSessionCredentials.create(id, secret, token.get().strip())
                        : AwsBasicCredentials.create(id, secret));
    }

    private String profile() {
        String option = access.login().profile();
        return option.isEmpty() ? variables.get("AWS_PROFILE").orElse("") : option;
    }

    private ProfileCredentialsProvider profile(String name) {
        ProfileCredentialsProvider.Builder provider =
                ProfileCredentialsProvider.builder().profileName(name);
        profiles().ifPresent(provider::profileFile);
        return provider.build();
    }

    private DefaultCredentialsProvider machine() {
        DefaultCredentialsProvider.Builder provider = DefaultCredentialsProvider.builder();
        profiles().ifPresent(provider::profileFile);
        return keep(provider.build());
    }

    /** The profiles in the files that variables name; empty for those of the home folder. */
    private Optional<ProfileFile> profiles() {
        ProfileFile.Aggregator all = ProfileFile.aggregator();
        Optional<String> credentials = variables.get("AWS_SHARED_CREDENTIALS_FILE");
        Optional<String> config = variables.get("AWS_CONFIG_FILE");
        credentials.ifPresent(path -> all.addFile(profiles(path, ProfileFile.Type.CREDENTIALS)));
        config.ifPresent(path -> all.addFile(profiles(path, ProfileFile.Type.CONFIGURATION)));
        return credentials.isEmpty() && config.isEmpty() ? Optional.empty() : Optional.of(all.build());
    }

    private static ProfileFile profiles(String path, ProfileFile.Type type) {
        return ProfileFile.builder().content(Path.of(path)).type(type).build();
    }

    private StsClientBuilder sts() {
        StsClientBuilder builder = StsClient.builder();
        variables
                .get("AWS_ENDPOINT_URL_STS")
                .or(() -> variables.get("AWS_ENDPOINT_URL"))
                .ifPresent(url -> builder.endpointOverride(URI.create(url)));
        return builder;
    }

    /** Whether it has not been closed. */
    public boolean alive() {
        return !closed.get();
    }

    /** Closes what was made; requests under way fail. Safe twice. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            made.forEach(SdkAutoCloseable::close);
        }
    }
}
